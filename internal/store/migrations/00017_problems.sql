-- Problem records of the incident process: what came back again and again. They are changed by
-- whoever holds the customer's desk.

-- +goose Up
CREATE TABLE problems (
    id       TEXT   PRIMARY KEY,
    customer TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    content  TEXT   NOT NULL -- models.Problem
);
CREATE UNIQUE INDEX problems_by_number ON problems (customer, number);

-- +goose Down
DROP TABLE problems;
