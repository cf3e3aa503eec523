package configs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
)

// mistake is one edit of a file that is right, and what is said of it.
type mistake struct{ from, to, want, mend string }

// oneMistake makes each edit by itself and wants its error: the place, what is wrong and the mend.
// It returns them all.
func oneMistake(t *testing.T, text string, env func(string) (string, bool), all []mistake) (said []string) {
	t.Helper()
	for _, m := range all {
		t.Run(m.want, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(text, m.from), "%q must stand there once", m.from)
			_, err := configs.Parse("f.yml", []byte(strings.Replace(text, m.from, m.to, 1)), env)
			require.Error(t, err)
			assert.Contains(t, err.Error(), m.want)
			assert.Contains(t, err.Error(), m.mend)
			said = append(said, err.Error())
		})
	}
	return said
}

// ofItsService puts the id of base's service where a text says SERVICE.
func ofItsService(t *testing.T, text string) (named, service string) {
	t.Helper()
	cfg, err := configs.Parse("f.yml", []byte(base), exampleEnv)
	require.NoError(t, err)
	service = cfg.Customers[0].Services[0].ID
	return strings.ReplaceAll(text, "SERVICE", service), service
}
