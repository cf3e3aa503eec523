-- What queries have answered. A column's buckets are cut by UTC year, so that a day's
-- run writes the last years' only. (BYTEA is no word of SQLite's; a value keeps its own
-- type there, and bytes are bytes.)

-- +goose Up
CREATE TABLE fetched (
    customer TEXT   NOT NULL,
    query    TEXT   NOT NULL, -- service/query
    search   TEXT   NOT NULL, -- fingerprint of what was asked
    first    BIGINT NOT NULL, -- [first, past), seconds since 1970
    past     BIGINT NOT NULL, -- the watermark
    dropped  BIGINT NOT NULL, -- split values beyond the cap
    PRIMARY KEY (customer, query)
);

CREATE TABLE buckets (
    customer TEXT   NOT NULL,
    query    TEXT   NOT NULL,
    role     TEXT   NOT NULL, -- total, part, witness
    split    TEXT   NOT NULL, -- a part's value, escaped
    year     BIGINT NOT NULL,
    points   BYTEA  NOT NULL, -- see points.go
    PRIMARY KEY (customer, query, role, split, year)
);

-- +goose Down
DROP TABLE buckets;
DROP TABLE fetched;
