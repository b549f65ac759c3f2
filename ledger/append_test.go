package ledger

import (
	"bytes"
	"os"
	"testing"
)

const digest = "sha256:9f3c2b1a0d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcd"

func sample() Entry {
	return Entry{
		Date: "2025-10-19", Task: "C2.D", Title: "Capture GREEN run", Result: "pass", Detail: "exit 0, 35.86 s",
		Command:   `CUDA_VISIBLE_DEVICES="" pytest tests/test_integration.py::test_cycle -vv`,
		Criteria:  "3/3 — `tests.passed >= 1` (1), `seconds < 120` (35.86)",
		Artifacts: "plans/active/TEST-PYTORCH-001/reports/2025-10-19T122449Z/phase_c/{pytest_green.log,C2.D.run.json}",
		Run:       digest,
	}
}

// TestAppendCorpus appends to every section of every real ledger.
func TestAppendCorpus(t *testing.T) {
	refused := map[string]bool{}
	for _, name := range ledgers(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		l := Parse(name, src)
		for i, s := range append(append([]*Section(nil), l.Sections...), l.Loose...) {
			style := []Style{Block, Line}[i%2]
			ins, err := l.Append(s, sample(), style)
			if err != nil {
				refused[s.ID] = true
				t.Log(err)
				continue
			}
			got := Insert(src, ins)
			if !bytes.Equal(got[:ins.At], src[:ins.At]) || !bytes.Equal(got[ins.At+len(ins.Text):], src[ins.At:]) {
				t.Errorf("%s: %s: another byte changed", name, s.ID)
			}
		}
	}
	for _, id := range []string{
		"Active Item Detail — AT-PARALLEL-012", // attempts lists of two items
		"AT-PARALLEL-006-PYTEST",               // two sections with attempts
	} {
		if !refused[id] {
			t.Errorf("%s must be refused", id)
		}
		delete(refused, id)
	}
	for id := range refused {
		t.Errorf("%s was refused", id)
	}
}
