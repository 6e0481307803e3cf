package ipset

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// onHost runs lines as commands of a script on a host where rules name set "used". It
// lists the code of each that fails, by its line.
func onHost(t testing.TB, lines string) (h *Host, failed []string) {
	t.Helper()
	h = NewHost(nil, func(name string) bool { return name == "used" })
	f := &ast.File{Name: "x", Text: lines}
	for i, line := range strings.Split(lines, "\n") {
		var words []ast.Word
		for _, w := range strings.Fields(line) {
			words = append(words, ast.Word{Text: w, Range: ast.Range{Start: ast.Pos{Line: uint32(i + 1), Column: 1}}})
		}
		if why := h.Run(f, words); why != nil {
			failed = append(failed, line+": "+string(why.Code))
		}
	}
	return h, failed
}

// TestHost holds what each command of a script leaves in set s, and which commands fail:
// because of the sets that there are (RC1503, RC1505), or for another reason.
func TestHost(t *testing.T) {
	for _, c := range []struct{ name, lines, failed, want string }{
		{"created twice", "create s hash:ip\ncreate s hash:ip -exist\nadd s 1.1.1.1\ncreate s hash:ip", "create s hash:ip: RC1505", "1.1.1.1"},
		{"created otherwise", "create s hash:ip\ncreate s hash:ip comment -exist\ncreate s hash:net -exist\ncreate s hash:ip hashsize 64 -exist",
			"create s hash:ip comment -exist: RC1505; create s hash:net -exist: RC1505", ""},
		{"added twice", "create s hash:ip\nadd s 1.1.1.1\nadd s 1.1.1.1\n-! add s 1.1.1.1", "add s 1.1.1.1: RC1505", "1.1.1.1"},
		{"half of a range", "create s hash:ip\nadd s 1.1.1.2\nadd s 1.1.1.1-1.1.1.3", "add s 1.1.1.1-1.1.1.3: RC1502", "1.1.1.2; 1.1.1.1"},
		{"full", "create s hash:ip maxelem 1\nadd s 1.1.1.1\nadd s 1.1.1.2", "add s 1.1.1.2: RC1505", "1.1.1.1"},
		{"makes room", "create s hash:ip maxelem 1 forceadd\nadd s 1.1.1.1\nadd s 1.1.1.2", "add s 1.1.1.2: RC1502", "1.1.1.1"},
		{"no set", "add s 1.1.1.1\nflush s\nlist s\ntest s 1.1.1.1\ndestroy s\ndestroy s -exist", "add s 1.1.1.1: RC1503; flush s: RC1503; list s: RC1503; test s 1.1.1.1: RC1503; destroy s: RC1503", ""},
		{"no address", "create s hash:ip\nadd s host.example\nadd s 300.1.1.1", "add s host.example: RC1114; add s 300.1.1.1: RC1502", ""},
		{"created without", "create s hash:ip\nadd s 1.1.1.1 timeout 5\nadd s 1.1.1.1 comment x\nadd s 1.1.1.1 bytes 1", "add s 1.1.1.1 timeout 5: RC1505; add s 1.1.1.1 comment x: RC1505; add s 1.1.1.1 bytes 1: RC1505", ""},
		{"in use", "create used hash:ip\ndestroy used\nrename used s\ndestroy\ncreate s hash:ip\nadd s 1.1.1.1\nswap s used", "destroy used: RC1505; rename used s: RC1505; destroy: RC1505", ""},
		{"in a list", "create s hash:ip\ncreate l list:set\nadd l s\ndestroy s\nflush l\ndestroy s", "destroy s: RC1505", ""},
		{"order of a list", "create a hash:ip\ncreate b hash:ip\ncreate s list:set size 1\nadd s a\nadd s b before a\nadd s a before b -exist", "", "b; a"},
		{"net within nets", "create s hash:net\nadd s 10.0.0.0/8\nadd s 10.1.0.0/16 nomatch\ntest s 10.2.0.1\ntest s 10.1.0.1\ntest s 10.2.0.0/16\ntest s 10.0.0.0/8",
			"test s 10.1.0.1: RC1505; test s 10.2.0.0/16: RC1505", "10.0.0.0/8; 10.1.0.0/16 nomatch"},
		{"test not known", "create s hash:net,port\ntest s 10.0.0.1,80", "test s 10.0.0.1,80: RC1502", ""},
		{"too many words", "create s hash:ip\nadd s 1.1.1.1\nflush s t\ndestroy s t\nlist s t\nfoo s", "flush s t: RC1501; destroy s t: RC1501; list s t: RC1501; foo s: RC1501", "1.1.1.1"},
	} {
		h, failed := onHost(t, c.lines)
		got := ""
		if s := h.Settled()["s"]; s != nil {
			got = entriesOf(s)
		}
		if diff := cmp.Diff([]string{c.failed, c.want}, []string{strings.Join(failed, "; "), got}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestHostLines holds that a text of ipset restore ends at the line that fails, and that
// -exist in a line counts for those behind it.
func TestHostLines(t *testing.T) {
	h := NewHost(nil, func(string) bool { return false })
	f := &ast.File{Name: "x"}
	if why := h.RunLines(f, "# text\ncreate s hash:ip comment\nadd s 1.1.1.1 comment \"a b\"\nadd s 1.1.1.1 -exist\nadd s 1.1.1.1\nCOMMIT\n", 7, false, false); why != nil {
		t.Fatal(why.Summary)
	}
	why := h.RunLines(f, "add s 1.1.1.2\nadd s 1.1.1.1\nadd s 1.1.1.3\n", 7, false, false)
	if why == nil || why.Code != diag.IPSetRefused || why.Range.Start.Line != 8 {
		t.Errorf("%+v", why)
	}
	if diff := cmp.Diff("1.1.1.1; 1.1.1.2", entriesOf(h.Settled()["s"])); diff != "" {
		t.Error(diff)
	}
}

// TestHostOwnSets holds that the sets that a host begins with stay as they are.
func TestHostOwnSets(t *testing.T) {
	given := Collection{}
	given.ParseFile("x", "create s hash:ip\nadd s 1.1.1.1\ncreate t hash:ip")
	h := NewHost(given, func(string) bool { return false })
	for _, line := range []string{"add s 1.1.1.2", "del s 1.1.1.1", "swap s t", "destroy s"} {
		var words []ast.Word
		for _, w := range strings.Fields(line) {
			words = append(words, ast.Word{Text: w})
		}
		if why := h.Run(&ast.File{}, words); why != nil {
			t.Fatal(why.Summary)
		}
	}
	if got := entriesOf(given["s"]) + "|" + entriesOf(given["t"]) + "|" + entriesOf(h.Settled()["t"]); got != "1.1.1.1||1.1.1.2" {
		t.Error(got)
	}
}

// FuzzHost holds that no command makes a host panic, and that the commands that it did
// make the same sets once more unless one was an error.
func FuzzHost(f *testing.F) {
	for _, seed := range []string{
		"create s hash:ip\nadd s 1.1.1.1-1.1.1.9\ndel s 1.1.1.2\ntest s 1.1.1.3", "create s hash:net\nadd s 10.0.0.0/8 nomatch\ncreate t hash:net\nswap s t\nrename s u\ndestroy t",
		"create l list:set\ncreate s bitmap:port range 1-9\nadd l s\nflush", "create s hash:ip,port timeout 5\nadd s 1.1.1.1,80-90 timeout 0 -exist\n-L s",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		h, failed := onHost(t, lines)
		if slices.ContainsFunc(failed, func(s string) bool { return !strings.HasSuffix(s, "RC1503") && !strings.HasSuffix(s, "RC1505") }) {
			return // the sets are not known
		}
		again := Collection{}
		again.ParseFile("done", h.Done())
		if diff := cmp.Diff(contents(h.Settled()), contents(again)); diff != "" && len(strings.Split(lines, "\n")) < maxErrors {
			t.Errorf("(-host +again):\n%s\n%s", diff, h.Done())
		}
	})
}

func contents(sets Collection) (out []string) {
	for name, s := range sets {
		out = append(out, name+" "+s.Type.Name+": "+entriesOf(s))
	}
	slices.Sort(out)
	return out
}
