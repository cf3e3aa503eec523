-- +goose Up
CREATE TABLE runs (
    run_id   TEXT   PRIMARY KEY,
    customer TEXT   NOT NULL,
    started  BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    content  TEXT   NOT NULL  -- models.Ran
);
CREATE INDEX runs_by_start ON runs (started);

-- +goose Down
DROP TABLE runs;
