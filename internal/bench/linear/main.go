// Linear shows that what planctl reads takes as long as it is large.
//
//	go run ./internal/bench/linear [-max 10] [-runs 3] [-most 2.3] [-only WORDS]
//
// For each shape of a document, most of them made to cost a reader more than their length, it reads the shape at half of
// -max MB and at all of it, and prints the processor time of both and their ratio: 2 is linear, 4 quadratic. Plans, ledgers
// and specs are read by their packages; `inspect --json`, `lint` and `status` are whole processes. It ends with exit 1 where a
// ratio is above -most.
//
// Each figure is the median of -runs runs, and the runs of both sizes take turns, so that a machine that slows down slows
// both. It may not be imported, and may change nothing outside its own temporary directory. Processor time is taken, with one thread, since the time on the wall is that of whoever shares the machine.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

func main() {
	most := flag.Float64("most", 2.3, "the highest `RATIO` that is linear")
	size := flag.Float64("max", 10, "the larger size in `MB`")
	runs := flag.Int("runs", 3, "runs of each size")
	only := flag.String("only", "", "only what has these `WORDS` in its line")
	flag.Parse()
	if err := linear(int(*size*(1<<20)), *runs, 1, *most, *only, true); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// reader is one way to read a document, and gives the processor time that it took.
type reader struct {
	name string
	of   []kind
	read func(dir string, src []byte) (time.Duration, error)
}

// linear measures every shape. A ratio that is above most is measured again, tries times in all: the lowest counts.
// Without processes only the packages are measured.
func linear(size, runs, tries int, most float64, only string, processes bool) (err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	dir, err := os.MkdirTemp("", "linear")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	readers := []reader{
		{"plan", []kind{aPlan}, inProcess(func(src []byte) { plan.Parse("p.md", src, plan.DefaultTokens()) })},
		{"ledger", []kind{aLedger}, inProcess(func(src []byte) { ledger.Parse("l.md", src) })},
		{"spec", []kind{aSpec}, inProcess(func(src []byte) { spec.Decode(spec.Source{File: "s.yaml", Text: src, Line: 1}) })},
	}
	if processes {
		planctl := filepath.Join(dir, "planctl")
		if out, err := exec.Command("go", "build", "-o", planctl, "github.com/planctl/planctl/cmd/planctl").CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %w\n%s", err, out)
		}
		readers = append(readers, []reader{
			{"inspect --json", []kind{aPlan, aLedger}, process(planctl, "inspect", "--json")},
			{"lint", []kind{aPlan, aLedger, aSpec}, process(planctl, "lint")},
			{"status", []kind{aPlan, aLedger, aSpec}, process(planctl, "status")},
		}...)
	}
	fmt.Printf("| read by | document | %.3g MB | %.3g MB | ratio |\n| --- | --- | ---: | ---: | ---: |\n", float64(size)/(2<<20), float64(size)/(1<<20))
	worst, above, measured := 0.0, 0, 0
	for _, s := range shapes() {
		small, large := s.make(size/2), s.make(size)
		for _, r := range readers {
			if !slices.Contains(r.of, s.kind) || !strings.Contains(r.name+" "+s.name, only) {
				continue
			}
			a, b, err := r.compare(place(dir, s.kind), small, large, runs)
			for try := 1; err == nil && try < tries && ratio(a, b) > most; try++ {
				var c, d time.Duration
				if c, d, err = r.compare(place(dir, s.kind), small, large, runs); err == nil && ratio(c, d) < ratio(a, b) {
					a, b = c, d
				}
			}
			if err != nil {
				return fmt.Errorf("%s of %s: %w", r.name, s.name, err)
			}
			ratio := ratio(a, b)
			mark := ""
			if ratio > most {
				mark = " **above**"
				above++
			}
			worst = max(worst, ratio)
			measured++
			fmt.Printf("| %s | %s | %.2f s | %.2f s | %.2f%s |\n", r.name, s.name, a.Seconds(), b.Seconds(), ratio, mark)
		}
	}
	fmt.Printf("\n%d measured, the highest ratio is %.2f\n", measured, worst)
	if above > 0 {
		return fmt.Errorf("%d are above %.2g", above, most)
	}
	return nil
}

// compare gives the medians of the times that the two sizes take, which take turns.
func (r *reader) compare(at string, small, large []byte, runs int) (a, b time.Duration, err error) {
	var as, bs []time.Duration
	for range runs {
		for _, one := range []struct {
			src  []byte
			took *[]time.Duration
		}{{small, &as}, {large, &bs}} {
			took, err := r.read(at, one.src)
			if err != nil {
				return 0, 0, err
			}
			*one.took = append(*one.took, took)
		}
	}
	return median(as), median(bs), nil
}

func ratio(a, b time.Duration) float64 { return float64(b) / float64(a) }

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2]
}

// inProcess times a function by the processor time of this process, garbage included. What is read in less than the system's
// clock can tell apart is read again until it can.
func inProcess(read func([]byte)) func(string, []byte) (time.Duration, error) {
	const enough = 30 * time.Millisecond
	return func(_ string, src []byte) (time.Duration, error) {
		runtime.GC()
		before, err := used()
		for n := time.Duration(1); err == nil; n++ {
			read(src)
			var now time.Duration
			if now, err = used(); err == nil && now-before >= enough {
				return (now - before) / n, nil
			}
		}
		return 0, err
	}
}

func used() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// place is the file of a small workspace that a document takes.
func place(dir string, k kind) string {
	return filepath.Join(dir, "ws", map[kind]string{aPlan: "plans/p.md", aLedger: "docs/fix_plan.md", aSpec: "plans/p.planctl.yaml"}[k])
}

// process times a whole planctl that reads a document in its workspace. Findings are no failure.
func process(planctl string, args ...string) func(string, []byte) (time.Duration, error) {
	return func(at string, src []byte) (took time.Duration, err error) {
		root := filepath.Dir(filepath.Dir(at))
		for _, f := range []string{"plans/p.md", "docs/fix_plan.md", "plans/p.planctl.yaml", ".planctl.yaml"} {
			text := map[string]string{".planctl.yaml": "version: 1\n", "plans/p.md": smallPlan, "docs/fix_plan.md": smallLedger}[f]
			name := filepath.Join(root, filepath.FromSlash(f))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return 0, err
			}
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				return 0, err
			}
		}
		if err := os.WriteFile(at, src, 0o644); err != nil {
			return 0, err
		}
		out, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		c := exec.Command(planctl, args...)
		if args[0] == "inspect" {
			c.Args = append(c.Args, at)
		}
		c.Dir, c.Stdout = root, out
		var said strings.Builder
		c.Stderr = &said
		c.Env = append(os.Environ(), "GOMAXPROCS=1", "NO_COLOR=1")
		var ended *exec.ExitError
		if err := c.Run(); err != nil && (!errors.As(err, &ended) || ended.ExitCode() != 1) {
			return 0, fmt.Errorf("%w: %.500s", err, said.String())
		}
		return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
	}
}
