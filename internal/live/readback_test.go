package live

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
)

// wrongNFT is an nft that reads a text otherwise than the one that is installed: it puts
// one word in place of another.
func wrongNFT(t *testing.T, word, other string) {
	t.Helper()
	real, err := toolPath()
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\ncase \"$*\" in\n*-f*) sed 's/%s/%s/' | %s \"$@\" ;;\n*) exec %s \"$@\" ;;\nesac\n", word, other, real, real)
	if err := os.WriteFile(filepath.Join(dir, "nft"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// meant translates rules, with what they mean.
func meant(t *testing.T, rules string) Request {
	t.Helper()
	f, diags := grammar.ParseFile("rules.v4", rules)
	programs, l := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4})
	out, l2 := nft.Translate(programs, nft.Options{Meanings: true})
	if diags = append(append(diags, l...), l2...); diags.HasErrors() {
		t.Fatal(diags)
	}
	return Request{Proc: "/nonexistent", Tables: out.Tables}
}

// TestMisread holds that rules which nft loads otherwise than they are meant do not stay:
// what stood before is restored, and the message names the rule.
func TestMisread(t *testing.T) {
	old := meant(t, "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n")
	next := meant(t, "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp ! --sport 22 ! --dport 22 -j DROP\nCOMMIT\n")
	inside(t, func() error {
		l, err := Load(old)
		if err != nil {
			return err
		}
		l.Keep()
		before := ruleset(t)
		path := os.Getenv("PATH")
		wrongNFT(t, "dport != 22-22", "dport != 23-23")
		defer t.Setenv("PATH", path)
		if _, err = Load(next); err == nil || !strings.Contains(err.Error(), "The first is rules.v4:3") || !strings.Contains(err.Error(), "what stood before is restored") {
			t.Errorf("the message is %v", err)
		}
		if now := ruleset(t); now != before {
			t.Errorf("before:\n%s\nnow:\n%s", before, now)
		}
		return nil
	})
	// The same rules load with the nft that is installed.
	inside(t, func() error {
		l, err := Load(next)
		if err == nil {
			l.Keep()
		}
		return err
	})
}
