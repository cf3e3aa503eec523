-- What a customer's calendar feed has said, so that each change of an entry raises its number
-- and one that holds no longer is called off.

-- +goose Up
CREATE TABLE appointments (
    customer TEXT   NOT NULL,
    uid      TEXT   NOT NULL,
    ends     BIGINT NOT NULL, -- nanoseconds since 1970, UTC
    content  TEXT   NOT NULL, -- models.Appointment
    PRIMARY KEY (customer, uid)
);

-- +goose Down
DROP TABLE appointments;
