// Package models holds the nouns that pass between Foresight's other packages:
// customers and what is measured at them, the history that Splunk returned, and
// the findings, actions and events that go back. It has no behaviour beyond
// naming (subject ids, revisions, event ids) and imports nothing of ours.
package models
