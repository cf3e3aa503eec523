-- What people's channels are told of cases: a row a message. Whoever sends one holds it by a
-- lease, so that of several processes one does, and another takes over where that one died.

-- +goose Up
CREATE TABLE notices (
    id       TEXT   PRIMARY KEY,
    customer TEXT   NOT NULL,
    incident TEXT   NOT NULL,
    seq      BIGINT NOT NULL, -- rises within the case
    kind     TEXT   NOT NULL,
    channel  TEXT   NOT NULL,
    key      TEXT   NOT NULL, -- of one receiver and one case: sent in order
    state    TEXT   NOT NULL,
    attempts BIGINT NOT NULL,
    due      BIGINT NOT NULL, -- nanoseconds since 1970, UTC, as all times here
    next     BIGINT NOT NULL, -- not to be tried before
    lease    BIGINT NOT NULL, -- until when somebody is at it
    settled  BIGINT NOT NULL, -- 0: is still to be sent
    reply    TEXT   NOT NULL, -- the channel's last
    content  TEXT   NOT NULL  -- models.Notice
);
CREATE INDEX notices_by_channel ON notices (channel, state, next);
CREATE INDEX notices_by_case ON notices (incident, key, seq);

-- +goose Down
DROP TABLE notices;
