package configs

import (
	"fmt"
	"net"
	"strings"
	"time"

	"foresight/models"
)

// fileComponent is a component of the register, as it is written.
type fileComponent struct {
	ID           string   `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Name         string   `yaml:"name" jsonschema_description:"For people (default: the id)."`
	Service      string   `yaml:"service" jsonschema:"required" jsonschema_description:"Id of the service that it is a part of."`
	Version      string   `yaml:"version" jsonschema_description:"The version that runs."`
	EndOfSupport date     `yaml:"end_of_support" jsonschema_description:"The day on which its support ends: by then it is upgraded."`
	TLS          string   `yaml:"tls" jsonschema_description:"host:port whose certificate serve looks at: by its expiry it is renewed."`
	Notice       duration `yaml:"notice" jsonschema_description:"How long before the day a case is opened (default 90d; 30d for a certificate)."`
	LeadDays     int      `yaml:"lead_days" jsonschema_description:"Working days that the work takes (default 0)."`
	Tests        []string `yaml:"tests" jsonschema_description:"What to verify afterwards, so that the whole still works: tasks of the case, ticked off and kept."`
}

// components checks the register.
func (v validator) components(key string, all []fileComponent, services []string) {
	ids := v.unique()
	for i, c := range all {
		at := fmt.Sprintf("%s.components[%d]", key, i)
		ids(at, c.ID)
		v.oneOf(at+".service", c.Service, services...)
		if c.EndOfSupport.IsZero() && c.TLS == "" {
			v.fail(at, "it has no date; write end_of_support, or tls for the expiry of its certificate")
		}
		if _, _, err := net.SplitHostPort(c.TLS); c.TLS != "" && err != nil {
			v.fail(at+".tls", "%q is not host:port; write one such as shop.example.com:443", c.TLS)
		}
		if c.LeadDays < 0 || c.LeadDays > 1000 {
			v.fail(at+".lead_days", "%d is not between 0 and 1000; write working days", c.LeadDays)
		}
		for n, test := range c.Tests {
			if strings.TrimSpace(test) == "" {
				v.fail(fmt.Sprintf("%s.tests[%d]", at, n), "the test says nothing; write what to verify")
			}
		}
	}
}

// componentsOf builds the register.
func componentsOf(all []fileComponent, zone *time.Location) []models.Item {
	var out []models.Item
	for _, c := range all {
		name := c.Name
		if name == "" {
			name = c.ID
		}
		out = append(out, models.Item{ID: c.ID, Name: name, Service: c.Service, Version: c.Version, EndOfSupport: c.EndOfSupport.in(zone), TLS: c.TLS,
			Notice: time.Duration(c.Notice), LeadDays: c.LeadDays, Tests: c.Tests})
	}
	return out
}
