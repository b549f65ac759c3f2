package testreport

import (
	"fmt"
	"strings"
	"testing"
)

// However much failing and unfinished tests say, what is kept of it is bounded, and the last words of each stay.
func TestTextsAreBounded(t *testing.T) {
	talk := strings.Repeat("what a test says while it runs\n", 3000)
	var py, js strings.Builder
	py.WriteString("============================= test session starts ==============================\n\n=================================== FAILURES ===================================\n")
	js.WriteString(`{"Action":"start","Package":"p"}` + "\n")
	for i := range 300 {
		fmt.Fprintf(&py, "__________________________________ test_%04d ___________________________________\n%sE   reason %d\n", i, talk, i)
		fmt.Fprintf(&js, `{"Action":"run","Package":"p","Test":"Test%d"}`+"\n", i)
		for range 500 {
			fmt.Fprintf(&js, `{"Action":"output","Package":"p","Test":"Test%d","Output":"%s\n"}`+"\n", i, strings.Repeat("it says ", 20))
		}
	}
	py.WriteString("========================= 300 failed in 1.00s ==================================\n")
	for _, c := range []struct {
		r    Reader
		text string
		last bool // the last test's own reason is kept
	}{{pytest{}, py.String(), true}, {goJSON{}, js.String(), false}} {
		res, err := c.r.Read(strings.NewReader(c.text))
		if err != nil || len(res.Failures) == 0 && len(res.Problems) == 0 {
			t.Fatalf("%s: %+v, %v", c.r.Name(), res, err)
		}
		kept := 0
		for _, f := range res.Failures {
			kept += len(f.Text)
		}
		for _, p := range res.Problems {
			kept += len(p.Text)
		}
		if limit := maxTexts + maxFailures*(lastWords+16); kept > limit {
			t.Errorf("%s: %d bytes are kept of %d, more than %d", c.r.Name(), kept, len(c.text), limit)
		}
		if last := res.Failures; c.last && (len(last) != 300 || !strings.HasSuffix(last[299].Text, "E   reason 299")) {
			t.Errorf("%s: %d failures, the last one says %.80q", c.r.Name(), len(last), last[len(last)-1].Text)
		}
	}
}
