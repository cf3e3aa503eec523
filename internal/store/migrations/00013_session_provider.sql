-- +goose Up
-- Who vouches for the person of a session, '' for a local user; and of which of the provider's groups they are: JSON.
ALTER TABLE sessions ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN teams TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sessions DROP COLUMN teams;
ALTER TABLE sessions DROP COLUMN provider;
