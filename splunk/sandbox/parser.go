package sandbox

import (
	"fmt"
	"strings"
)

// cursor walks over tokens.
type cursor struct {
	src    string
	tokens []token
	i      int
}

func newCursor(src string, m mode) (*cursor, error) {
	ts, err := lex(src, m)
	if err != nil {
		return nil, err
	}
	return &cursor{src: src, tokens: ts}, nil
}

func (c *cursor) peek() token { return c.tokens[c.i] }

// ahead returns the token n places on.
func (c *cursor) ahead(n int) token { return c.tokens[min(c.i+n, len(c.tokens)-1)] }

func (c *cursor) next() token {
	t := c.tokens[c.i]
	if t.kind != tokenEnd {
		c.i++
	}
	return t
}

func (c *cursor) atEnd() bool { return c.peek().kind == tokenEnd }

// take moves past the bare word or operator s, if it is next.
func (c *cursor) take(s string) bool {
	if c.peek().is(s) {
		c.i++
		return true
	}
	return false
}

// takeFold is take for a word in any case.
func (c *cursor) takeFold(s string) bool {
	if c.peek().isFold(s) {
		c.i++
		return true
	}
	return false
}

func (c *cursor) expect(s string) error {
	if !c.take(s) {
		return fmt.Errorf("'%s' is missing %s", s, c.here())
	}
	return nil
}

// here says where the cursor stands, for error texts.
func (c *cursor) here() string {
	if c.atEnd() {
		return "at the end"
	}
	t := c.peek()
	return fmt.Sprintf("at '%s'", c.src[t.pos:t.end])
}

// name reads a field's name: bare or in either quotes.
func (c *cursor) name() (string, error) {
	t := c.peek()
	if t.kind != tokenWord && t.kind != tokenString && t.kind != tokenField || t.text == "" {
		return "", fmt.Errorf("a field name is missing %s", c.here())
	}
	c.i++
	return t.text, nil
}

// names reads field names parted by commas or spaces, to the end or to a word that
// stop takes.
func (c *cursor) names(stop func(token) bool) ([]string, error) {
	var out []string
	for !c.atEnd() && (stop == nil || !stop(c.peek())) {
		if c.take(",") {
			continue
		}
		n, err := c.name()
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("a field name is missing %s", c.here())
	}
	return out, nil
}

// option reads key=value, if that is what comes.
func (c *cursor) option() (key, val string, ok bool) {
	k, eq, v := c.peek(), c.ahead(1), c.ahead(2)
	if k.kind != tokenWord || !eq.is("=") || v.kind != tokenWord && v.kind != tokenString {
		return "", "", false
	}
	c.i += 3
	return strings.ToLower(k.text), v.text, true
}

// inner returns the text up to the parenthesis that closes the one just passed, and
// moves behind it.
func (c *cursor) inner() (string, error) {
	start := c.peek().pos
	for depth := 1; ; {
		t := c.next()
		switch {
		case t.kind == tokenEnd:
			return "", fmt.Errorf("a closing parenthesis is missing")
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
			if depth == 0 {
				return c.src[start:t.pos], nil
			}
		}
	}
}

// truth reads SPL's spellings of a boolean option.
func truth(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "t", "true", "1", "yes":
		return true, nil
	case "f", "false", "0", "no":
		return false, nil
	}
	return false, fmt.Errorf("'%s' is not true or false", s)
}
