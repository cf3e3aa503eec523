-- What searches of the register have found: it stays in force while they fail.

-- +goose Up
CREATE TABLE inventories (
    customer  TEXT   NOT NULL,
    inventory TEXT   NOT NULL,
    tried     BIGINT NOT NULL, -- nanoseconds since 1970, UTC: one process asks at a time
    content   TEXT   NOT NULL, -- models.Found
    PRIMARY KEY (customer, inventory)
);

-- +goose Down
DROP TABLE inventories;
