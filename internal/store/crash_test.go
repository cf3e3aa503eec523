package store

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// crashSubjects is how many rows each write of the process to be killed has.
const crashSubjects = 300

// TestMain is also the process that TestKilledInTheMidstOfAWrite kills.
func TestMain(m *testing.M) {
	text := os.Getenv("FORESIGHT_STORE_CRASH")
	if text == "" {
		os.Exit(m.Run())
	}
	var p Place
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		panic(err)
	}
	s, err := Open(ctx, p)
	if err != nil {
		panic(err)
	}
	for round := 1; ; round++ {
		if err := commit(s, models.Batch{Customer: "c", Said: crashWords(round)}); err != nil {
			panic(err)
		}
		if err := s.Keep(ctx, "c", "s/q", "1", crashAnswer(round), crashFrom.AddDate(0, 3, 0).Unix()); err != nil {
			panic(err)
		}
		fmt.Println(round)
	}
}

func crashWords(round int) []models.Said {
	news := make([]models.Said, crashSubjects)
	for i := range news {
		news[i] = said(strconv.Itoa(i), strconv.Itoa(round))
	}
	return news
}

var crashFrom = time.Date(2024, 10, 1, 0, 0, 0, 0, time.UTC)

// crashAnswer covers parts of two years.
func crashAnswer(round int) models.Fetched {
	return answer(crashFrom, crashFrom.AddDate(0, 6, 0), float64(round))
}

// A process of its own writes all subjects anew without end, each time in one write;
// and then a query's history; kill -9 finds it anywhere. Afterwards all subjects are of
// one write, which is the last it told of or the one after, and so is the history.
func TestKilledInTheMidstOfAWrite(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		place, err := json.Marshal(p)
		require.NoError(t, err)
		for seed := range uint64(5) {
			random := rand.New(rand.NewPCG(seed, 1))
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "FORESIGHT_STORE_CRASH="+string(place))
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			lines := bufio.NewScanner(out)
			for range 1 + random.IntN(4) {
				require.True(t, lines.Scan(), "the process wrote")
			}
			for range random.IntN(3000) { // somewhere in the write
				runtime.Gosched()
			}
			require.NoError(t, cmd.Process.Kill())
			told, err := strconv.Atoi(lines.Text())
			require.NoError(t, err)
			for lines.Scan() { // what it told between the last line read and its end
				told, err = strconv.Atoi(lines.Text())
				require.NoError(t, err)
			}
			require.Error(t, cmd.Wait())

			s, err := Open(ctx, p)
			require.NoError(t, err)
			got, err := s.Said(ctx, "c")
			require.NoError(t, err)
			require.Len(t, got, crashSubjects)
			revision := got["0"].Revision
			require.Contains(t, []string{strconv.Itoa(told), strconv.Itoa(told + 1)}, revision)
			for subject, one := range got {
				require.Equal(t, revision, one.Revision, subject)
			}
			history, err := s.History(ctx, "c", "s/q", "1")
			require.NoError(t, err)
			points := history.Columns[0].Points
			of := points[len(points)-1].Value
			require.Contains(t, []int{told, told + 1}, int(of))
			// The years of its beginning were written by the first round, and by no other.
			require.Equal(t, crashAnswer(1).Columns[0].Points[0], points[0])
			year := crashAnswer(int(of)).Columns[0].Points
			for i, p := range points {
				if p.Time >= time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Unix() {
					require.Equal(t, year[i], p)
				}
			}
			require.NoError(t, s.Close())
		}
	})
}
