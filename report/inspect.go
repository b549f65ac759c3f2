package report

import (
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

type inspectPhase struct {
	ID    string        `json:"id"`
	Title string        `json:"title"`
	Line  int           `json:"line"`
	Parts []phasePart   `json:"parts,omitempty"`
	Tasks []inspectTask `json:"tasks"`
}

type inspectTask struct {
	ID          string `json:"id"`
	Line        int    `json:"line"`
	State       string `json:"state"`
	Token       string `json:"token"`
	Description string `json:"description"`
	Guidance    string `json:"guidance"`
	Start       int    `json:"start"`
	End         int    `json:"end"`
	Heading     string `json:"heading"`
	Editable    bool   `json:"editable"`
}

type inspectSection struct {
	ID       string           `json:"id"`
	Line     int              `json:"line"`
	Attempts []inspectAttempt `json:"attempts"`
}

type inspectAttempt struct {
	Number  int    `json:"number"`
	Date    string `json:"date"`
	Line    int    `json:"line"`
	EndLine int    `json:"end_line"`
	Result  string `json:"result"`
	Run     string `json:"run"`
}

type inspectFinding struct {
	Code     finding.Code     `json:"code"`
	Severity finding.Severity `json:"severity"`
	Line     int              `json:"line"`
	Col      int              `json:"col"`
	Message  string           `json:"message"`
	Help     string           `json:"help,omitempty"`
}

// Inspect is what planctl reads in a file, as one JSON object: a plan where there is a checklist
// table, else a ledger where there is a section or an attempt, else other. A plan is not read again
// as a ledger.
func Inspect(file string, src []byte, tokens plan.Tokens) any {
	doc := plan.Parse(file, src, tokens)
	if len(doc.Phases) > 0 {
		return inspectPlan(file, doc)
	}
	book := ledger.Parse(file, src)
	if len(book.Sections) > 0 || len(book.Attempts()) > 0 {
		return inspectLedger(file, book)
	}
	list := doc.Findings
	if len(list) == 0 {
		list = book.Findings
	}
	return struct {
		Schema   string           `json:"schema"`
		File     string           `json:"file"`
		Kind     string           `json:"kind"`
		Findings []inspectFinding `json:"findings"`
	}{"planctl/inspect/v1", file, "other", findings(list)}
}

func inspectPlan(file string, doc *plan.Plan) any {
	phases := []inspectPhase{}
	for _, ph := range doc.Phases {
		one := inspectPhase{ID: ph.ID, Title: ph.Title, Line: ph.Line, Parts: partsOf(ph), Tasks: []inspectTask{}}
		for _, t := range ph.Tasks {
			one.Tasks = append(one.Tasks, inspectTask{ID: t.ID, Line: t.Line, State: t.State.String(), Token: t.Token, Description: t.Description,
				Guidance: t.Guidance, Start: t.TokenSpan.Start, End: t.TokenSpan.End, Heading: ph.Heading, Editable: t.Editable})
		}
		phases = append(phases, one)
	}
	return struct {
		Schema   string           `json:"schema"`
		File     string           `json:"file"`
		Kind     string           `json:"kind"`
		Phases   []inspectPhase   `json:"phases"`
		Findings []inspectFinding `json:"findings"`
	}{"planctl/inspect/v1", file, "plan", phases, findings(doc.Findings)}
}

func inspectLedger(file string, book *ledger.Ledger) any {
	sections := []inspectSection{}
	section := func(s *ledger.Section, always bool) {
		one := inspectSection{ID: s.ID, Line: s.Line, Attempts: []inspectAttempt{}}
		for _, a := range s.Attempts {
			one.Attempts = append(one.Attempts, inspectAttempt{a.Number, a.Date, a.Line, a.EndLine, a.Result, a.Run})
		}
		if always || len(one.Attempts) > 0 {
			sections = append(sections, one)
		}
	}
	for _, s := range book.Sections {
		section(s, true)
	}
	// Headings without an ID count only where attempts stand below them.
	for _, s := range book.Loose {
		section(s, false)
	}
	return struct {
		Schema   string           `json:"schema"`
		File     string           `json:"file"`
		Kind     string           `json:"kind"`
		Sections []inspectSection `json:"sections"`
		Findings []inspectFinding `json:"findings"`
	}{"planctl/inspect/v1", file, "ledger", sections, findings(book.Findings)}
}

func findings(list finding.List) []inspectFinding {
	out := []inspectFinding{}
	for _, f := range list {
		out = append(out, inspectFinding{f.Code, f.Severity, f.Line, f.Col, f.Message, f.Help})
	}
	return out
}
