package app

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"foresight/internal/tidy"
	"foresight/models"
)

// replaySink takes the customers' replays one after the other.
type replaySink interface {
	put(r *replay) error
	end() error
}

// replaySink returns the writer of the wanted format.
func (a *App) replaySink(format string) (replaySink, error) {
	switch format {
	case "table":
		return replayTable{a.Out}, nil
	case string(tidy.CSV), string(tidy.JSON):
		w, err := tidy.NewScoreWriter(a.Out, tidy.Format(format))
		return replayList{w}, err
	}
	return nil, usage(fmt.Errorf("the format %q is not known; use table, csv or json", format))
}

// replayList writes replays in the long form, for programs: the forecasts by subject and
// band, peaks and overloads by finding and the day on which they were first said.
type replayList struct{ w *tidy.ScoreWriter }

func (l replayList) put(r *replay) error {
	var rows []tidy.Score
	add := func(series, origin, band string, all figures) {
		for _, f := range all {
			rows = append(rows, tidy.Score{Series: series, Origin: origin, Band: band, Metric: f.name, Value: f.value})
		}
	}
	for _, h := range r.hindsight {
		for _, a := range h.Accuracy {
			add(h.Subject+overrideWords(a), everywhere, a.Band.String(), accuracyFigures(a))
		}
	}
	for _, w := range r.words {
		add(w.last.Subject.ID(), w.firstSaid.Format(time.DateOnly), w.last.Subject.Kind, w.figures())
	}
	return l.w.Write(rows)
}

func (l replayList) end() error { return l.w.Close() }

// overrideWords marks the figures of an override.
func overrideWords(a models.Accuracy) string {
	if a.Override == "" {
		return ""
	}
	return " override " + a.Override
}

// replayTable writes replays for people.
type replayTable struct{ out io.Writer }

func (t replayTable) put(r *replay) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s as of %s to %s, %s, beside what had come by %s\n\n", r.customer.ID, r.from.Format(time.DateOnly), r.to.Format(time.DateOnly),
		counted(r.days, "run"), r.came.Format(time.DateOnly))
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "signal\tmeasure\tdays ahead\tbuckets\tpairs\tWAPE\tnaive\trelative\tbias\twithin 80 %\twithin 90 %\t")
	rows := 0
	for _, h := range r.hindsight {
		for _, a := range h.Accuracy {
			rows++
			fmt.Fprintf(table, "%s%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t\n", h.Service+"/"+h.Signal.ID, overrideWords(a), a.Measure, a.Band, a.Buckets, a.N,
				percent(a.WAPE), percent(a.Naive), decimals(2)(a.Relative), percent(a.Bias), percent(a.Coverage80), percent(a.Coverage90))
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("writing the replay: %w", err)
	}
	if rows == 0 {
		b.WriteString("Nothing of what was forecast has come yet.\n")
	}
	if err := r.wordLines(&b); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(t.out, strings.TrimRight(b.String(), "\n")); err != nil {
		return fmt.Errorf("writing the replay: %w", err)
	}
	return nil
}

func (replayTable) end() error { return nil }

// wordLines tells of peaks and overloads, a line each.
func (r *replay) wordLines(b *strings.Builder) error {
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	begun := false
	for _, w := range r.words {
		if w.last.Peak != nil {
			if !begun {
				fmt.Fprintln(table, "\npeak of\tnamed\tfirst said\tfor\tsize (90 %)\tlast said for\tsize (90 %)\tcame\tsize\t90 %")
				begun = true
			}
			w.peakRow(table)
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("writing the replay: %w", err)
	}
	title := "\nOverloads\n"
	for _, w := range r.words {
		if w.last.Overload != nil {
			fmt.Fprintf(b, "%s  %s/%s %s\n", title, w.last.Subject.Service, w.last.Subject.Signal, w.overloadLine(r.came))
			title = ""
		}
	}
	return nil
}

func (w *word) peakRow(table io.Writer) {
	said := func(p *models.Peak) string {
		return fmt.Sprintf("%s\t%s (%s to %s)", p.Date.Format(time.DateOnly), figure(p.Expected), figure(p.Low), figure(p.High))
	}
	came := "not yet\t\t"
	switch {
	case w.last.State == models.StateWithdrawn:
		came = "withdrawn\t\t"
	case w.judged && w.size >= w.last.Peak.Low && w.size <= w.last.Peak.High:
		came = w.came.Format(time.DateOnly) + "\t" + figure(w.size) + "\tinside"
	case w.judged:
		came = w.came.Format(time.DateOnly) + "\t" + figure(w.size) + "\toutside"
	}
	fmt.Fprintf(table, "%s/%s\t%s\t%s\t%s\t%s\t%s\n", w.last.Subject.Service, w.last.Subject.Signal, w.last.Peak.Event, w.firstSaid.Format(time.DateOnly),
		said(w.first.Peak), said(w.last.Peak), came)
}

func (w *word) overloadLine(compared time.Time) string {
	said := func(o *models.Overload) string {
		return fmt.Sprintf("need by %s, %s by %s", o.NeedBy.Format(time.DateOnly), percent(o.Probability), o.Horizon.Format(time.DateOnly))
	}
	line := fmt.Sprintf("step %s: first said on %s, %s", w.last.Overload.StepID, w.firstSaid.Format(time.DateOnly), said(w.first.Overload))
	if !w.lastAt.Equal(w.firstSaid) {
		line += fmt.Sprintf("; last said on %s, %s", w.lastAt.Format(time.DateOnly), said(w.last.Overload))
	}
	if w.last.State == models.StateWithdrawn {
		line += "; withdrawn"
	}
	if w.came.IsZero() {
		return line + "; not over this limit by " + compared.Format(time.DateOnly)
	}
	return line + "; over this limit on " + w.came.Format(time.DateOnly)
}

// figure writes a size with four digits.
func figure(v float64) string {
	if v == 0 || !isNumber(v) {
		return decimals(0)(v)
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return strconv.FormatFloat(math.Round(v*scale)/scale, 'f', -1, 64)
}
