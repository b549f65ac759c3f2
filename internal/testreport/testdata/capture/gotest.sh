# go test.
mkdir -p "$work/go"/{red,green,bench,broken,brokenvet,panics,exits,slow,none,empty,init} && cd "$work/go" || exit
printf 'module example.com/m\n\ngo 1.24\n' > go.mod
cat > red/red_test.go <<'GO'
package red

import (
	"fmt"
	"testing"
)

func TestPass(t *testing.T) { fmt.Println("some output") }

func TestFail(t *testing.T) {
	t.Log("a note")
	t.Error("NotImplementedError: merge is a stub")
}

func TestSkip(t *testing.T) { t.Skip("needs a GPU") }

func TestTable(t *testing.T) {
	t.Run("good", func(t *testing.T) {})
	t.Run("bad case", func(t *testing.T) { t.Fatalf("got %d,\nwant %d", 1, 2) })
	t.Run("deep", func(t *testing.T) {
		t.Run("er", func(t *testing.T) { t.Error("deep down") })
	})
}

func TestParallel(t *testing.T) {
	for _, n := range []string{"a", "b"} {
		t.Run(n, func(t *testing.T) {
			t.Parallel()
			t.Log("log of", n)
			if n == "b" {
				t.Error("failure of", n)
			}
		})
	}
}

func TestNoNewline(t *testing.T) { fmt.Print("no newline") }
GO
cat > green/green_test.go <<'GO'
package green

import "testing"

func TestOne(t *testing.T) {}
func TestTwo(t *testing.T) { t.Run("sub", func(t *testing.T) {}) }

func FuzzThree(f *testing.F) {
	f.Add(1)
	f.Fuzz(func(t *testing.T, n int) {})
}
GO
printf 'package green\n\nimport "fmt"\n\nfunc Example() {\n\tfmt.Println("hello")\n\t// Output: hello\n}\n' > green/example_test.go
printf 'package bench\n\nimport "testing"\n\nfunc BenchmarkNothing(b *testing.B) {\n\tfor b.Loop() {\n\t}\n}\n' > bench/bench_test.go
printf 'package broken\n\nimport "testing"\n\nfunc TestX(t *testing.T) { undefinedName() }\n' > broken/broken_test.go
printf 'package brokenvet\n\nimport "testing"\n\nfunc TestX(t *testing.T) { t.Errorf("%%d", "x") }\n' > brokenvet/vet_test.go
printf 'package init\n\nimport (\n\t"testing"\n\n\t_ "example.com/m/gone"\n)\n\nfunc TestX(t *testing.T) {}\n' > init/init_test.go
printf 'package panics\n\nimport "testing"\n\nfunc TestFirst(t *testing.T) {}\n\nfunc TestPanics(t *testing.T) {\n\tvar m map[string]int\n\tm["a"] = 1\n}\n\nfunc TestNever(t *testing.T) {}\n' > panics/panics_test.go
printf 'package exits\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestFirst(t *testing.T) {}\n\nfunc TestExits(t *testing.T) { os.Exit(3) }\n' > exits/exits_test.go
printf 'package slow\n\nimport (\n\t"testing"\n\t"time"\n)\n\nfunc TestSlow(t *testing.T) { time.Sleep(time.Minute) }\n' > slow/slow_test.go
printf 'package none\n' > none/none.go
printf 'package empty\n' > empty/empty_test.go
g() { name=$1; shift; go test "$@" > "$out/gotest_$name.log" 2>&1; }
g text ./red
g v -v ./red
g json -json ./red
g green ./green
g green_v -v ./green
g green_json -json ./green
g bench -run '^$' -bench . ./bench
g all ./green ./none ./red
g all_v -v ./green ./none ./red
g all_json -json ./green ./none ./red
g build ./broken ./green
g build_json -json ./broken ./green
g vet ./brokenvet
g setup ./init
g setup_json -json ./init
g panic ./panics
g panic_v -v ./panics
g panic_json -json ./panics
g exit -v ./exits
g exit_json -json ./exits
g timeout -timeout 50ms ./slow
g timeout_json -timeout 50ms -json ./slow
g none ./none
g none_json -json ./none
g empty ./empty
g filter_v -v -run Nothing ./green
g filter_json -json -run Nothing ./green
g nopackage ./not/there
g run_v -v -run 'TestTable/bad' ./red
unset GOFLAGS
go test ./green > /dev/null 2>&1
go test ./green > "$out/gotest_cached.log" 2>&1
go test -json ./green > "$out/gotest_cached_json.log" 2>&1
