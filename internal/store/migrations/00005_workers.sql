-- +goose Up
-- The processes that work on jobs: a count that each raises while it lives.
CREATE TABLE workers (
    id    TEXT PRIMARY KEY,
    beats BIGINT NOT NULL
);

-- +goose Down
DROP TABLE workers;
