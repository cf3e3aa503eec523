package pipeline

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"foresight/models"
)

// planWords says what a plan assumes, in a sentence.
func planWords(h history, p models.Plan) string {
	text := "“" + p.Name + "”, "
	if p.Like != nil {
		return text + strings.TrimPrefix(whenWords(p), " ") + " with the effect of " + likeWords(p.Like) + "."
	}
	switch {
	case p.Kind == models.PlanCapacity && p.Amount != nil:
		text += fmt.Sprintf("%s more of the limit", number(p.Amount.Value, h.signal.Unit))
	case p.Factor != nil:
		text += shareWords(p.Factor)
	case p.Amount != nil:
		text += amountWords(p.Amount, h.signal.Unit)
	}
	return text + whenWords(p) + "."
}

func likeWords(l *models.Like) string {
	switch {
	case l.Event != "":
		return l.Event
	case l.From.Equal(l.To):
		return dateWords(l.From)
	}
	return dateWords(l.From) + " to " + dateWords(l.To)
}

func shareWords(b *models.Band) string {
	word := func(f float64) string {
		return strconv.FormatFloat(math.Round(1000*math.Abs(f-1))/10, 'f', -1, 64) + " %"
	}
	text := word(b.Value) + " more"
	if b.Value < 1 {
		text = word(b.Value) + " less"
	}
	if b.Low != b.High {
		text += fmt.Sprintf(" (90 %% between factors of %.3g and %.3g)", b.Low, b.High)
	}
	return text
}

func amountWords(b *models.Band, unit string) string {
	text := number(math.Abs(b.Value), unit) + " more a day"
	if b.Value < 0 {
		text = number(-b.Value, unit) + " less a day"
	}
	if b.Low != b.High {
		text += fmt.Sprintf(" (90 %% between %s and %s)", number(b.Low, ""), number(b.High, ""))
	}
	return text
}

func whenWords(p models.Plan) string {
	switch {
	case p.To.Equal(p.From):
		return " on " + dateWords(p.From)
	case !p.To.IsZero():
		return " from " + dateWords(p.From) + " to " + dateWords(p.To)
	}
	return " from " + dateWords(p.From) + " on"
}

func decidedWords(p models.Plan) string {
	text := ""
	if p.Author != "" {
		text += " by " + p.Author
	}
	if !p.DecidedOn.IsZero() {
		text += " on " + dateWords(p.DecidedOn)
	}
	if text == "" {
		return ""
	}
	return " Decided" + text + "."
}

func dateWords(t time.Time) string { return t.Format("2 January 2006") }
