package wording

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/analytics/drive"
	"foresight/models"
)

// speakers are the packages that speak to people by this one.
var speakers = []string{".", "../web", "../notify", "../agenda", "../report", "../pipeline", "../incident", "../app"}

// written finds every sentence that is written where it is said: in templates {{t "…"}} and {{n … "…" "…"}}, in Go
// T("…"), N(…, "…", "…"), and the words of message(…), plural(…), noun(…), because(…) and Refuse(…).
func written(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, dir := range speakers {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			file := filepath.Join(dir, e.Name())
			switch {
			case strings.HasSuffix(file, ".gohtml"):
				inTemplate(t, file, found)
			case strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go"):
				inGo(t, file, found)
			}
		}
	}
	return found
}

// plainSpoken packages have names of their own like those of the sentences' other places.
var plainSpoken = []string{"../incident", "../app"}

func inGo(t *testing.T, file string, found map[string]string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	ast.Inspect(parsed, func(n ast.Node) bool {
		call, is := n.(*ast.CallExpr)
		if !is {
			return true
		}
		name := ""
		switch f := call.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		said := []string{"T", "N", "message", "plural", "noun", "because"}
		if slices.Contains(plainSpoken, filepath.Dir(file)) {
			said = []string{"T", "Refuse"}
		}
		if !slices.Contains(said, name) {
			return true
		}
		for _, arg := range call.Args {
			if lit, is := arg.(*ast.BasicLit); is && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				require.NoError(t, err)
				found[text] = file
			}
		}
		return true
	})
}

func inTemplate(t *testing.T, file string, found map[string]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	funcs := map[string]any{} // the parser asks only whether there is such a function
	for _, name := range []string{"t", "n", "lang", "and", "or", "not", "len", "index", "printf", "eq", "ne", "lt", "le", "gt", "ge"} {
		funcs[name] = true
	}
	trees, err := parse.Parse(file, string(text), "", "", funcs)
	require.NoError(t, err, file)
	for _, tree := range trees {
		if tree.Root != nil {
			inNode(tree.Root, file, found)
		}
	}
}

func inNode(n parse.Node, file string, found map[string]string) {
	branch := func(b *parse.BranchNode) {
		inNode(b.Pipe, file, found)
		inNode(b.List, file, found)
		if b.ElseList != nil {
			inNode(b.ElseList, file, found)
		}
	}
	switch x := n.(type) {
	case *parse.ListNode:
		for _, one := range x.Nodes {
			inNode(one, file, found)
		}
	case *parse.ActionNode:
		inNode(x.Pipe, file, found)
	case *parse.IfNode:
		branch(&x.BranchNode)
	case *parse.RangeNode:
		branch(&x.BranchNode)
	case *parse.WithNode:
		branch(&x.BranchNode)
	case *parse.PipeNode:
		for _, c := range x.Cmds {
			inNode(c, file, found)
		}
	case *parse.CommandNode:
		name, is := x.Args[0].(*parse.IdentifierNode)
		for _, arg := range x.Args {
			if text, said := arg.(*parse.StringNode); said && is && (name.Ident == "t" || name.Ident == "n") {
				found[text.Text] = file
			}
			if p, nested := arg.(*parse.PipeNode); nested {
				inNode(p, file, found)
			}
		}
	}
}

var place = regexp.MustCompile(`%(?:\[(\d+)\])?([a-z])`)

// places are what a sentence is filled in with, in the order of the arguments; the words of another language may say
// in which order it says them.
func places(sentence string) map[int]string {
	all := map[int]string{}
	for n, m := range place.FindAllStringSubmatch(sentence, -1) {
		if at, err := strconv.Atoi(m[1]); err == nil {
			n = at - 1
		}
		all[n] = m[2]
	}
	return all
}

// Every sentence has its words in every language, with the same places to fill in, and the catalogue has no other.
func TestEverySentenceIsInEveryLanguage(t *testing.T) {
	said := written(t)
	require.Greater(t, len(said), 200, "the places where people are spoken to are found")
	for _, lang := range Languages()[1:] {
		for english, file := range said {
			require.True(t, Has(lang, english), "%s: %q is not in the catalogue of %s", file, english, lang)
		}
		for english, words := range tongues[lang].sentences {
			require.NotEmpty(t, words)
			require.Equal(t, places(english), places(words), english)
			_, is := said[english]
			require.True(t, is || slices.Contains(chosen(), english), "%q is said nowhere any more; take it out", english)
		}
	}
}

func TestChosenSentencesAreInEveryLanguage(t *testing.T) {
	for _, lang := range Languages()[1:] {
		for _, english := range chosen() {
			require.True(t, Has(lang, english), "%q is not in the catalogue of %s", english, lang)
		}
	}
}

