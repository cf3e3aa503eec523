-- What is on its way to Splunk: a row for all that one run tells of one subject. Rows
-- leave in the order of seq; the line's one row gives the numbers out, and whoever
-- commits holds it until the end, so that no number becomes visible after a later one.

-- +goose Up
CREATE TABLE outbox (
    seq      BIGINT PRIMARY KEY,
    customer TEXT   NOT NULL,
    run_id   TEXT   NOT NULL,
    as_of    BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    subject  TEXT   NOT NULL,
    revision TEXT   NOT NULL, -- '' where nothing is remembered
    queued   BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    events   BIGINT NOT NULL,
    bytes    BIGINT NOT NULL, -- of content
    content  BYTEA  NOT NULL  -- see parcels.go
);
CREATE INDEX outbox_sizes ON outbox (bytes, events); -- their sums need no content

CREATE TABLE outbox_line (
    line BIGINT PRIMARY KEY,
    last BIGINT NOT NULL -- the last number given out
);
INSERT INTO outbox_line (line, last) VALUES (1, 0);

-- What is known of an event that Splunk refused, to send it once more or to forget it.
ALTER TABLE refused ADD COLUMN customer TEXT   NOT NULL DEFAULT '';
ALTER TABLE refused ADD COLUMN run_id   TEXT   NOT NULL DEFAULT '';
ALTER TABLE refused ADD COLUMN as_of    BIGINT NOT NULL DEFAULT 0;
ALTER TABLE refused ADD COLUMN subject  TEXT   NOT NULL DEFAULT '';
ALTER TABLE refused ADD COLUMN revision TEXT   NOT NULL DEFAULT '';
ALTER TABLE refused ADD COLUMN refused  BIGINT NOT NULL DEFAULT 0; -- nanoseconds since 1970, UTC
ALTER TABLE refused ADD COLUMN place    BIGINT NOT NULL DEFAULT 0; -- in the order in which they were to be sent

-- +goose Down
ALTER TABLE refused DROP COLUMN place;
ALTER TABLE refused DROP COLUMN refused;
ALTER TABLE refused DROP COLUMN revision;
ALTER TABLE refused DROP COLUMN subject;
ALTER TABLE refused DROP COLUMN as_of;
ALTER TABLE refused DROP COLUMN run_id;
ALTER TABLE refused DROP COLUMN customer;
DROP TABLE outbox_line;
DROP TABLE outbox;
