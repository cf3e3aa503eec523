-- Alerts of Splunk that came in and wait until Splunk has said that they are true; for a day also those
-- that were settled, so that a replay is known.

-- +goose Up
CREATE TABLE held_intake (
    id       TEXT   NOT NULL PRIMARY KEY,
    customer TEXT   NOT NULL,
    held     BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    next     BIGINT NOT NULL, -- when it is asked about; 0: it is settled
    content  TEXT   NOT NULL  -- models.HeldIntake
);
CREATE INDEX held_intake_by_next ON held_intake (next);

-- +goose Down
DROP TABLE held_intake;
