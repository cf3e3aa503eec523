-- What was forecast and told, to be compared with what comes, and how it met that.

-- +goose Up
CREATE TABLE forecasts (
    customer  TEXT   NOT NULL,
    forecast  TEXT   NOT NULL, -- subject id
    as_of     BIGINT NOT NULL, -- seconds since 1970
    revision  TEXT   NOT NULL,
    run_id    TEXT   NOT NULL,
    service   TEXT   NOT NULL,
    signal    TEXT   NOT NULL,
    measure   TEXT   NOT NULL,
    span      TEXT   NOT NULL,
    last      BIGINT NOT NULL, -- start of the last bucket
    points    BYTEA  NOT NULL, -- see kept.go
    overrides TEXT   NOT NULL, -- JSON of []models.KeptOverride; '' for none
    PRIMARY KEY (customer, forecast, as_of, revision)
);
CREATE INDEX forecasts_by_as_of ON forecasts (as_of);

CREATE TABLE scores (
    customer TEXT   NOT NULL,
    forecast TEXT   NOT NULL, -- subject id
    month    BIGINT NOT NULL, -- UTC, 12·year + month − 1
    buckets  BYTEA  NOT NULL, -- those that begin in it; see scores.go
    PRIMARY KEY (customer, forecast, month)
);
CREATE INDEX scores_by_month ON scores (month);

-- +goose Down
DROP TABLE scores;
DROP TABLE forecasts;
