package splunk

import (
	"fmt"
	"strings"
	"unicode"
)

// token is a piece of a base search: a bare word, a quoted string or a sign.
type token struct {
	text   string // of a quoted string what lies between the quotes, escapes as written
	quoted bool
	sign   bool // one of ( ) , = < > !
}

const signs = "(),=<>!"

// lexSearch cuts a base search into tokens and refuses whatever could end it,
// begin another or hide something from this check.
func lexSearch(s string) ([]token, error) {
	var tokens []token
	depth := 0
	rest := s
	for rest != "" {
		r := rune(rest[0])
		switch {
		case r == '"':
			n, err := quotedLen(rest)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, token{text: rest[1 : n-1], quoted: true})
			rest = rest[n:]
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			rest = rest[1:]
		case strings.ContainsRune(signs, r):
			if r == '(' {
				depth++
			}
			if r == ')' {
				depth--
			}
			if depth < 0 {
				return nil, fmt.Errorf("a closing parenthesis has no opening one")
			}
			tokens = append(tokens, token{text: string(r), sign: true})
			rest = rest[1:]
		default:
			n, err := wordLen(rest)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, token{text: rest[:n]})
			rest = rest[n:]
		}
	}
	if depth > 0 {
		return nil, fmt.Errorf("an opening parenthesis has no closing one")
	}
	return tokens, nil
}

// quotedLen returns the length of the quoted string that s begins with.
func quotedLen(s string) (int, error) {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '"':
			return i + 1, nil
		case s[i] < ' ' && s[i] != '\t':
			return 0, fmt.Errorf("a quoted string holds a line break or control character")
		}
	}
	return 0, fmt.Errorf("a double quote is not closed (write \\\" for a quote inside a string)")
}

// wordLen returns the length of the bare word that s begins with, which is not empty.
func wordLen(s string) (int, error) {
	for i, r := range s {
		switch {
		case r == '|':
			return 0, fmt.Errorf("a pipe outside quotes: write the search up to the first pipe, the measure says what follows")
		case r == '[' || r == ']':
			return 0, fmt.Errorf("a bracket outside quotes: subsearches are cut off silently at 60 s or 10 000 rows, so none is taken")
		case r == '`':
			return 0, fmt.Errorf("a backtick: what a macro or comment expands to cannot be checked, write it out")
		case r == '\'':
			return 0, fmt.Errorf("a single quote outside a string, which some of Splunk's commands take for the beginning of a name: put the whole value in double quotes")
		case r == '\\' && strings.HasPrefix(s[i+1:], `"`):
			return 0, fmt.Errorf("a backslash before a quote outside a string: put the whole value in quotes")
		case r == '"' || strings.ContainsRune(signs, r) || r == ' ' || r == '\t' || r == '\n' || r == '\r':
			return i, nil
		case unicode.IsControl(r) || r == unicode.ReplacementChar || r != ' ' && unicode.IsSpace(r):
			return 0, fmt.Errorf("an odd character %U", r)
		}
	}
	return len(s), nil
}
