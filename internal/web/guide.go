package web

import (
	"bytes"
	"html/template"
	"net/url"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"foresight/models"
)

// problemBox is what is known of a case that is one of many.
type problemBox struct {
	ID, Title, State, Cause, Around string
	Cases                           []link
	Seen                            int
	Resolved, May                   bool
	Action                          string     // where the form goes
	Wrote                           problemTry // what the form holds
}

// problemTry is what somebody wrote into the form.
type problemTry struct{ Cause, Around, Text string }

func problemOf(p *models.Problem) *problemBox {
	if p == nil {
		return nil
	}
	box := problemBox{ID: p.ID, Title: p.Title, State: p.State.Words(), Cause: p.Cause, Around: p.Around, Seen: p.Version, Resolved: p.State == models.ProblemResolved, Wrote: problemTry{p.Cause, p.Around, ""}}
	for _, id := range p.Cases {
		box.Cases = append(box.Cases, link{"/incidents/" + url.PathEscape(id), id})
	}
	return &box
}

// runbookBox is the text for whoever has a case.
type runbookBox struct {
	Name string
	Text template.HTML
}

// markdown writes runbooks: HTML in them is shown as it was written, so that nothing of a text is lost and none of it
// is run; addresses that a browser would run are left out.
var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(asWritten{}, 1))))

// asWritten shows HTML of a runbook as text.
type asWritten struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (asWritten) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if raw, is := n.(*ast.RawHTML); is && entering {
			_, _ = w.Write(util.EscapeHTML(raw.Segments.Value(source))) // a buffer: its error comes when it is flushed
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		block, is := n.(*ast.HTMLBlock)
		if !is || !entering {
			return ast.WalkContinue, nil
		}
		text := block.Lines().Value(source)
		if block.HasClosure() {
			text = append(text, block.ClosureLine.Value(source)...)
		}
		_, _ = w.WriteString(`<p class="pre">` + string(util.EscapeHTML(bytes.TrimRight(text, "\n"))) + "</p>\n")
		return ast.WalkContinue, nil
	})
}

func runbookOf(b *models.Runbook) *runbookBox {
	if b == nil {
		return nil
	}
	var text bytes.Buffer
	if err := markdown.Convert([]byte(b.Text), &text); err != nil {
		return &runbookBox{b.Name, template.HTML("<pre>" + template.HTMLEscapeString(b.Text) + "</pre>")} //nolint:gosec // G203: escaped
	}
	return &runbookBox{b.Name, template.HTML(text.String())} //nolint:gosec // G203: HTML is escaped, and goldmark leaves unsafe addresses out
}
