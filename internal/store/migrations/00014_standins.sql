-- Who stands in for whoever's turn it is on call, beside the overrides of the configuration.

-- +goose Up
CREATE TABLE standins (
    id       TEXT   NOT NULL PRIMARY KEY,
    customer TEXT   NOT NULL,
    rota     TEXT   NOT NULL,
    contact  TEXT   NOT NULL, -- '': nobody is on call
    starts   BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    ends     BIGINT NOT NULL,
    made     BIGINT NOT NULL,
    author   TEXT   NOT NULL,
    reason   TEXT   NOT NULL
);
CREATE INDEX standins_by_customer ON standins (customer, made);

-- +goose Down
DROP TABLE standins;
