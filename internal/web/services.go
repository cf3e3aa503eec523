package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"foresight/models"
)

// servicesPage is what services.gohtml prints.
type servicesPage struct {
	frame
	Services []serviceView
	More     bool
}

// serviceView is where a service stands.
type serviceView struct {
	Customer, Name, Owner, Report string
	Cases                         []caseRow
	Worst                         int // level of the gravest open case; 0: none is open
	Groups                        []redundancyRow
	Windows                       []windowRow
	May                           bool // the reader may report a fault of it
}

type windowRow struct {
	Name, From, To, Of string
	Now                bool
}

// services says by service what is open, how redundant it is and what is planned.
func (v *server) services(w http.ResponseWriter, r *http.Request) {
	p := servicesPage{frame: v.frame(r, v.say.T("Services"), "services")}
	found, more, err := v.cases(r.Context(), models.IncidentFilter{States: openStates})
	if err != nil {
		v.internal(w, fmt.Errorf("listing what is open by service: %w", err))
		return
	}
	p.More = more
	for _, c := range v.customersOf(r.Context()) {
		for _, s := range c.Services {
			one := v.service(c, s, found)
			one.May = v.may(r, c.ID)
			p.Services = append(p.Services, one)
		}
	}
	v.render(w, http.StatusOK, "services.gohtml", p)
}

func (v *server) service(c models.Customer, s models.Service, found []models.Incident) serviceView {
	view := serviceView{Customer: nameOf(c), Name: serviceName(c, s.ID), Owner: s.Owner, Report: "/incidents/new?" + url.Values{"customer": {c.ID}, "service": {s.ID}}.Encode()}
	lost := map[string]models.Redundancy{}
	for _, i := range found {
		if i.Customer != c.ID || i.Service != s.ID || !i.State.Open() {
			continue
		}
		view.Cases = append(view.Cases, v.row(i, c))
		if view.Worst == 0 || int(i.Level) < view.Worst {
			view.Worst = int(i.Level)
		}
		if i.Redundancy != nil {
			lost[i.Redundancy.Group] = *i.Redundancy
		}
	}
	for _, g := range c.Process.Groups {
		if g.Service != s.ID {
			continue
		}
		red, is := lost[g.ID]
		if !is {
			red = models.Redundancy{Group: g.ID, Members: len(g.Members), Needed: max(1, g.Needed)}
		}
		view.Groups = append(view.Groups, redundancyRow{g.ID, v.say.Redundancy(red), strings.Join(red.Down, ", "), red.Up(), red.Members, red.Needed})
	}
	for _, m := range c.Process.Windows {
		if m.To.Before(v.now()) || len(m.Services) > 0 && !slices.Contains(m.Services, s.ID) {
			continue
		}
		zone := zoneOf(c)
		view.Windows = append(view.Windows, windowRow{m.Name, v.shown(m.From, zone, momentForm), v.shown(m.To, zone, momentForm), strings.Join(m.Components, ", "), !v.now().Before(m.From)})
	}
	return view
}
