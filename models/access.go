package models

import "time"

// Role is what somebody may do with a customer's cases. Each may do what those before it may.
type Role string

// The roles.
const (
	RoleViewer   Role = "viewer"   // look
	RoleOperator Role = "operator" // report and work on cases
	RoleAdmin    Role = "admin"    // also see who has access
)

// EveryCustomer in a Grant stands for all customers, also those that are yet to come.
const EveryCustomer = "*"

// Grant gives a role with one customer, or with EveryCustomer.
type Grant struct {
	Customer string
	Role     Role
}

// EveryGroup in a GroupGrant stands for everybody whom the provider signs in.
const EveryGroup = "*"

// GroupGrant gives a role to whoever is of a group at the provider of sign-ins.
type GroupGrant struct {
	Group string
	Grant
}

// User is a person who signs in to the pages with a password.
type User struct {
	Name   string
	Hash   string // of the password: argon2id as a PHC string
	Grants []Grant
}

// Session is that somebody has signed in.
type Session struct {
	Hash     string // of the id that the browser shows
	User     string
	Proof    string // of the password that it was opened with, or of the client: another ends it
	Provider string // the issuer who vouches for the user; "": nobody, it is a local user
	Groups   []string
	Until    time.Time
}
