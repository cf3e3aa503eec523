package configs_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

// onDuty is base with channels, contacts, a schedule and a policy; SERVICE is its service.
var onDuty = strings.NewReplacer("customers:\n", `channels:
  - {id: mail, kind: email, server: "smtp.example.com:587", from: foresight@example.com, username: f, secret: {env: SPLUNK_TOKEN}}
  - {id: hook, kind: webhook, url: "https://example.com/in?x=1", secret: {env: SPLUNK_TOKEN}, template: '{"t": {{json .Title}}}'}
customers:
`, "    services:\n", `    channels:
      - {id: room, kind: slack, secret: {env: CHAT_URL}}
    process:
      feed_secret: {env: FEED_SECRET}
      contacts:
        - {id: eva, name: Eva Ek, email: eva@example.com, rules: [{channel: mail}, {channel: hook, after: 5m}]}
        - {id: bo}
      schedules:
        - id: first
          zone: America/New_York
          rotations:
            - {contacts: [eva, bo], from: 2026-03-02, every: day, length: 2, handover: "09:00", hours: [{days: [mon], from: "08:00", to: "18:00"}]}
            - {contacts: [bo], from: 2026-03-02, until: 2027-03-02}
          overrides:
            - {contact: bo, from: "2026-03-04T22:00", to: "2026-03-05T04:00"}
      policies:
        - id: grave
          services: [SERVICE]
          levels: [1, 2]
          priorities: [1]
          repeat: 2
          repeat_after: 10m
          steps:
            - {channel: room}
            - {after: 15m, schedules: [first], contacts: [eva], channel: mail}
          clocks:
            - {when: warned, of: [resolve, restore], assignee: true}
            - {contacts: [eva], channel: hook}
    services:
`).Replace(base)

func dutyEnv(name string) (string, bool) {
	switch name {
	case "FEED_SECRET":
		return "0123456789abcdef", true
	case "SHORT":
		return "0123456789abcde", true
	case "SLASH":
		return "0123456789abcde/f", true
	}
	if name == "CHAT_URL" {
		return "https://chat.example.com/services/x", true
	}
	return exampleEnv(name)
}

func TestOnCallAndChannels(t *testing.T) {
	text, service := ofItsService(t, onDuty)
	cfg, err := configs.Parse("f.yml", []byte(text), dutyEnv)
	require.NoError(t, err)
	p := cfg.Customers[0].Process
	assert.Equal(t, map[string]models.ChannelKind{"mail": "email", "hook": "webhook", "room": "slack"}, p.Channels)
	assert.Equal(t, []models.Contact{
		{ID: "eva", Name: "Eva Ek", Email: "eva@example.com", Rules: []models.ContactRule{{Channel: "mail"}, {Channel: "hook", After: 5 * time.Minute}}},
		{ID: "bo", Name: "bo"},
	}, p.Contacts)
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	r := p.Rotas[0]
	assert.Equal(t, zone, r.Zone)
	assert.Equal(t, time.Date(2026, 3, 2, 0, 0, 0, 0, zone), r.Rotations[0].From)
	assert.Equal(t, []int{2, 540}, []int{r.Rotations[0].Days, r.Rotations[0].Handover})
	assert.Equal(t, []models.Opening{{From: 480, To: 1080}}, r.Rotations[0].Week[time.Monday])
	assert.Equal(t, 7, r.Rotations[1].Days)
	assert.Equal(t, time.Date(2027, 3, 2, 0, 0, 0, 0, zone), r.Rotations[1].Until)
	assert.Equal(t, []models.Cover{{Contact: "bo", From: time.Date(2026, 3, 4, 22, 0, 0, 0, zone), To: time.Date(2026, 3, 5, 4, 0, 0, 0, zone)}}, r.Covers)
	assert.Equal(t, []models.Policy{{
		ID: "grave", Services: []string{service}, Levels: []models.Level{1, 2}, Priorities: []models.Priority{1}, Repeat: 2, RepeatAfter: 10 * time.Minute,
		Steps: []models.PolicyStep{{Channel: "room"}, {After: 15 * time.Minute, Rotas: []string{"first"}, Contacts: []string{"eva"}, Channel: "mail"}},
		Clocks: []models.ClockNotice{
			{Warned: true, Of: []models.ClockKind{models.ClockResolve, models.ClockRestore}, Assignee: true},
			{Warned: true, Breached: true, To: models.PolicyStep{Contacts: []string{"eva"}, Channel: "hook"}},
		},
	}}, p.Policies)
	assert.Equal(t, "0123456789abcdef", cfg.FeedSecrets[cfg.Customers[0].ID].Value())
	require.Len(t, cfg.Channels, 3)
	mail, room := cfg.Channels[0], cfg.Channels[2]
	assert.Equal(t, []any{"starttls", 20 * time.Second, true}, []any{mail.TLS, mail.Timeout, mail.Secret.IsSet()})
	assert.Equal(t, "https://chat.example.com/services/x", room.Secret.Value())
}

