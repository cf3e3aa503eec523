package app

import (
	"bytes"
	"time"

	"foresight/internal/report"
	"foresight/internal/web"
	"foresight/models"
)

// display shows results from memory, those of the demo's one run.
type display struct{ *web.Board }

func newDisplay(customers []models.Customer) *display { return &display{web.NewBoard(customers)} }

// put writes a customer's page into dir and shows it.
func (d *display) put(dir string, r models.Result, hindsight map[string][]models.HistoryPoint, ended time.Time) error {
	if _, err := writeReport(dir, r, hindsight); err != nil {
		return err
	}
	var page bytes.Buffer
	if err := report.HTML(&page, r, report.Options{Hindsight: hindsight}); err != nil {
		return err
	}
	d.Done(r, page.Bytes(), ended, nil)
	return nil
}
