-- What people wrote inside Splunk and has been read: each once, in the same transaction as what it changes.

-- +goose Up
CREATE TABLE notes_read (
    id      TEXT   NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    content TEXT   NOT NULL  -- models.NoteAnswer
);
CREATE INDEX notes_read_by_time ON notes_read (at);

-- +goose Down
DROP TABLE notes_read;
