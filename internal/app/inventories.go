package app

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"foresight/internal/incident"
	"foresight/models"
	"foresight/splunk"
)

// retryInventory is how soon an inventory that failed is asked again, where it is not asked as often anyway.
const retryInventory = 10 * time.Minute

// inventories asks Splunk for components and groups. Several processes may do so at once: each
// answer is asked for by one.
type inventories struct {
	counter
	searcher splunk.Searcher
	wake     func() // the courier, who sends what a change tells
	log      zerolog.Logger
	seen     *foundNow
}

// foundNow is what inventories have found, as the pages show it: at most a minute old.
type foundNow struct {
	all atomic.Pointer[map[string][]models.Found]
}

// of is a customer's.
func (f *foundNow) of(customer string) []models.Found {
	if all := f.all.Load(); all != nil {
		return (*all)[customer]
	}
	return nil
}

func (w *works) inventories() *inventories {
	return &inventories{counter{w.store, w.cfg, w.app.Clock}, meteredSearcher{w.clients.search, w.clients.meter}, w.courier.Wake, w.line.Log, &w.found}
}

// run asks each when it is due, until ctx ends.
func (v *inventories) run(ctx context.Context) {
	minute := time.NewTicker(dutyRound)
	defer minute.Stop()
	for {
		v.round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-minute.C:
		}
	}
}

func (v *inventories) round(ctx context.Context) {
	defer v.look(ctx)
	for _, c := range v.cfg.Customers {
		for _, inv := range c.Process.Inventories {
			if err := v.ask(ctx, c, inv); err != nil && ctx.Err() == nil {
				v.log.Error().Err(err).Str("customer", c.ID).Str("inventory", inv.ID).Msg("keeping what the inventory found; tried again")
			}
		}
	}
}

// look lets the pages see what this process or another has found.
func (v *inventories) look(ctx context.Context) {
	all := map[string][]models.Found{}
	for _, c := range v.cfg.Customers {
		if len(c.Process.Inventories) == 0 {
			continue
		}
		found, err := v.kept.Found(ctx, c.ID)
		if err != nil {
			return // the next round sees it; what was seen stays
		}
		all[c.ID] = found
	}
	v.seen.all.Store(&all)
}

// ask asks an inventory that is due, and keeps what it finds; one that fails leaves what was known in
// force, and from the second time on it is a case.
func (v *inventories) ask(ctx context.Context, c models.Customer, inv models.Inventory) error {
	before, err := v.last(ctx, c.ID, inv.ID)
	if err != nil {
		return err
	}
	at, every := v.clock(), inv.Every
	if before.Failed > 0 {
		every = min(every, retryInventory)
	}
	if at.Sub(before.Tried) < every {
		return nil
	}
	if mine, err := v.kept.ClaimInventory(ctx, c.ID, inv.ID, at, at.Add(-every)); err != nil || !mine {
		return err
	}
	now, err := askInventory(ctx, v.searcher, c, inv, at)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		left := now.Left
		now = before
		now.Customer, now.Inventory, now.Left = c.ID, inv.ID, left
		now.Failed, now.Error = before.Failed+1, err.Error()
		if before.Failed == 0 {
			v.log.Warn().Err(err).Str("customer", c.ID).Str("inventory", inv.ID).Msg("the inventory's search fails: what was known stays in force")
		}
	} else {
		now.At = at
		if before.Failed > 0 {
			v.log.Info().Str("customer", c.ID).Str("inventory", inv.ID).Msg("the inventory's search is answered again")
		}
		if len(now.Left) > 0 && strings.Join(now.Left, "") != strings.Join(before.Left, "") {
			v.log.Warn().Strs("rows", now.Left[:min(10, len(now.Left))]).Int("left_out", len(now.Left)).Str("customer", c.ID).Str("inventory", inv.ID).Msg("the inventory has rows that are not understood; they are left out")
		}
	}
	now.Tried = at
	if err := v.kept.KeepFound(ctx, now); err != nil {
		return err
	}
	if now.Failed < 2 && before.Failed < 2 {
		return nil // nothing to tell of, and nothing to take back
	}
	_, _, err = v.report(ctx, incident.InventoryTrouble(c, inv, now))
	v.wake()
	return err
}

// last is how an inventory went before.
func (v *inventories) last(ctx context.Context, customer, inventory string) (models.Found, error) {
	all, err := v.kept.Found(ctx, customer)
	if err != nil {
		return models.Found{}, err
	}
	for _, f := range all {
		if f.Inventory == inventory {
			return f, nil
		}
	}
	return models.Found{}, nil
}

// askInventory runs an inventory's search and reads its rows.
func askInventory(ctx context.Context, searcher splunk.Searcher, c models.Customer, inv models.Inventory, at time.Time) (models.Found, error) {
	spl := inv.Search
	if !strings.HasPrefix(spl, "|") && !strings.HasPrefix(spl, "search ") {
		spl = "search " + spl
	}
	answer, err := searcher.Search(ctx, splunk.Search{SPL: spl, Earliest: at.Add(-inv.Back), Latest: at, Label: "inventory " + inv.ID})
	if err != nil {
		return models.Found{}, fmt.Errorf("asking Splunk: %w", err)
	}
	rows := make([]map[string][]string, 0, len(answer.Rows))
	for _, r := range answer.Rows {
		rows = append(rows, r)
	}
	return incident.ReadInventory(c, inv, rows)
}

// inventory runs an inventory's search and says what it finds.
func (c *checker) inventory(ctx context.Context, searcher splunk.Searcher, customer models.Customer, inv models.Inventory) {
	what := "inventory " + inv.ID + " of " + customer.ID
	f, err := askInventory(ctx, searcher, customer, inv, c.app.Clock())
	c.line(what, err, fmt.Sprintf("%s and %s", counted(len(f.Components), "component"), counted(len(f.Groups), "redundant group")))
	for _, row := range f.Left {
		c.warn(what, fmt.Errorf("%s; it is left out", row))
	}
	for _, part := range f.Components {
		if err == nil && len(part.Tests) == 0 {
			c.warn(what, fmt.Errorf("%s has no tests: say in the field tests what to verify after its upgrade", part.ID))
		}
	}
}
