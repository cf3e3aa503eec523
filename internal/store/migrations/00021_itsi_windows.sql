-- Maintenance windows that were made in ITSI's calendar, by what they are for, so that each moves under its key.

-- +goose Up
CREATE TABLE itsi_windows (
    ref     TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL -- models.KeptWindow
);

-- +goose Down
DROP TABLE itsi_windows;
