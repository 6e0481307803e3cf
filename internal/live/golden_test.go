package live_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/live"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "recentc")
	if err != nil {
		panic(err)
	}
	os.Setenv("RUNTIME_DIRECTORY", filepath.Join(dir, "run"))
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// goldenTables translates the input of a golden case; nil where that takes options or
// has errors.
func goldenTables(file string) []nft.Table {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	f, diags := grammar.ParseFile("in.rules", string(text))
	programs, more := compile.Compile([]*ast.File{f}, compile.Options{})
	out, last := nft.Translate(programs, nft.Options{})
	if diags.HasErrors() || more.HasErrors() || last.HasErrors() {
		return nil
	}
	return out.Tables
}

var expires = regexp.MustCompile(` expires [0-9dhms]+`)

// inOrder sorts the parts of a table: chains that stayed at their hooks come first.
func inOrder(text string) string {
	parts := part.FindAllString(text, -1)
	slices.Sort(parts)
	return part.ReplaceAllString(text, "") + strings.Join(parts, "")
}

var part = regexp.MustCompile(`(?ms)^\t[a-z][a-z ]* \S+ \{\n.*?^\t\}\n\n?`)

// TestEveryFirewall loads what every golden case translates to, loads it again, tries
// another and goes back: each time it is what it was.
func TestEveryFirewall(t *testing.T) {
	lab.Require(t)
	files, err := filepath.Glob("../../testdata/golden/*/in.rules")
	if err != nil {
		t.Fatal(err)
	}
	other, tried := tables(t, rules), 0
	for _, file := range files {
		golden := goldenTables(file)
		if golden == nil {
			continue
		}
		tried++
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			if err := lab.WithNamespace(func(ns *lab.Namespace) error {
				return ns.Do(func() error { return thereAndBack(t, ns, golden, other) })
			}); err != nil {
				t.Error(err)
			}
		})
	}
	if tried < 50 {
		t.Errorf("only %d golden cases were tried", tried)
	}
}

func thereAndBack(t *testing.T, ns *lab.Namespace, golden, other []nft.Table) error {
	listed := func() (all string, err error) {
		for _, table := range golden {
			text, err := ns.Run("", "nft", "-s", "list", "table", table.Family, table.Name)
			if err != nil {
				return "", err
			}
			all += inOrder(expires.ReplaceAllString(text, ""))
		}
		return all, nil
	}
	loadAndKeep := func() (string, error) {
		l, err := live.Load(live.Request{Tables: golden})
		if err != nil {
			return "", err
		}
		l.Keep()
		return listed()
	}
	first, err := loadAndKeep()
	if err != nil {
		return err
	}
	again, err := loadAndKeep()
	if err != nil {
		return err
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("loaded again: %s", diff)
	}
	l, err := live.Load(live.Request{Tables: other, Undo: true})
	if err != nil {
		return err
	}
	if err := l.Restore(); err != nil {
		return err
	}
	restored, err := listed()
	if diff := cmp.Diff(first, restored); diff != "" {
		t.Errorf("restored: %s", diff)
	}
	if s, err := live.Read("recentc"); err != nil || len(s.Tables) != len(golden) || !s.Tables[0].Sources {
		t.Errorf("status: %v, %+v", err, s)
	}
	return err
}
