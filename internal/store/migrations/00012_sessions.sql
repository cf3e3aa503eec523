-- Who is signed in to the pages. The id itself is with the browser only.

-- +goose Up
CREATE TABLE sessions (
    hash   TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the id
    member TEXT   NOT NULL,
    proof  TEXT   NOT NULL, -- of the password that it was opened with
    until  BIGINT NOT NULL  -- nanoseconds since 1970, UTC
);
CREATE INDEX sessions_by_end ON sessions (until);

-- +goose Down
DROP TABLE sessions;
