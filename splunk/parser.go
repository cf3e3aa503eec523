package splunk

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a lexeme of a measure is.
type kind int

const (
	kindEnd kind = iota
	kindWord
	kindName   // in single quotes: a field
	kindString // in double quotes: a literal in a condition, a field elsewhere
	kindNumber
	kindOp
	kindSign
)

type lexeme struct {
	kind kind
	text string // without quotes and escapes
}

func (l lexeme) is(sign string) bool { return l.kind == kindSign && l.text == sign }
func (l lexeme) isWord(word string) bool {
	return l.kind == kindWord && strings.EqualFold(l.text, word)
}

var (
	wordPattern   = regexp.MustCompile(`^[\pL_@][\pL\pN_.:{}@-]*`)
	numberPattern = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,15})?`)
	opPattern     = regexp.MustCompile(`^(==|!=|<=|>=|=|<|>)`)
)

// maxMeasure is the longest measure in bytes.
const maxMeasure = 2000

// parser walks over the lexemes of a measure.
type parser struct {
	lexemes []lexeme
	at      int
}

func newParser(s string) (*parser, error) {
	if len(s) > maxMeasure {
		return nil, fmt.Errorf("it is longer than %d bytes", maxMeasure)
	}
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("it is not UTF-8")
	}
	p := &parser{}
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			return p, nil
		}
		l, n, err := lex(s)
		if err != nil {
			return nil, err
		}
		p.lexemes = append(p.lexemes, l)
		s = s[n:]
	}
}

// lex returns the first lexeme of s and its length.
func lex(s string) (lexeme, int, error) {
	if strings.ContainsRune("(),", rune(s[0])) {
		return lexeme{kindSign, s[:1]}, 1, nil
	}
	for _, c := range []struct {
		kind    kind
		pattern *regexp.Regexp
	}{{kindOp, opPattern}, {kindNumber, numberPattern}, {kindWord, wordPattern}} {
		if m := c.pattern.FindString(s); m != "" {
			return lexeme{c.kind, m}, len(m), nil
		}
	}
	if s[0] == '"' || s[0] == '\'' {
		return lexQuoted(s)
	}
	r, _ := utf8.DecodeRuneInString(s)
	return lexeme{}, 0, fmt.Errorf("unexpected %q", r)
}

func lexQuoted(s string) (lexeme, int, error) {
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == s[0]):
			i++
			text.WriteByte(s[i])
		case s[i] == '\\':
			return lexeme{}, 0, fmt.Errorf(`a lone backslash in a quoted text: write \\`)
		case s[i] == s[0]:
			k := kindString
			if s[0] == '\'' {
				k = kindName
			}
			return lexeme{k, text.String()}, i + 1, nil
		case unicode.IsControl(rune(s[i])):
			return lexeme{}, 0, fmt.Errorf("a control character in a quoted text")
		default:
			text.WriteByte(s[i])
		}
	}
	return lexeme{}, 0, fmt.Errorf("a quote is not closed")
}

func (p *parser) peek() lexeme {
	if p.at >= len(p.lexemes) {
		return lexeme{}
	}
	return p.lexemes[p.at]
}

func (p *parser) next() lexeme {
	l := p.peek()
	p.at++
	return l
}

func (p *parser) expect(sign string) error {
	if l := p.next(); !l.is(sign) {
		return fmt.Errorf("%q is expected, not %q", sign, l.text)
	}
	return nil
}
