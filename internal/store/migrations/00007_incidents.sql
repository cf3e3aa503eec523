-- The cases of the incident process. A customer's desk gives their numbers out, and whoever
-- changes a case of the customer holds it until the end: no two changes overlap.

-- +goose Up
CREATE TABLE desks (
    customer TEXT   PRIMARY KEY,
    last     BIGINT NOT NULL -- the last number given out
);

CREATE TABLE incidents (
    id       TEXT   PRIMARY KEY,
    customer TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    service  TEXT   NOT NULL,
    level    BIGINT NOT NULL,
    state    TEXT   NOT NULL,
    changed  BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    content  TEXT   NOT NULL  -- models.Incident
);
CREATE UNIQUE INDEX incidents_by_number ON incidents (customer, number);
CREATE INDEX incidents_by_state ON incidents (customer, state);

CREATE TABLE incident_entries (
    incident TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    content  TEXT   NOT NULL, -- models.Entry
    PRIMARY KEY (incident, seq)
);

-- +goose Down
DROP TABLE incident_entries;
DROP TABLE incidents;
DROP TABLE desks;
