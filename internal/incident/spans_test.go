package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLasting(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 40*time.Second + 600*time.Millisecond: "41 s", time.Minute: "1 min", 5*time.Minute + 29*time.Second: "5 min",
		59*time.Minute + 40*time.Second: "1 h", 119 * time.Minute: "1 h 59 min", 26 * time.Hour: "26 h",
	} {
		require.Equal(t, want, voice{}.lasting(d))
	}
}
