// Package store keeps what must survive a restart, in one database: a file of its
// own (SQLite, the default) or PostgreSQL, with one schema and one text of every
// statement for both.
//
// A write is one transaction: kill -9, a full disk or a lost connection leaves what
// was before, or all of the new. Errors name the database and, where a person can
// mend it, how.
package store
