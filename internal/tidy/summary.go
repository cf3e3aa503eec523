package tidy

import (
	"encoding/json"
	"fmt"

	"foresight/models"
)

// Summary is what stands behind one series' forecast. JSON has it as the field
// summary of the series' first row; CSV has no place for it. Dates are in the
// layout of the series' times; null is a date that does not lie within the horizon.
type Summary struct {
	Method     string      `json:"method"`
	Choice     string      `json:"choice,omitempty"`   // how members and weights came about
	Fallback   string      `json:"fallback,omitempty"` // why a simpler method was taken
	Members    []Member    `json:"members"`
	Backtest   *Backtest   `json:"backtest"` // null when the history is too short for one
	Components []Component `json:"components"`
	Treated    []Treated   `json:"treated"` // of the history, what was not taken as observed
	Shifts     []Shift     `json:"level_shifts"`
	Outlook
	WhatIf  []string `json:"what_if,omitempty"`         // the flags that the forecast assumes
	Without *Outlook `json:"without_what_if,omitempty"` // the same of the forecast without them
}

// Treated is a stretch of the history that was not taken as it was observed: masked
// buckets, [from, to).
type Treated struct {
	Kind    string `json:"kind"`
	From    string `json:"from"`
	To      string `json:"to"`
	Buckets int    `json:"buckets"`
	Reason  string `json:"reason,omitempty"`
}

// Shift is a lasting change of level in the history: the new level over the old one,
// or with Amount the difference.
type Shift struct {
	From   string         `json:"from"`
	Factor *models.Number `json:"factor,omitempty"`
	Amount *models.Number `json:"amount,omitempty"`
}

// Member is one method of a combination, with its weight and its backtest score:
// pinball loss over the seasonal naive's, null when it was not scored.
type Member struct {
	Name   string        `json:"name"`
	Weight models.Number `json:"weight"`
	Score  models.Number `json:"score"`
}

// Backtest is how right the combination was at this horizon before.
type Backtest struct {
	Origins    int           `json:"origins"`
	WAPE       models.Number `json:"wape"`
	MASE       models.Number `json:"mase"`
	Naive      models.Number `json:"mase_naive"`
	Coverage80 models.Number `json:"coverage80"`
	Coverage90 models.Number `json:"coverage90"`
}

// Component is one part of the median: they multiply and add up in order, the first
// being what the others act on.
type Component struct {
	Name           string          `json:"name"`
	Family         string          `json:"family,omitempty"`
	Multiplicative bool            `json:"multiplicative"`
	Values         []models.Number `json:"values"`
}

// Outlook is what a planner buys capacity by.
type Outlook struct {
	Crossing *Crossing `json:"crossing"` // null without a capacity
	Needed   Needed    `json:"needed_capacity"`
	Maximum  Maximum   `json:"maximum"`
}

// Crossing says when the capacity is first exceeded.
type Crossing struct {
	Probability models.Number `json:"probability"` // within the horizon
	Early       *string       `json:"date_p10"`
	Half        *string       `json:"date_p50"`
	Late        *string       `json:"date_p90"`
	Expected    *string       `json:"expected"` // half of the paths have crossed
	Cautious    *string       `json:"cautious"` // 5 % of the paths have crossed
}

// Needed is the capacity that is exceeded within the horizon with at most Risk.
type Needed struct {
	Risk  models.Number  `json:"risk"`
	Limit models.Number  `json:"limit"`           // the same in every bucket
	Ratio *models.Number `json:"ratio,omitempty"` // what every limit given must be multiplied with
}

// Maximum is the distribution of the largest value over the horizon.
type Maximum struct {
	Quantiles map[string]models.Number `json:"quantiles"` // by the column's name, q0.5
	Mean      models.Number            `json:"mean"`
	Likeliest *string                  `json:"likeliest"` // bucket in which most paths have it
	Share     models.Number            `json:"share"`     // of the paths that have it there
	Expected  *string                  `json:"expected"`  // half of the paths have met it by then
	Cautious  *string                  `json:"cautious"`  // 5 % have
}

// field is the summary as a JSON member to append to a row; nothing without one.
func (s *Summary) field() ([]byte, error) {
	if s == nil {
		return nil, nil
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("writing its summary: %w", err)
	}
	return append([]byte(`,"summary":`), text...), nil
}
