package demo

import _ "embed" // the configuration

// Config is the demo's configuration file. Its addresses and secrets come from the
// environment (see the head of the file), so that it can be used again by hand.
//
//go:embed foresight.yml
var Config []byte

// The environment variables that Config reads.
const (
	EnvSearchURL = "FORESIGHT_SEARCH_URL"
	EnvUsername  = "FORESIGHT_USERNAME"
	EnvPassword  = "FORESIGHT_PASSWORD"
	EnvHECURL    = "FORESIGHT_HEC_URL"
	EnvHECToken  = "FORESIGHT_HEC_TOKEN"
	EnvCAFile    = "FORESIGHT_CA_FILE"
)
