package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/models"
	"foresight/splunk"
)

// How notes are read.
const (
	notesAtOnce  = 500 // records of one request
	notesPages   = 20  // of one round: the next goes on
	longestNote  = 4000
	longestNamed = 100
)

// unanswered picks the records that nothing has been said of: a new one may have no state.
const unanswered = `{"$and":[{"state":{"$ne":"applied"}},{"state":{"$ne":"refused"}}]}`

// notes brings what people write inside Splunk into the cases. Several processes may do so at
// once: of each note the first keeps its answer, with what it changes, and the others find it.
type notes struct {
	counter
	records splunk.Records
	in      splunk.Collection
	every   time.Duration
	wake    func() // the courier
	log     zerolog.Logger

	unread, unsaid string // why the collection cannot be read, or written; which was said
}

func (w *works) notes() *notes {
	n := w.cfg.Splunk.Notes
	if n == nil || w.clients.records == nil {
		return nil
	}
	return &notes{counter: counter{w.store, w.cfg, w.app.Clock}, records: w.clients.records, in: splunk.Collection{App: n.App, Name: n.Collection},
		every: n.Every, wake: w.courier.Wake, log: w.line.Log}
}

// run reads at once and then again and again, until ctx ends.
func (n *notes) run(ctx context.Context) {
	if n == nil {
		return
	}
	tick := time.NewTicker(n.every)
	defer tick.Stop()
	for {
		if err := n.round(ctx); err != nil && ctx.Err() == nil {
			n.log.Error().Err(err).Msg("reading notes from Splunk; tried again")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round reads what is new, answers it, and writes the answers back.
func (n *notes) round(ctx context.Context) error {
	all, err := n.read(ctx)
	said(n.log, &n.unread, err, "notes of people in Splunk cannot be read; tried again", "notes of people in Splunk are read again")
	if err != nil || len(all) == 0 {
		return ctx.Err()
	}
	answered := make([]splunk.Record, 0, len(all))
	for _, record := range all {
		a, err := n.answer(ctx, n.noteOf(record))
		if err != nil {
			return err
		}
		answered = append(answered, withAnswer(record, a))
	}
	for from := 0; from < len(answered); from += notesAtOnce {
		err = n.records.SaveRecords(ctx, n.in, answered[from:min(from+notesAtOnce, len(answered))])
		if err != nil {
			break // what is not written now is found unanswered, and its answer known
		}
	}
	said(n.log, &n.unsaid, err, "people in Splunk cannot be told what became of their notes, which are read all the same", "people in Splunk are told again what became of their notes")
	return ctx.Err()
}

// read returns the records that have no answer.
func (n *notes) read(ctx context.Context) (all []splunk.Record, err error) {
	for range notesPages {
		page, err := n.records.Records(ctx, n.in, unanswered, len(all), notesAtOnce)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < notesAtOnce {
			break
		}
	}
	return all, nil
}

// said logs a trouble when it begins, changes or is over.
func said(log zerolog.Logger, before *string, err error, trouble, over string) {
	now := ""
	if err != nil {
		now = splunk.ReasonOf(err)
	}
	switch {
	case now != "" && now != *before:
		log.Warn().Err(err).Msg(trouble)
	case now == "" && *before != "":
		log.Info().Msg(over)
	}
	*before = now
}

// noteOf reads a record, whoever wrote it.
func (n *notes) noteOf(r splunk.Record) models.Note {
	key := text(r["_key"])
	note := models.Note{
		ID: models.Revision("note", n.in.App, n.in.Name, key), Key: key, Incident: cut(strings.TrimSpace(text(r["incident_id"])), longestNamed),
		Verb: strings.ToLower(strings.TrimSpace(text(r["verb"]))), Text: cut(strings.TrimSpace(text(r["text"])), longestNote),
		By: cut(strings.Join(strings.Fields(text(r["by"])), " "), longestNamed), At: momentOf(r["at"]),
	}
	note.Verb = cut(note.Verb, longestNamed)
	if note.Verb == "" {
		note.Verb = "note"
	}
	if note.By == "" || strings.EqualFold(note.By, incident.Foresight) { // which no person is
		note.By = "somebody in Splunk"
	}
	return note
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// cut bounds a text by its characters.
func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

// momentOf reads epoch seconds, as now() gives them, or RFC 3339.
func momentOf(v any) time.Time {
	s := text(v)
	if x, err := strconv.ParseFloat(s, 64); err == nil && x > 0 && x < 253402300799 {
		return time.UnixMilli(int64(x * 1000)).UTC()
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// withAnswer is a record that says what became of it.
func withAnswer(r splunk.Record, a models.NoteAnswer) splunk.Record {
	out := splunk.Record{}
	for field, v := range r {
		if field != "_user" {
			out[field] = v
		}
	}
	out["state"], out["answer"], out["answered"] = "applied", "", a.At.UTC().Format(time.RFC3339)
	if a.Refused != "" {
		out["state"], out["answer"] = "refused", a.Refused
	}
	return out
}

// answer applies a note unless that was done before.
func (n *notes) answer(ctx context.Context, note models.Note) (models.NoteAnswer, error) {
	known, err := n.kept.NoteAnswers(ctx, []string{note.ID})
	if err != nil {
		return models.NoteAnswer{}, err
	}
	if a, is := known[note.ID]; is {
		return a, nil
	}
	a := models.NoteAnswer{Note: note, At: n.clock()}
	customer, err := n.apply(ctx, &a)
	if errors.Is(err, store.ErrAnswered) {
		known, err := n.kept.NoteAnswers(ctx, []string{note.ID})
		return known[note.ID], err
	}
	if err != nil {
		return a, err
	}
	n.wake()
	if a.Refused == "" {
		return a, nil
	}
	n.log.Warn().Str("by", note.By).Str("verb", note.Verb).Str("case", note.Incident).Msg("a note from Splunk is refused: " + a.Refused)
	return a, n.kept.KeepDeed(ctx, models.Deed{ID: rand.Text(), At: a.At, Who: note.By, Did: note.Verb, Of: note.Incident, Customer: customer, Remote: "Splunk", Refused: a.Refused})
}

// apply changes the case and keeps the answer, in one transaction. What the process does not permit
// is said in the case's timeline; where there is no such case only the answer is kept.
func (n *notes) apply(ctx context.Context, a *models.NoteAnswer) (customer string, err error) {
	was, _, err := n.kept.Incident(ctx, a.Note.Incident)
	var unknown store.UnknownIncidentError
	if errors.As(err, &unknown) {
		a.Refused = fmt.Sprintf("there is no case %q", a.Note.Incident)
		return "", n.kept.KeepAnswer(ctx, *a)
	}
	if err != nil {
		return "", err
	}
	_, rules, err := n.rules(ctx, was.Customer)
	if err != nil { // its customer is no longer configured
		a.Refused = "the customer of case " + was.ID + " is no longer configured"
		return was.Customer, n.kept.KeepAnswer(ctx, *a)
	}
	return was.Customer, n.kept.ChangeIncidents(ctx, was.Customer, a.At, func(cases []models.Incident, _ string) (models.Turn, error) {
		now := was
		for _, c := range cases {
			if c.ID == was.ID {
				now = c
			}
		}
		done, entries, refused, err := incident.Noted(now, a.Note, a.At, rules)
		if err != nil {
			return models.Turn{}, err
		}
		if refused != nil {
			a.Refused = refused.Error()
		}
		turn := incident.Settle(done, entries, a.At, rules)
		turn.Answers = []models.NoteAnswer{*a}
		return turn, nil
	})
}
