package web

import (
	"bytes"
	"html/template"
	"net/url"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"foresight/models"
)

// problemBox is what is known of a case that is one of many.
type problemBox struct {
	ID, Title, State, Cause, Around string
	Cases                           []link
}

func problemOf(p *models.Problem) *problemBox {
	if p == nil {
		return nil
	}
	box := problemBox{ID: p.ID, Title: p.Title, State: p.State.Words(), Cause: p.Cause, Around: p.Around}
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

// markdown writes runbooks: HTML in them is left out, and so are addresses that a browser would run.
var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM))

func runbookOf(b *models.Runbook) *runbookBox {
	if b == nil {
		return nil
	}
	var text bytes.Buffer
	if err := markdown.Convert([]byte(b.Text), &text); err != nil {
		return &runbookBox{b.Name, template.HTML("<pre>" + template.HTMLEscapeString(b.Text) + "</pre>")} //nolint:gosec // G203: escaped
	}
	return &runbookBox{b.Name, template.HTML(text.String())} //nolint:gosec // G203: goldmark leaves raw HTML and unsafe addresses out
}
