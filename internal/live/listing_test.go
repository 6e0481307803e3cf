package live

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const listedTable = "table ip recentc { # handle 7\n\tcomment \"made by recentc\"\n\tset S { # handle 2\n\t\ttype ipv4_addr\n\t\ttimeout 1m\n\t}\n\n" +
	"\tct helper ftp { # handle 9\n\t\ttype \"ftp\" protocol tcp\n\t}\n\n" +
	"\tchain INPUT { # handle 1\n\t\ttype filter hook input priority filter; policy drop;\n\t\tip saddr { 10.0.0.1, 10.0.0.2,\n\t\t\t     10.0.0.3 } counter packets 3 bytes 180 accept comment \"x { # y\" # handle 5\n\t\tcounter # handle 6\n\t}\n}\n"

// TestListing holds how a table is cut as nft lists it, also where a rule takes
// several lines.
func TestListing(t *testing.T) {
	l, err := parseListing(listedTable)
	if err != nil || l.handle != 7 || l.comment != "made by recentc" || len(l.blocks) != 3 {
		t.Fatalf("%+v, %v", l, err)
	}
	if b := l.find("ct helper", "ftp"); b == nil || l.find("set", "ftp") != nil {
		t.Error("kinds and names are mixed up")
	}
	chain := l.find("chain", "INPUT")
	want := []string{`ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3 } counter packets 3 bytes 180 accept comment "x { # y"`, "counter"}
	if diff := cmp.Diff(want, chain.rules()); diff != "" {
		t.Error(diff)
	}
	if h := chain.hook(); h != "input priority filter; policy drop" {
		t.Error(h)
	}
	if text := chain.plain(); strings.Contains(text, "handle 5") || !strings.Contains(text, "# y") {
		t.Error(text)
	}
	var r RuleStatus
	if r.count(chain.rules()[0]); r.Packets != 3 || r.Bytes != 180 {
		t.Errorf("%+v", r)
	}
}

func FuzzListing(f *testing.F) {
	f.Add(listedTable)
	f.Add("table ip x {\n\tchain c {\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parseListing(text)
		if err != nil {
			return
		}
		for i := range l.blocks {
			l.blocks[i].rules()
			l.blocks[i].hook()
			if l.blocks[i].name == "" {
				t.Errorf("a block without a name in %q", text)
			}
		}
	})
}
