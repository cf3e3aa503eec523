package notify

import (
	"context"
	"strings"

	"foresight/internal/wording"
	"foresight/models"
)

// teams posts an adaptive card to a workflow's webhook.
type teams struct {
	c Config
	p *poster
}

// Send implements Channel.
func (x *teams) Send(ctx context.Context, n models.Notice) error {
	colour := "Good"
	switch {
	case n.Kind == models.NoticeWarned:
		colour = "Warning"
	case !n.Kind.Ends():
		colour = "Attention"
	}
	var list []map[string]string
	for _, f := range facts(n) {
		list = append(list, map[string]string{"title": f.name, "value": f.value})
	}
	body := []any{
		map[string]any{"type": "TextBlock", "text": plain(subject(n)), "size": "Large", "weight": "Bolder", "wrap": true},
		map[string]any{"type": "TextBlock", "text": plain(headline(n)), "color": colour, "wrap": true},
		map[string]any{"type": "FactSet", "facts": list},
	}
	if text := said(n); text != "" {
		body = append(body, map[string]any{"type": "TextBlock", "text": plain(cut(text, 8000)), "wrap": true}) // a card has 28 KB
	}
	card := map[string]any{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body}
	if n.Link != "" {
		card["actions"] = []any{map[string]any{"type": "Action.OpenUrl", "title": wording.In(n.Lang).T("Open the case"), "url": n.Link}}
	}
	return x.p.json(ctx, x.c.Secret, map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card,
	}}}, nil)
}

// plain keeps what others wrote from being read as Markdown's links and emphasis.
func plain(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "`", "\\`").Replace(text)
}

// slack posts to an incoming webhook.
type slack struct {
	c Config
	p *poster
}

// Send implements Channel.
func (x *slack) Send(ctx context.Context, n models.Notice) error {
	var lines strings.Builder
	lines.WriteString("*" + mrkdwn(subject(n)) + "*\n" + mrkdwn(headline(n)))
	for _, f := range facts(n) {
		lines.WriteString("\n" + f.name + ": " + mrkdwn(f.value))
	}
	if n.Link != "" {
		lines.WriteString("\n<" + n.Link + "|" + mrkdwn(wording.In(n.Lang).T("Open the case")) + ">")
	}
	if text := said(n); text != "" {
		lines.WriteString("\n>" + strings.ReplaceAll(mrkdwn(cut(text, 1000)), "\n", "\n>"))
	}
	return x.p.json(ctx, x.c.Secret, map[string]any{
		"text":   mrkdwn(subject(n) + ": " + headline(n)), // what a phone shows
		"blocks": []any{map[string]any{"type": "section", "text": map[string]string{"type": "mrkdwn", "text": cut(lines.String(), 3000)}}},
	}, nil)
}

// mrkdwn escapes what Slack takes for a link or a mention of everybody.
func mrkdwn(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
