package live_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/live"
	"github.com/recentc/recentc/internal/xtrecent"
)

const rules = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m recent --set --name L\n-A INPUT -m recent --update --seconds 600 --hitcount 4 --name L -j DROP\nCOMMIT\n"

func tables(t *testing.T, text string) []nft.Table {
	t.Helper()
	f, diags := grammar.ParseFile("rules.v4", text)
	programs, more := compile.Compile([]*ast.File{f}, compile.Options{})
	out, last := nft.Translate(programs, nft.Options{})
	for _, d := range append(append(diags, more...), last...) {
		t.Log(d.Summary)
	}
	return out.Tables
}

// procDir writes a folder such as /proc/net/xt_recent with a list L of n addresses, each
// with four stamps, the last of which are half a minute old.
func procDir(t *testing.T, n int) string {
	t.Helper()
	clock, err := xtrecent.ReadClock(nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	last := clock.Jiffies - uint64(30*clock.HZ)
	for i := range n {
		fmt.Fprintf(&b, "src=10.%d.%d.%d ttl: 64 last_seen: %d oldest_pkt: 4 %d, %d, %d, %d\n", i>>16, i>>8&255, i&255, last,
			last-3, last-2, last-1, last)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "L"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestImportMany carries a list of 100 000 addresses over, and holds that all are there
// with their ages.
func TestImportMany(t *testing.T) {
	lab.Require(t)
	const n = 100000
	dir, to := procDir(t, n), tables(t, rules)
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		return ns.Do(func() error {
			loaded, err := live.Load(live.Request{Tables: to, Import: true, Proc: dir})
			if err != nil {
				return err
			}
			loaded.Keep()
			entries, err := live.Show("recentc", "L")
			if err != nil {
				return err
			}
			if len(entries) != n {
				t.Errorf("%d addresses, want %d", len(entries), n)
			}
			for _, e := range entries {
				age, _ := e.Youngest()
				if w := e.Windows[0]; w.Count != 4 || !w.Over || age < 30 || age > 120 {
					t.Fatalf("%+v", e)
				}
			}
			_, err = live.Remove("recentc")
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
