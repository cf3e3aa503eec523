package configs

import (
	"net/url"
	"strings"
)

// Deployment is what a Splunk platform is run as.
type Deployment string

// The deployments.
const (
	DeploymentEnterprise Deployment = "enterprise"
	DeploymentCloud      Deployment = "splunk_cloud" // Splunk Cloud Platform, which is not Splunk Cloud Services
)

// deploymentOf goes by the host of the REST interface, where nothing is said.
func deploymentOf(s fileSplunk) Deployment {
	if s.CloudServices != nil {
		return ""
	}
	if u, err := url.Parse(s.Search.URL); err == nil && (strings.HasSuffix(u.Hostname(), ".splunkcloud.com") || strings.HasSuffix(u.Hostname(), ".splunkcloudgc.com")) {
		return DeploymentCloud
	}
	return DeploymentEnterprise
}
