package main

import (
	"fmt"
	"testing"
	"time"
)

// What a second process on the same PostgreSQL is worth: the time of one with a single
// worker over that of two. It tells something only where two cores are free for them.
func TestScaleOfTwoOnPostgres(t *testing.T) {
	sizes := scales(t)
	n := min(runMost, sizes[len(sizes)-1])
	scaleFigure("scale-two", scaleHead)
	scaleFigure("scale-two", scaleRule)
	state := "state: {url: {env: FORESIGHT_STATE_URL}}"
	took := map[int]time.Duration{}
	for _, processes := range []int{1, 2} {
		s := startLean(t, signalsAQuery/10-1) // ten times as many queries to share
		database := postgresSchema(t).String()
		var dirs []string
		for range processes {
			dirs = append(dirs, scaleDir(t, s, n, state))
		}
		c := serveAll(t, s, n, dirs, "FORESIGHT_STATE_URL="+database)
		took[processes] = c[0].wall
		for _, c := range c {
			scaleFigure("scale-two", c.row(fmt.Sprintf("%d × `serve --workers 1`", processes)))
		}
	}
	scaleFigure("scale-two", "")
	scaleFigure("scale-two", fmt.Sprintf("Two processes took %.0f s where one took %.0f s: %.2f times as fast.", took[2].Seconds(), took[1].Seconds(), took[1].Seconds()/took[2].Seconds()))
}
