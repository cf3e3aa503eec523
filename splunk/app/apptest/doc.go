// Package apptest gives tests every search of the Splunk app, and a sandbox with events of every kind to
// run them on. Only tests import it.
package apptest
