-- One text for SQLite and PostgreSQL: TEXT, BIGINT and keys mean the same on both.
-- Content is JSON as text; no query looks inside.

-- +goose Up
CREATE TABLE said (
    customer TEXT NOT NULL,
    subject  TEXT NOT NULL,
    content  TEXT NOT NULL, -- models.Said
    PRIMARY KEY (customer, subject)
);

CREATE TABLE learnt (
    customer TEXT NOT NULL,
    forecast TEXT NOT NULL, -- subject id
    content  TEXT NOT NULL, -- the engine's own
    PRIMARY KEY (customer, forecast)
);

CREATE TABLE refused (
    event_id TEXT   PRIMARY KEY,
    code     BIGINT NOT NULL, -- of the event collector
    reply    TEXT   NOT NULL, -- its words
    content  TEXT   NOT NULL  -- models.Event
);

-- +goose Down
DROP TABLE refused;
DROP TABLE learnt;
DROP TABLE said;
