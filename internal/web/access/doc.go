// Package access says who asks for a page and what they may see and do: local users with
// passwords and sessions, programs with bearer tokens, and, where neither is configured,
// whoever sits at this machine.
package access