func TestVoices(t *testing.T) {
	at := time.Date(2026, 5, 3, 14, 5, 0, 0, time.UTC)
	sv := In("sv")
	require.Equal(t, "3 maj 2026 (sön), 14:05", sv.Date(at, "2 Jan 2006 (Mon), 15:04"))
	require.Equal(t, "3 May 2026 (Sun), 14:05", Voice{}.Date(at, "2 Jan 2006 (Mon), 15:04"))
	require.Equal(t, "om 3 d", sv.T("in %s", sv.T("%d d", 3)))
	require.Equal(t, "för 1 dag sedan", sv.N(1, "1 day ago", "%d days ago"))
	require.Equal(t, "för 2 dagar sedan", sv.N(2, "1 day ago", "%d days ago"))
	require.Equal(t, "2 days ago", In("xx").N(2, "1 day ago", "%d days ago"), "of a language that is not known, English")
	require.Equal(t, "100 %d", sv.T("100 %d"), "what is not in the catalogue stays as it is")
	require.Equal(t, "en sv", Voice{}.Lang()+" "+sv.Lang())
	require.Equal(t, "senast den 3 maj", sv.T("when|by %s", "den 3 maj"), "what means two things is named by its sense as well")
	require.Equal(t, "by 3 May", Voice{}.T("when|by %s", "3 May"))
	require.Equal(t, "a|b", sv.T("a|b"), "somebody's own words")
	require.Equal(t, []string{"Mors dag", "Mother's Day", "Höstkampanj"}, []string{sv.Occasion("Mother's Day"), Voice{}.Occasion("Mother's Day"), sv.Occasion("Höstkampanj")})
	require.Equal(t, "söndag 3 maj", sv.Date(at, "Monday 2 January"))
	require.Equal(t, []string{"fredag", "Friday", "december", "December"}, []string{sv.Day(time.Friday), Voice{}.Day(time.Friday), sv.Month(12), Voice{}.Month(12)})
	require.Equal(t, []string{"vecka 53 (28 december 2026)", "week of Mon 28 Dec"}, []string{sv.Week(time.Date(2026, 12, 28, 0, 0, 0, 0, time.UTC), "2 Jan"), Voice{}.Week(time.Date(2026, 12, 28, 0, 0, 0, 0, time.UTC), "Mon 2 Jan")}, "weeks are numbered as ISO 8601 does")
	require.Equal(t, []string{"−1\u202f234,5", "-1\u202f234.5", "999", "1\u202f000\u202f000"}, []string{sv.Figure("−1234.5"), Voice{}.Figure("-1234.5"), sv.Figure("999"), sv.Figure("1000000")})
	for header, want := range map[string]string{"": "en", "sv": "sv", "sv-SE,sv;q=0.9,en;q=0.8": "sv", "de": "en", "de,sv;q=0.5": "sv", "en-GB,sv;q=0.9": "en", "nonsense;;q=x": "en", "sv-FI": "sv"} {
		require.Equal(t, want, Accepted(header), header)
	}
}

// occasions are the days that the calendars of all countries name, and what the engine calls its other parts.
func occasions() []string {
	families := map[string]bool{"Payday": true, "month length": true, "closed": true}
	for _, country := range calendar.Countries() {
		days, err := calendar.New(country, calendar.Options{})
		if err != nil {
			panic(err)
		}
		for _, o := range days.Between(calendar.NewDate(2023, 1, 1), calendar.NewDate(2030, 12, 31)) {
			families[calendar.FamilyName(o.Family)] = true
		}
	}
	var all []string
	for name := range families {
		all = append(all, "day|"+name)
	}
	return all
}

// What is refused is said in the reader's language, with the words of what stands in it; any other error stays.
func TestWhy(t *testing.T) {
	why := fmt.Errorf("case 7: %w", models.Refuse("cannot %s a case that is %s: it can take %s", "x", models.IncidentInProgress, []models.Worded{models.TaskStarted, models.TaskDone}))
	require.Equal(t, "det går inte att x ett ärende som är pågår: det går att påbörjad, klar", In("sv").Why(why))
	require.Equal(t, "cannot x a case that is in progress: it can take started, done", In("en").Why(why))
	require.Equal(t, "case 7: cannot x a case that is in progress: it can take started, done", why.Error())
	require.Equal(t, "disk full", In("sv").Why(errors.New("disk full")))
}

