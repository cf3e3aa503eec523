package app

import (
	"context"
	"time"

	"foresight/configs"
	"foresight/internal/deliver"
	"foresight/internal/incident"
	"foresight/internal/notify"
)

// channels makes the ways to tell people, which a wrong certificate or template prevents.
func (a *App) channels(cfg *configs.Config) (map[string]notify.Channel, error) {
	all := map[string]notify.Channel{}
	for _, c := range cfg.Channels {
		channel, err := notify.New(notify.Config{
			ID: c.ID, Kind: c.Kind, Secret: c.Secret.Value(), URL: c.URL, Server: c.Server, From: c.From, Username: c.Username,
			TLS: c.TLS, CAFile: c.CAFile, Template: c.Template, Timeout: c.Timeout, Clock: a.Clock, Agent: "foresight/" + a.Version, Pages: cfg.Web.URL,
		})
		if err != nil {
			return nil, usage(err)
		}
		all[c.ID] = channel
	}
	return all, nil
}

// messenger tells people what the cases have for them.
func (w *works) messenger() (*deliver.Messenger, error) {
	channels, err := w.app.channels(w.cfg)
	if err != nil {
		return nil, err
	}
	return deliver.NewMessenger(w.store, channels, w.app.Clock, w.line.Log), nil
}

// late counts for the metrics what should have reached people and has not, by channel.
func (w *works) late(ctx context.Context) (map[string]int, error) {
	now := w.app.Clock()
	late, err := w.store.NoticesLate(ctx, now.Add(-incident.Tolerance), now.Add(-24*time.Hour))
	for _, c := range w.cfg.Channels {
		if _, some := late[c.ID]; !some && err == nil {
			late[c.ID] = 0
		}
	}
	return late, err
}
