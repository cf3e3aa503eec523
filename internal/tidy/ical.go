package tidy

import (
	"errors"
	"io"
	"time"

	"foresight/models"
)

func readCalendar(_ io.Reader, _, _ time.Time, _ func(models.CalendarEvent) bool) ([]models.CalendarEvent, error) {
	return nil, errors.New("iCalendar files are not read yet")
}
