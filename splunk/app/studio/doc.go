// Package studio reads the dashboards of the Splunk app and finds what Splunk's own schema does not;
// its tests also hold them against that schema, and draw them with Splunk's own packages (make
// dashboards). Only tests import it.
package studio
