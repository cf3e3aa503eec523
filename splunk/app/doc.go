// Package app is Foresight's app for Splunk: the folder foresight as Splunk sees it, embedded, and
// what makes an installable package of it.
package app
