package web

import (
	"context"
	"html/template"
	"net/http"
	"time"

	"foresight/models"
)

// frame is what every page has around its content.
type frame struct {
	Style   template.CSS
	Version string
	Head    string
	Nav     nav
}

// nav is the line of links at the top.
type nav struct {
	Here    string // incidents, actions, services, report; "" elsewhere
	Process bool   // there are pages of the incident process
}

func (v *server) frame(_ *http.Request, title, here string) frame {
	return frame{Style: v.style, Version: v.options.Version, Head: title, Nav: nav{Here: here, Process: v.options.Process != nil}}
}

// now is the moment at which a page is made.
func (v *server) now() time.Time {
	if v.options.Clock == nil {
		return time.Time{}
	}
	return v.options.Clock()
}

// customersOf are the customers that the reader may see.
func (v *server) customersOf(_ context.Context) []models.Customer {
	return v.options.Process.Customers()
}

// customer is the configuration's; of one that is not there any more only the id is known.
func (v *server) customer(id string) models.Customer {
	for _, c := range v.options.Process.Customers() {
		if c.ID == id {
			return c
		}
	}
	return models.Customer{ID: id}
}
