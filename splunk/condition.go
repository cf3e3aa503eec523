package splunk

import (
	"fmt"
	"strings"
)

// condition is the parsed inside of count(eval(…)).
type condition interface{ spl() string }

type (
	comparison struct{ left, op, right string } // operands as they are printed
	negation   struct{ of condition }
	junction   struct {
		word  string // AND or OR
		parts []condition
	}
	call struct{ name, args string }
)

func (c comparison) spl() string { return c.left + c.op + c.right }
func (c negation) spl() string   { return "NOT (" + c.of.spl() + ")" }
func (c call) spl() string       { return c.name + "(" + c.args + ")" }
func (c junction) spl() string {
	parts := make([]string, len(c.parts))
	for i, p := range c.parts {
		parts[i] = "(" + p.spl() + ")"
	}
	return strings.Join(parts, " "+c.word+" ")
}

// maxDepth bounds nesting, so that no text can exhaust the stack.
const maxDepth = 50

// or reads
//
//	or = and { "OR" and }          and = unary { "AND" unary }
//	unary = "NOT" unary | "(" or ")" | "isnull" "(" field ")" | "isnotnull" "(" field ")"
//	      | "like" "(" field "," string ")" | operand op operand
//	op = "=" | "==" | "!=" | "<" | "<=" | ">" | ">="
//	operand = field | 'field' | number | "string"
func (p *parser) or(depth int) (condition, error) { return p.junction("OR", depth, p.and) }

func (p *parser) and(depth int) (condition, error) { return p.junction("AND", depth, p.unary) }

func (p *parser) junction(word string, depth int, part func(int) (condition, error)) (condition, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the condition is nested deeper than %d", maxDepth)
	}
	var parts []condition
	for {
		c, err := part(depth + 1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
		if !p.peek().isWord(word) {
			break
		}
		p.next()
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return junction{word, parts}, nil
}

func (p *parser) unary(depth int) (condition, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the condition is nested deeper than %d", maxDepth)
	}
	switch t := p.peek(); {
	case t.isWord("NOT"):
		p.next()
		c, err := p.unary(depth + 1)
		return negation{c}, err
	case t.is("("):
		p.next()
		c, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		return c, p.expect(")")
	}
	return p.comparison()
}

func (p *parser) comparison() (condition, error) {
	first := p.next()
	if first.kind == kindWord && p.peek().is("(") {
		return p.call(strings.ToLower(first.text))
	}
	left, err := operand(first)
	if err != nil {
		return nil, err
	}
	op := p.next()
	if op.kind != kindOp {
		return nil, fmt.Errorf("after %s a comparison such as = or >= is expected, not %q", left, op.text)
	}
	right, err := operand(p.next())
	return comparison{left, op.text, right}, err
}

func (p *parser) call(name string) (condition, error) {
	switch name {
	case "isnull", "isnotnull", "like":
	default:
		return nil, fmt.Errorf("function %q is not taken in a condition: use isnull(f), isnotnull(f) or like(f, \"a%%\")", name)
	}
	p.next()
	field := p.next()
	if field.kind != kindWord && field.kind != kindName {
		return nil, fmt.Errorf("%s( must be followed by a field", name)
	}
	args, err := operand(field)
	if err != nil {
		return nil, err
	}
	if name == "like" {
		if err := p.expect(","); err != nil {
			return nil, err
		}
		pattern := p.next()
		if pattern.kind != kindString {
			return nil, fmt.Errorf("like needs a pattern in double quotes")
		}
		args += "," + quote(pattern.text)
	}
	return call{name, args}, p.expect(")")
}

// operand prints one side of a comparison.
func operand(t lexeme) (string, error) {
	switch t.kind {
	case kindNumber:
		return t.text, nil
	case kindString:
		return quote(t.text), nil
	case kindWord, kindName:
		if err := checkField(t.text); err != nil {
			return "", err
		}
		if t.kind == kindWord && reserved[strings.ToLower(t.text)] {
			return "", fmt.Errorf("%s is a word of SPL: if it is a field, write it in single quotes", t.text)
		}
		return evalField(t.text), nil
	case kindEnd, kindOp, kindSign:
	}
	return "", fmt.Errorf("a field, number or string is expected, not %q", t.text)
}
