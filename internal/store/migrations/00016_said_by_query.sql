-- Whose runs decide over a subject, so that a pass over one query does not read what all others
-- have said. What was written before has none, and is read by every pass until it is said again.

-- +goose Up
ALTER TABLE said ADD COLUMN query TEXT NOT NULL DEFAULT '';
CREATE INDEX said_by_query ON said (customer, query);

-- +goose Down
DROP INDEX said_by_query;
ALTER TABLE said DROP COLUMN query;
