package configs

import (
	"regexp"
	"time"
)

// CloudServices is a tenant of Splunk Cloud Services, for searches and events alike.
type CloudServices struct {
	Tenant       string
	Host         string // of the API, as an address
	IDPHost      string // of the identity provider, as an address
	ClientID     string
	ClientSecret Secret
	Scope        string
	Index        string
	CAFile       string // PEM; "" for the system's roots
	Way          Way
	Timeout      time.Duration // of one request
	TimeLimit    time.Duration // of one search job, from its creation to its last page
	Batch        Batch
}

// Index is where Foresight's events go.
func (s Splunk) Index() string {
	if s.CloudServices != nil {
		return s.CloudServices.Index
	}
	return s.HEC.Index
}

// TimeLimit bounds one search job, from its creation to its last page.
func (s Splunk) TimeLimit() time.Duration {
	if s.CloudServices != nil {
		return s.CloudServices.TimeLimit
	}
	return s.Search.TimeLimit
}

type fileCloudServices struct {
	Tenant       string        `yaml:"tenant" jsonschema:"required" jsonschema_description:"The tenant's name."`
	Host         string        `yaml:"host" jsonschema_description:"Address of the API (default https://api.scp.splunk.com)."`
	IDPHost      string        `yaml:"idp_host" jsonschema_description:"Address of the identity provider (default https://auth.scp.splunk.com)."`
	ClientID     string        `yaml:"client_id" jsonschema:"required" jsonschema_description:"Client of the client credentials flow."`
	ClientSecret *secretSource `yaml:"client_secret" jsonschema:"required" jsonschema_description:"The client's secret."`
	Scope        string        `yaml:"scope" jsonschema_description:"Scope to ask for with a token, where the client has one."`
	Index        string        `yaml:"index" jsonschema_description:"Index that Foresight's events go to (default foresight)."`
	CAFile       string        `yaml:"ca_file" jsonschema_description:"PEM file of the authority that signed the servers' certificates (default: the system's)."`
	CertFile     string        `yaml:"cert_file" jsonschema_description:"PEM file of a certificate of our own, for a server that asks for one, with key_file; read again when it changes."`
	KeyFile      string        `yaml:"key_file" jsonschema_description:"PEM file of its key."`
	Proxy        *fileProxy    `yaml:"proxy" jsonschema_description:"Proxy on the way there (default: HTTPS_PROXY and NO_PROXY of the environment)."`
	Timeout      duration      `yaml:"timeout" jsonschema_description:"Longest wait for one request (default 1m)."`
	TimeLimit    duration      `yaml:"time_limit" jsonschema_description:"Longest run of one search job, at most an hour (default 15m)."`
	Batch        fileBatch     `yaml:"batch" jsonschema_description:"Bounds of one request with events."`
	secret       Secret
}

func cloudServicesDefaults(c *fileCloudServices) {
	if c == nil {
		return
	}
	or(&c.Host, "https://api.scp.splunk.com")
	or(&c.IDPHost, "https://auth.scp.splunk.com")
	or(&c.Index, "foresight")
	or(&c.Timeout, duration(time.Minute))
	or(&c.TimeLimit, duration(15*time.Minute))
	or(&c.Batch.Events, 500)
	or(&c.Batch.Bytes, 1_000_000)
}

// splunk wants one of the two ways to Splunk, whole.
func (v validator) splunk(s *fileSplunk) {
	v.notes(s)
	if s.CloudServices == nil {
		v.oneOf("splunk.deployment", s.Deployment, string(DeploymentEnterprise), string(DeploymentCloud))
		v.search(&s.Search)
		v.hec(&s.HEC)
		return
	}
	for _, key := range []string{"splunk.search", "splunk.hec", "splunk.deployment"} {
		if v.given(key) {
			v.fail(key, "cloud_services takes its place; keep that for Splunk Cloud Services, or search and hec for Splunk Enterprise and Splunk Cloud Platform")
		}
	}
	v.cloudServices(s.CloudServices)
}

// tenantName is what can stand in the path of an address.
var tenantName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

func (v validator) cloudServices(c *fileCloudServices) {
	const key = "splunk.cloud_services"
	if !tenantName.MatchString(c.Tenant) {
		v.fail(key+".tenant", "%q is no name of a tenant; use letters, digits, _, . and -", c.Tenant)
	}
	v.url(key+".host", c.Host, "https://api.scp.splunk.com")
	v.url(key+".idp_host", c.IDPHost, "https://auth.scp.splunk.com")
	v.readable(key+".ca_file", c.CAFile)
	v.way(key, c.CertFile, c.KeyFile, c.Proxy)
	if c.ClientID == "" {
		v.fail(key+".client_id", "the client is missing; write client_id: NAME")
	}
	if c.ClientSecret == nil {
		v.fail(key+".client_secret", "the secret is missing; write client_secret: {env: NAME} or {file: path}")
	} else {
		c.secret = v.secret(key+".client_secret", c.ClientSecret)
	}
	if c.TimeLimit > duration(time.Hour) {
		v.fail(key+".time_limit", "the service ends a search after an hour; write 1h or less")
	}
	v.index(key+".index", c.Index)
	v.batch(key+".batch", c.Batch)
}

func cloudServicesOf(path string, f *fileCloudServices) *CloudServices {
	if f == nil {
		return nil
	}
	return &CloudServices{
		Tenant: f.Tenant, Host: f.Host, IDPHost: f.IDPHost, ClientID: f.ClientID, ClientSecret: f.secret, Scope: f.Scope, Index: f.Index,
		CAFile: resolve(path, f.CAFile), Way: wayOf(path, f.CertFile, f.KeyFile, f.Proxy), Timeout: time.Duration(f.Timeout), TimeLimit: time.Duration(f.TimeLimit), Batch: Batch(f.Batch),
	}
}
