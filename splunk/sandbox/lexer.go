package sandbox

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mode says which of SPL's three ways of reading text applies.
type mode uint8

const (
	modeSearch mode = iota // search terms: words may hold nearly anything
	modeArgs               // a command's arguments
	modeExpr               // eval and where
)

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // bare text
	tokenString           // "…", unescaped
	tokenField            // '…', a field's name
	tokenNumber           // in expressions
	tokenOp               // = == != < <= > >= + - * / % . , ( )
)

type token struct {
	kind     tokenKind
	text     string
	pos, end int // in the text that was read
}

// is says whether the token is the bare word or operator s.
func (t token) is(s string) bool {
	return (t.kind == tokenOp || t.kind == tokenWord) && t.text == s
}

// isFold is is without regard to case.
func (t token) isFold(s string) bool { return t.kind == tokenWord && strings.EqualFold(t.text, s) }

// lex reads src into tokens; the last is always a tokenEnd.
func lex(src string, m mode) ([]token, error) {
	var out []token
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRuneInString(src[i:])
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		t, err := lexOne(src, i, m)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		i = t.end
	}
	return append(out, token{kind: tokenEnd, pos: len(src), end: len(src)}), nil
}

func lexOne(src string, i int, m mode) (token, error) {
	c := src[i]
	switch {
	case c == '"' || c == '\'' && m != modeSearch:
		s, end, err := quoted(src, i)
		if err != nil {
			return token{}, err
		}
		kind := tokenString
		if c == '\'' {
			kind = tokenField
		}
		return token{kind, s, i, end}, nil
	case c == '[' || c == ']':
		return token{}, fmt.Errorf("a subsearch in brackets is not supported by this server")
	case c == '`':
		return token{}, fmt.Errorf("a macro in backticks is not supported by this server")
	}
	if n := operator(src[i:], m); n > 0 {
		return token{tokenOp, src[i : i+n], i, i + n}, nil
	}
	if m == modeExpr {
		return lexExpr(src, i)
	}
	end := i
	for end < len(src) {
		r, size := utf8.DecodeRuneInString(src[end:])
		if unicode.IsSpace(r) || strings.ContainsRune("\"[]`", r) || m != modeSearch && r == '\'' || operator(src[end:], m) > 0 {
			break
		}
		end += size
	}
	return token{tokenWord, src[i:end], i, end}, nil
}

// operator returns the length of the operator that s starts with, or 0.
func operator(s string, m mode) int {
	for _, op := range []string{"==", "!=", "<=", ">=", "=", "<", ">", "(", ")", ","} {
		if strings.HasPrefix(s, op) {
			return len(op)
		}
	}
	if m == modeExpr && strings.IndexByte("+-*/%.", s[0]) >= 0 {
		if s[0] == '.' && len(s) > 1 && s[1] >= '0' && s[1] <= '9' {
			return 0 // .5
		}
		return 1
	}
	return 0
}

// lexExpr reads a number or an identifier.
func lexExpr(src string, i int) (token, error) {
	end := i
	if c := src[i]; c >= '0' && c <= '9' || c == '.' {
		for end < len(src) && (src[end] >= '0' && src[end] <= '9' || src[end] == '.' ||
			(src[end] == 'e' || src[end] == 'E') && exponent(src[end+1:]) ||
			(src[end] == '-' || src[end] == '+') && (src[end-1] == 'e' || src[end-1] == 'E')) {
			end++
		}
		if _, ok := parseNumber(src[i:end]); !ok {
			return token{}, fmt.Errorf("the number '%s' cannot be read", src[i:end])
		}
		return token{tokenNumber, src[i:end], i, end}, nil
	}
	for end < len(src) {
		r, size := utf8.DecodeRuneInString(src[end:])
		if r != '_' && r != '{' && r != '}' && r != ':' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		end += size
	}
	if end == i {
		r, _ := utf8.DecodeRuneInString(src[i:])
		return token{}, fmt.Errorf("the character '%c' is not expected here", r)
	}
	return token{tokenWord, src[i:end], i, end}, nil
}

// exponent says whether s, that follows an e, is an exponent.
func exponent(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// quoted reads the quoted text at src[i]. A backslash escapes the quote and itself;
// before anything else it stands for itself.
func quoted(src string, i int) (string, int, error) {
	quote := src[i]
	var b strings.Builder
	for j := i + 1; j < len(src); j++ {
		switch c := src[j]; {
		case c == quote:
			return b.String(), j + 1, nil
		case c == '\\' && j+1 < len(src) && (src[j+1] == quote || src[j+1] == '\\'):
			j++
			b.WriteByte(src[j])
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, fmt.Errorf("unbalanced quotes")
}

// splitPipes cuts a search at its pipes, except those within quotes.
func splitPipes(spl string) ([]string, error) {
	var out []string
	start := 0
	var quote byte
	for i := 0; i < len(spl); i++ {
		c := spl[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"', c == '\'' && !isTerms(spl[start:i]):
			quote = c
		case c == '|':
			out = append(out, spl[start:i])
			start = i + 1
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("unbalanced quotes")
	}
	return append(out, spl[start:]), nil
}

// isTerms says whether a command's text so far is search terms, where an apostrophe
// is an ordinary character.
func isTerms(sofar string) bool {
	name, _ := splitName(sofar)
	switch strings.ToLower(name) {
	case "eval", "where", "stats", "timechart", "tstats", "mstats", "table", "fields", "rename", "sort", "dedup", "bin", "bucket",
		"eventstats", "streamstats", "chart", "rex", "mvexpand", "fillnull":
		return false
	}
	return true
}

// splitName parts a command's name from its arguments.
func splitName(s string) (name, args string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(\"'=", r) })
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}
