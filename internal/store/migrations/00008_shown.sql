-- +goose Up
-- What the last pass over each query found out, for the pages of any process, and which
-- days' passes were complete.
CREATE TABLE shown (
    customer  TEXT   NOT NULL,
    query     TEXT   NOT NULL, -- service/query
    version   BIGINT NOT NULL, -- goes up with every change
    passed    BIGINT NOT NULL, -- the as-of of the last complete pass, seconds since 1970; 0: none
    ended     BIGINT NOT NULL, -- nanoseconds since 1970: of the last pass,
    succeeded BIGINT NOT NULL, -- of the last one that succeeded; 0: none
    failure   TEXT   NOT NULL, -- why the last one failed; '' when it did not
    errors    TEXT   NOT NULL, -- of the last pass: a list of models.RunError
    as_of     BIGINT NOT NULL, -- of what follows; 0: nothing was found out yet
    summary   TEXT   NOT NULL, -- what the list of customers says of it
    content   BYTEA,           -- see packResult
    PRIMARY KEY (customer, query)
);

-- +goose Down
DROP TABLE shown;
