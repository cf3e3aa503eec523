package models

import (
	"fmt"
	"strings"
)

// Worded is a value that has a word for people, in English, which a catalogue may have in their language.
type Worded interface{ Words() string }

// Refusal says to people why something is not done. It is an error that can be said in their language: an
// English sentence, by which a catalogue has it, and what stands in its places.
type Refusal struct {
	English string
	Args    []any // those that are Worded, or a []Worded, are said in their language too
}

// Refuse makes a Refusal of a sentence that is written here.
func Refuse(english string, args ...any) *Refusal { return &Refusal{english, args} }

// Error implements error.
func (r *Refusal) Error() string {
	return fmt.Sprintf(r.English, r.Filled(func(words string) string { return words })...)
}

// Filled is what stands in the sentence's places when say has said what is Worded.
func (r *Refusal) Filled(say func(words string) string) []any {
	all := make([]any, len(r.Args))
	for n, arg := range r.Args {
		switch x := arg.(type) {
		case Worded:
			all[n] = say(x.Words())
		case []Worded:
			words := make([]string, len(x))
			for k, one := range x {
				words[k] = say(one.Words())
			}
			all[n] = strings.Join(words, ", ")
		default:
			all[n] = x
		}
	}
	return all
}
