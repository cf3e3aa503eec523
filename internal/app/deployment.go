package app

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"foresight/configs"
	"foresight/splunk"
)

// deployment says what of a Splunk Cloud Platform's addresses and bounds is unlike what Splunk
// documents of it. Stacks have been set up otherwise (private links, government clouds), so that
// these are hints.
func (c *checker) deployment(cfg configs.Splunk) {
	for _, hint := range cloudHints(cfg) {
		c.warn("Splunk Cloud Platform", hint)
	}
}

// adviceBytes is what Splunk advises a request of the event collector to hold at most.
const adviceBytes = 1_000_000

func cloudHints(cfg configs.Splunk) (hints []error) {
	if cfg.Deployment != configs.DeploymentCloud {
		return nil
	}
	say := func(format string, args ...any) { hints = append(hints, fmt.Errorf(format, args...)) }
	search, hec := addressOf(cfg.Search.URL), addressOf(cfg.HEC.URL)
	stack := strings.TrimPrefix(search.Hostname(), "http-inputs-")
	if name, _, found := strings.Cut(stack, "."); found {
		stack = name
	}
	switch {
	case search.Scheme != "https" || hec.Scheme != "https":
		say("it speaks TLS alone: write https://")
	case strings.HasPrefix(search.Hostname(), "http-inputs"):
		say("search.url %s is an address of the event collector: searches go to https://%s.splunkcloud.com:8089", search.Host, stack)
	case search.Port() != "8089":
		say("search.url %s has not port 8089, on which the REST interface is: https://%s:8089", search.Host, search.Hostname())
	}
	switch host := hec.Hostname(); {
	case hec.Port() == "8088" && strings.HasSuffix(host, ".splunkcloud.com"):
		say("hec.url %s: port 8088 is a free trial's; a stack's event collector is at https://http-inputs-%s.splunkcloud.com:443 (on Google Cloud http-inputs.%s)", hec.Host, stack, stack)
	case strings.HasSuffix(host, ".splunkcloud.com") && !strings.HasPrefix(host, "http-inputs"):
		say("hec.url %s is no host of the event collector: https://http-inputs-%s.splunkcloud.com:443 (on Google Cloud http-inputs.%s)", hec.Host, stack, stack)
	}
	if cfg.HEC.Batch.Bytes > adviceBytes {
		say("hec.batch.bytes %d is more than the 1 MB that Splunk advises for a request", cfg.HEC.Batch.Bytes)
	}
	return hints
}

// addressOf parses an address that the configuration has let through.
func addressOf(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// closedPort adds to an error without an answer what stands between a cloud's REST port and
// the world.
func closedPort(cfg configs.Splunk, err error) error {
	switch splunk.ReasonOf(err) {
	case splunk.ReasonNetwork, splunk.ReasonTimeout:
	default:
		return err
	}
	if cfg.Deployment != configs.DeploymentCloud {
		return err
	}
	return errors.Join(err, errors.New("on Splunk Cloud Platform the REST port is open to the allow list search-api alone (ACS, or a support case), and on a free trial to nobody"))
}
