// Package incident is the process that a customer's cases go through, whichever of
// the three levels they are of: what is reported becomes one case, people and
// clocks move it on, and everything that happened (or did not, and why) is in its
// timeline.
//
// It is pure: every function takes a case and a moment and returns the case as it
// is then, with the entries that the timeline gains. What is kept, sent and shown
// is others' work.
package incident
