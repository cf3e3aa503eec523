package store

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// connectTimeout bounds a connection's making where the URL does not (connect_timeout).
const connectTimeout = 15 * time.Second

// openPostgres connects to the database at url.
func openPostgres(ctx context.Context, url string, readOnly bool) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("reading state.url: %w", err) // pgx takes the password out
	}
	c := cfg.ConnConfig
	if !strings.Contains(url, "connect_timeout") {
		c.ConnectTimeout = connectTimeout
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "foresight"
	}
	if readOnly {
		c.RuntimeParams["default_transaction_read_only"] = "on"
	}
	// The job queue listens on a connection, and who delivers holds its turn on another.
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = max(cfg.MaxConns, 10)
	}
	// Every connection is tried before its use: a server that was restarted between two
	// words costs a new connection, not a failed run.
	cfg.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true }
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connecting to state.url: %w", err)
	}
	return &Store{
		db: stdlib.OpenDBFromPool(pool), kind: postgres,
		name: "database " + c.Database + " at " + net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))),
		pool: pool,
	}, nil
}
