// Package store keeps what must survive a restart. Until the database comes it
// is one small JSON file a customer, replaced as a whole, and a list of the
// events that Splunk refused.
package store
