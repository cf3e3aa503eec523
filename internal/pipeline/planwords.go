package pipeline

import (
	"fmt"
	"math"
	"strconv"

	"foresight/models"
)

// plan says what a plan assumes, in a sentence.
func (v voice) plan(h history, p models.Plan) string {
	if p.Like != nil {
		return v.T("“%s”, %s with the effect of %s.", p.Name, v.planned(p), v.like(p.Like))
	}
	what := ""
	switch {
	case p.Kind == models.PlanCapacity && p.Amount != nil:
		what = v.T("%s more of the limit", v.number(p.Amount.Value, h.signal.Unit))
	case p.Factor != nil:
		what = v.share(p.Factor)
	case p.Amount != nil:
		what = v.amount(p.Amount, h.signal.Unit)
	}
	return v.T("“%s”, %s %s.", p.Name, what, v.planned(p))
}

func (v voice) like(l *models.Like) string {
	switch {
	case l.Event != "":
		return v.Occasion(l.Event)
	case l.From.Equal(l.To):
		return v.date(l.From)
	}
	return v.T("%s to %s", v.date(l.From), v.date(l.To))
}

func (v voice) share(b *models.Band) string {
	word := v.Figure(strconv.FormatFloat(math.Round(1000*math.Abs(b.Value-1))/10, 'f', -1, 64)) + " %"
	text := v.T("%s more", word)
	if b.Value < 1 {
		text = v.T("%s less", word)
	}
	if b.Low != b.High {
		text += v.T(" (90 %% between factors of %s and %s)", v.Figure(fmt.Sprintf("%.3g", b.Low)), v.Figure(fmt.Sprintf("%.3g", b.High)))
	}
	return text
}

func (v voice) amount(b *models.Band, unit string) string {
	text := v.T("%s more a day", v.number(math.Abs(b.Value), unit))
	if b.Value < 0 {
		text = v.T("%s less a day", v.number(-b.Value, unit))
	}
	if b.Low != b.High {
		text += v.T(" (90 %% between %s and %s)", v.number(b.Low, ""), v.number(b.High, ""))
	}
	return text
}

// planned says when a plan acts.
func (v voice) planned(p models.Plan) string {
	switch {
	case p.To.Equal(p.From):
		return v.T("when|on %s", v.date(p.From))
	case !p.To.IsZero():
		return v.T("from %s to %s", v.date(p.From), v.date(p.To))
	}
	return v.T("from %s on", v.date(p.From))
}

func (v voice) decided(p models.Plan) string {
	switch {
	case p.Author != "" && !p.DecidedOn.IsZero():
		return v.T(" Decided by %s on %s.", p.Author, v.date(p.DecidedOn))
	case p.Author != "":
		return v.T(" Decided by %s.", p.Author)
	case !p.DecidedOn.IsZero():
		return v.T(" Decided on %s.", v.date(p.DecidedOn))
	}
	return ""
}
