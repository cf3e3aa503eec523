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
		if err := s.Remember(ctx, "c", crashWords(round)); err != nil {
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

// A process of its own writes all subjects anew without end, each time in one write;
// kill -9 finds it anywhere. Afterwards all subjects are of one write, which is the
// last it told of or the one after.
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
			require.NoError(t, s.Close())
		}
	})
}