func TestOneMistakeOfOnCall(t *testing.T) {
	text, service := ofItsService(t, onDuty)
	const p, c = "customers[0].process", "channels[0]"
	oneMistake(t, text, dutyEnv, []mistake{
		{"kind: email", "kind: emai", c + `.kind: "emai" is not known`, `"email"?`},
		{`server: "smtp.example.com:587", `, "", c + ".server: a channel of kind email needs it", "configuration.md"},
		{`"smtp.example.com:587"`, `"smtp.example.com"`, c + `.server: "smtp.example.com" is not host:port`, "587"},
		{"from: foresight@example.com", "from: foresight", c + `.from: "foresight" is not an address`, "foresight@"},
		{"username: f, ", "", c + ".username: username and secret go together", "both, or neither"},
		{"username: f, ", "username: f, tls: none, ", c + ".tls: without TLS", "use starttls"},
		{"username: f, ", "username: f, url: x, ", c + ".url: a channel of kind email has no url", "take it out"},
		{`"https://example.com/in?x=1"`, `"ftp://example.com"`, `channels[1].url: "ftp://example.com" is not an address`, "https://"},
		{"{{json .Title}}", "{{jsn .Title}}", "channels[1].template: ", "mend the template"},
		{"id: hook, kind", "id: mail, kind", `channels[1].id: "mail" is the id of channels[0] too`, "its own"},
		{"id: room, kind", "id: hook, kind", `customers[0].channels[0].id: "hook" is the id of channels[1] too`, "its own"},
		{"{env: CHAT_URL}", "{env: SPLUNK_TOKEN}", "customers[0].channels[0].secret: it is not an address", "https://"},
		{"{env: FEED_SECRET}", "{env: SHORT}", p + ".feed_secret: the secret has fewer than 16", "openssl"},
		{"{env: FEED_SECRET}", "{env: SLASH}", p + ".feed_secret: the secret stands in an address", "openssl"},
		{"rules: [{channel: mail}", "rules: [{channel: post}", p + `.contacts[0].rules[0].channel: "post" is not known`, "mail"},
		{"email: eva@example.com, ", "", p + ".contacts[0].rules[0]: the contact has no address for mail", "write email"},
		{"email: eva@example.com", "email: eva", p + `.contacts[0].email: "eva" is not an address`, "eva@example.com"},
		{"contacts: [eva, bo]", "contacts: [eva, bob]", p + `.schedules[0].rotations[0].contacts: "bob" is not known`, `"bo"?`},
		{"contacts: [eva, bo]", "contacts: []", p + ".schedules[0].rotations[0].contacts: nobody takes turns", "name a contact"},
		{"zone: America/New_York", "zone: America/New_Yrk", p + ".schedules[0].zone: unknown time zone", "IANA"},
		{"every: day", "every: month", p + `.schedules[0].rotations[0].every: "month" is not known`, "week"},
		{"length: 2", "length: 0", p + ".schedules[0].rotations[0].length: 0 is no turn's length", "1 to 52"},
		{`handover: "09:00"`, `handover: "24:00"`, p + ".schedules[0].rotations[0].handover: 24:00 is the next day's", "00:00"},
		{"until: 2027-03-02", "until: 2026-03-02", p + ".schedules[0].rotations[1].until: 2026-03-02 is not after from", "swap"},
		{`to: "2026-03-05T04:00"`, `to: "2026-03-04T04:00"`, p + ".schedules[0].overrides[0].to: 2026-03-04 04:00 is not after from", "swap"},
		{"services: [" + service + "]", "services: [x]", p + `.policies[0].services: "x" is not known`, service},
		{"levels: [1, 2]", "levels: [4]", p + ".policies[0].levels: 4 is no level", "1, 2 or 3"},
		{"priorities: [1]", "priorities: [0]", p + ".policies[0].priorities: 0 is no priority", "1 to 5"},
		{"repeat: 2", "repeat: 21", p + ".policies[0].repeat: 21 times are not between", "how many"},
		{"schedules: [first]", "schedules: [second]", p + `.policies[0].steps[1].schedules: "second" is not known`, "first"},
		{"{channel: room}", "{after: 1m}", p + ".policies[0].steps[0]: the step tells nobody", "a channel"},
		{"when: warned", "when: late", p + `.policies[0].clocks[0].when: "late" is not known`, "warned"},
		{"[resolve, restore]", "[repair]", p + `.policies[0].clocks[0].of: "repair" is not known`, "resolve"},
		{", assignee: true", "", p + ".policies[0].clocks[0]: the step tells nobody", "a channel"},
		{"{contacts: [eva], channel: hook}", "{contacts: [ewa], channel: hook}", p + `.policies[0].clocks[1].contacts: "ewa" is not known`, `"eva"?`},
		{"{channel: room}", "{channel: mail}", p + ".policies[0].steps[0].channel: mail needs somebody to write to", "name contacts"},
	})
}

// A customer may not tell people by another's channel.
func TestChannelsAreTheCustomersOwn(t *testing.T) {
	text, _ := ofItsService(t, onDuty)
	other := strings.Replace(text, "      - {id: room, kind: slack, secret: {env: CHAT_URL}}\n", "", 1)
	other = strings.Replace(other, "    channels:\n    process:", "    process:", 1)
	_, err := configs.Parse("f.yml", []byte(other), dutyEnv)
	require.ErrorContains(t, err, `steps[0].channel: "room" is not known`)
}

// The manual's examples are what they say.
func TestTheManualsProcess(t *testing.T) {
	text, err := os.ReadFile("../docs/incident-process.md")
	require.NoError(t, err)
	examples := strings.Split(string(text), "```yaml\n")[1:]
	require.NotEmpty(t, examples)
	policies := 0
	for _, rest := range examples {
		example, _, _ := strings.Cut(rest, "```")
		if strings.HasPrefix(example, "      ") {
			example = "    process:\n" + example
		}
		plain, service := ofItsService(t, strings.Replace(base, "    services:\n", example+"    services:\n", 1))
		cfg, err := configs.Parse("f.yml", []byte(strings.ReplaceAll(plain, "[shop]", "["+service+"]")), func(name string) (string, bool) {
			if v, ok := exampleEnv(name); ok {
				return v, ok
			}
			return "https://hooks.example.com/services/x", true
		})
		require.NoError(t, err, example)
		policies += len(cfg.Customers[0].Process.Policies)
	}
	require.Equal(t, 2, policies)
}
