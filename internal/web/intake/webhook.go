package intake

import (
	"context"
	"net/http"

	"foresight/models"
)

// webhook takes what comes to an integration's own address.
func (s *server) webhook(w http.ResponseWriter, r *http.Request) {
	d := s.at(r)
	if d != nil && d.Integration.Kind == models.IntegrationSigned {
		s.signedRequest(w, r, d)
		return
	}
	taken, err := s.welcome(w, r, d)
	s.reply(w, r, d, taken, err)
}

func (s *server) welcome(w http.ResponseWriter, r *http.Request, d *door) ([]models.Taken, error) {
	if d == nil {
		return nil, errSecret // whether there is such an integration is nobody's business
	}
	signs := d.Integration.Kind == models.IntegrationGrafana && r.Header.Get(signatureHeader) != ""
	hook := d.Integration.Kind == models.IntegrationPagerDutyWebhook
	if !signs && !hook && !d.opens(shown(r)) {
		return nil, errSecret
	}
	data, err := body(w, r, mostBytes)
	if err != nil {
		return nil, err
	}
	if hook && !d.signedByPager(r, data) {
		return nil, errSecret
	}
	now, once := s.Clock(), ""
	if signs {
		if once, err = d.signed(r, data, now); err != nil {
			return nil, err
		}
	}
	if err := s.allow(d); err != nil {
		return nil, err
	}
	var all []models.Intake
	switch d.Integration.Kind {
	case models.IntegrationAlertmanager, models.IntegrationGrafana:
		all, err = s.alertmanager(d, data, now, once)
	case models.IntegrationCloudEvents:
		all, err = d.cloudEvents(r.Header, data, now)
	case models.IntegrationSplunk:
		return s.splunkHook(r, d, data, now)
	case models.IntegrationPagerDutyWebhook:
		all, err = d.pagerHooks(data, now)
	default:
		return nil, errSecret // the kinds that have an address of their own
	}
	if err != nil {
		return nil, err
	}
	return s.take(r, all)
}

// heartbeat notes that a system is alive.
func (s *server) heartbeat(w http.ResponseWriter, r *http.Request) {
	d := s.shows(models.IntegrationHeartbeat, shown(r))
	s.reply(w, r, d, []models.Taken{}, s.beat(r.Context(), d))
}

func (s *server) beat(ctx context.Context, d *door) error {
	if d == nil {
		return errSecret
	}
	if err := s.allow(d); err != nil {
		return err
	}
	if err := s.Desk.Beat(ctx, d.Customer.ID, d.Integration.ID, s.Clock()); err != nil {
		return unkept(err)
	}
	return nil
}
