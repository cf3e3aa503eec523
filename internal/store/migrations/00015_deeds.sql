-- What people did by the pages, and tried to: the audit log.

-- +goose Up
CREATE TABLE deeds (
    id       TEXT   NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    who      TEXT   NOT NULL,
    did      TEXT   NOT NULL,
    object   TEXT   NOT NULL,
    customer TEXT   NOT NULL, -- '': nobody's
    remote   TEXT   NOT NULL,
    refused  TEXT   NOT NULL  -- '': it was done
);
CREATE INDEX deeds_by_time ON deeds (at, id);

-- +goose Down
DROP TABLE deeds;
