package sandbox

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// expr is an eval expression, compiled.
type expr func(*row) value

type exprParser struct {
	*cursor
	now   time.Time
	depth int
}

// parseExpr compiles a whole text as one expression.
func parseExpr(src string, now time.Time) (expr, error) {
	c, err := newCursor(src, modeExpr)
	if err != nil {
		return nil, err
	}
	p := exprParser{cursor: c, now: now}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.atEnd() {
		return nil, fmt.Errorf("the expression is malformed %s", p.here())
	}
	return e, nil
}

func (p *exprParser) or() (expr, error) {
	left, err := p.and()
	for err == nil && (p.peek().isFold("or") || p.peek().isFold("xor")) {
		exclusive := p.next().isFold("xor")
		var right expr
		if right, err = p.and(); err != nil {
			break
		}
		l := left
		left = func(r *row) value {
			a, b := l(r).isTrue(), right(r).isTrue()
			return boolOf(!exclusive && (a || b) || exclusive && a != b)
		}
	}
	return left, err
}

func (p *exprParser) and() (expr, error) {
	left, err := p.not()
	for err == nil && p.takeFold("and") {
		var right expr
		if right, err = p.not(); err != nil {
			break
		}
		l := left
		left = func(r *row) value { return boolOf(l(r).isTrue() && right(r).isTrue()) }
	}
	return left, err
}

func (p *exprParser) not() (expr, error) {
	if p.peek().isFold("not") {
		p.i++
		if p.depth++; p.depth > 200 {
			return nil, fmt.Errorf("the expression is nested too deeply")
		}
		defer func() { p.depth-- }()
		inner, err := p.not()
		if err != nil {
			return nil, err
		}
		return func(r *row) value { return boolOf(!inner(r).isTrue()) }, nil
	}
	return p.comparison()
}

func (p *exprParser) comparison() (expr, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	switch {
	case t.kind == tokenOp && strings.Contains("== != <= >= < >", t.text):
		p.i++
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		return func(r *row) value { return compared(t.text, left(r), right(r)) }, nil
	case t.isFold("like"):
		p.i++
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		return func(r *row) value { return like(left(r), right(r)) }, nil
	case t.isFold("in") && p.ahead(1).is("("):
		p.i += 2
		list, err := p.arguments()
		if err != nil {
			return nil, err
		}
		return oneOf(left, list), nil
	}
	return left, nil
}

// compared is null when either side is: such a row satisfies no comparison.
func compared(op string, a, b value) value {
	if a.isNull() || b.isNull() {
		return value{}
	}
	if op == "==" {
		op = "="
	}
	return boolOf(ordered(op, compare(a, b)))
}

func oneOf(left expr, list []expr) expr {
	return func(r *row) value {
		v := left(r)
		for _, e := range list {
			if compared("=", v, e(r)).isTrue() {
				return boolOf(true)
			}
		}
		return boolOf(false)
	}
}

func (p *exprParser) sum() (expr, error) {
	return p.chain(p.product, "+", "-", ".")
}

func (p *exprParser) product() (expr, error) {
	return p.chain(p.unary, "*", "/", "%")
}

// chain reads operands joined by any of ops, from the left.
func (p *exprParser) chain(operand func() (expr, error), ops ...string) (expr, error) {
	left, err := operand()
	for err == nil {
		t := p.peek()
		op := ""
		for _, o := range ops {
			if t.kind == tokenOp && t.text == o {
				op = o
			}
		}
		if op == "" {
			return left, nil
		}
		p.i++
		var right expr
		if right, err = operand(); err != nil {
			break
		}
		l := left
		left = func(r *row) value { return arith(op, l(r), right(r)) }
	}
	return nil, err
}

// maxText bounds a text that an expression makes: a chain of a=a.a doubles each time.
const maxText = 1 << 20

// arith computes a op b; null where an operand is missing or not a number. "+" of
// two texts joins them, "." always does.
func arith(op string, a, b value) value {
	if a.isNull() || b.isNull() {
		return value{}
	}
	x, okX := a.number()
	y, okY := b.number()
	if op == "." || op == "+" && !okX && !okY {
		if joined := a.text() + b.text(); len(joined) <= maxText {
			return textOf(joined)
		}
		return value{}
	}
	if !okX || !okY {
		return value{}
	}
	switch op {
	case "+":
		return numberOf(x + y)
	case "-":
		return numberOf(x - y)
	case "*":
		return numberOf(x * y)
	case "/":
		return numberOf(x / y) // x/0 is infinite, hence null
	}
	return numberOf(math.Mod(x, y))
}

func (p *exprParser) unary() (expr, error) {
	if p.depth++; p.depth > 200 {
		return nil, fmt.Errorf("the expression is nested too deeply")
	}
	defer func() { p.depth-- }()
	if p.take("-") {
		inner, err := p.unary()
		if err != nil {
			return nil, err
		}
		return func(r *row) value { return arith("-", numberOf(0), inner(r)) }, nil
	}
	if p.take("+") {
		return p.unary()
	}
	return p.primary()
}

func (p *exprParser) primary() (expr, error) {
	t := p.next()
	switch t.kind {
	case tokenNumber:
		x, _ := parseNumber(t.text) // the lexer has tried
		return constant(numberOf(x)), nil
	case tokenString:
		return constant(textOf(t.text)), nil
	case tokenField:
		return func(r *row) value { return r.get(t.text) }, nil
	case tokenWord:
		if p.take("(") {
			args, err := p.arguments()
			if err != nil {
				return nil, err
			}
			return call(strings.ToLower(t.text), args, p.now)
		}
		switch strings.ToLower(t.text) {
		case "and", "or", "not", "xor", "like":
			return nil, fmt.Errorf("the operator '%s' lacks an operand", t.text)
		case "true":
			return constant(boolOf(true)), nil
		case "false":
			return constant(boolOf(false)), nil
		}
		return func(r *row) value { return r.get(t.text) }, nil
	default:
		if t.is("(") {
			inner, err := p.or()
			if err != nil {
				return nil, err
			}
			return inner, p.expect(")")
		}
	}
	if t.kind != tokenEnd {
		p.i--
	}
	return nil, fmt.Errorf("an operand is missing %s", p.here())
}

// arguments reads expressions up to the closing parenthesis.
func (p *exprParser) arguments() ([]expr, error) {
	if p.take(")") {
		return nil, nil
	}
	var out []expr
	for {
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
		if p.take(")") {
			return out, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}

func constant(v value) expr { return func(*row) value { return v } }