// chosen are sentences that are not written where they are said: those of the models' values, and of tables that
// the speakers' own tests go through.
func chosen() []string {
	var all []string
	for _, s := range []models.IncidentState{models.IncidentNew, models.IncidentAcknowledged, models.IncidentInProgress, models.IncidentOnHold, models.IncidentResolved, models.IncidentClosed, models.IncidentCanceled} {
		all = append(all, s.Words())
	}
	for _, k := range []models.ClockKind{models.ClockAcknowledge, models.ClockUpdate, models.ClockResolve, models.ClockRestore} {
		all = append(all, string(k))
	}
	for _, k := range []models.EntryKind{models.EntryOpened, models.EntryOccurred, models.EntryCleared, models.EntryState, models.EntryLevel, models.EntryPriority, models.EntryAssigned, models.EntryNote, models.EntryUpdate,
		models.EntryClock, models.EntryRedundancy, models.EntryNotified, models.EntrySuppressed, models.EntryRelated, models.EntryReview, models.EntryJudged, models.EntryPlan, models.EntryTask} {
		all = append(all, string(k))
	}
	for _, s := range []models.ProblemState{models.ProblemOpen, models.ProblemKnownError, models.ProblemResolved} {
		all = append(all, s.Words())
	}
	for _, s := range []models.TaskState{models.TaskOpen, models.TaskStarted, models.TaskDone, models.TaskDropped} {
		all = append(all, string(s))
	}
	for _, r := range []models.Redundancy{{Members: 2, Needed: 1}, {Members: 2, Needed: 1, Down: []string{"a"}}, {Members: 2, Needed: 1, Down: []string{"a", "b"}}} {
		all = append(all, r.Words())
	}
	for _, s := range []models.State{models.StateOpen, models.StateWithdrawn, models.StatePast} {
		all = append(all, string(s))
	}
	for _, v := range []string{models.VerdictCameTrue, models.VerdictAvoided, models.VerdictFalse, models.VerdictMissed} {
		all = append(all, strings.ReplaceAll(v, "_", " "))
	}
	all = append(all, "data", "model", "calendar", "plan", "capacity") // what moves a date: docs/events.md
	all = append(all, occasions()...)
	all = append(all, "second", "minute", "5 minutes", "10 minutes", "15 minutes", "30 minutes") // what limits are per
	all = append(all, analytics.Sentences()...)
	for _, m := range append(analytics.Models(), "last value", "days × profile", "recent weeks", "double seasonal") {
		all = append(all, "method|"+m)
	}
	all = append(all, drive.ErrTooFew.Error(), drive.ErrNoRelation.Error())
	return append(all,
		"1 reactive", "2 proactive", "3 predictive",
		"Late", "the last day to start has passed", "Due", "to start, what must start first at the top", "Started", "Done", "in the last 30 days, dropped ones too",
		"Acknowledge", "Start", "Put on hold", "Resolve", "Close", "Reopen", "Cancel the case",
		"The name or the password is wrong", "Too many sign-ins were tried; wait a minute, then try again",
		"ack", "start", "hold", "close", "reopen", "cancel", "assign", "rate", "move", "change the plan of",
		"1, fails now", "2, one more failure from an outage", "3, foreseen", "everything reported is over")
}

func TestChangesOfATimeline(t *testing.T) {
	for _, c := range []struct {
		entry    models.Entry
		from, to string
		sv       string
	}{
		{models.Entry{Kind: models.EntryOpened, To: "2"}, "", "level 2", " → nivå 2"},
		{models.Entry{Kind: models.EntryState, From: "in_progress", To: "on_hold"}, "in progress", "on hold", "pågår → väntar"},
		{models.Entry{Kind: models.EntryTask, From: "open", To: "dropped"}, "open", "dropped", "öppen → struken"},
		{models.Entry{Kind: models.EntryClock, From: "resolve", To: "warned"}, "resolve", "warned", "lösa → snart slut"},
		{models.Entry{Kind: models.EntryNotified, From: "update breached", To: "bo"}, "update breached", "bo", "besked överskriden → bo"},
		{models.Entry{Kind: models.EntrySuppressed, To: "step 2"}, "", "step 2", " → steg 2"},
		{models.Entry{Kind: models.EntrySuppressed, To: "step 2 of it"}, "", "step 2 of it", " → step 2 of it"},
		{models.Entry{Kind: models.EntrySuppressed, From: "w_1"}, "w 1", "", "w 1 → "},
		{models.Entry{Kind: models.EntryRedundancy, To: "1 of 2 up"}, "", "1 of 2 up", " → 1 av 2 uppe"},
		{models.Entry{Kind: models.EntryReview, To: "due"}, "", "due", " → ska göras"},
		{models.Entry{Kind: models.EntryReview, To: "done"}, "", "done", " → klar"},
		{models.Entry{Kind: models.EntryJudged, To: "came_true"}, "", "came true", " → slog in"},
		{models.Entry{Kind: models.EntryPlan, To: "late"}, "", "late", " → försenad"},
		{models.Entry{Kind: models.EntryAssigned, From: "open", To: "anna"}, "open", "anna", "open → anna"},
		{models.Entry{Kind: models.EntryPriority, From: "3", To: "2"}, "3", "2", "3 → 2"},
	} {
		from, to := Voice{}.Change(c.entry)
		require.Equal(t, []string{c.from, c.to}, []string{from, to})
		from, to = In("sv").Change(c.entry)
		require.Equal(t, c.sv, from+" → "+to)
	}
}
