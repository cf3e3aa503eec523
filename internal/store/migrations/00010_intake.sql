-- What came in over HTTP: requests that name themselves, so that a replay is known, and when
-- each heartbeat was last heard.

-- +goose Up
CREATE TABLE heard (
    customer TEXT   NOT NULL,
    request  TEXT   NOT NULL, -- of its integration and its name there
    at       BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    PRIMARY KEY (customer, request)
);
CREATE INDEX heard_by_time ON heard (at);

CREATE TABLE heartbeats (
    customer    TEXT   NOT NULL,
    integration TEXT   NOT NULL,
    at          BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    PRIMARY KEY (customer, integration)
);

-- +goose Down
DROP TABLE heartbeats;
DROP TABLE heard;
