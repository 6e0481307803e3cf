package display

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"SSH", "SSH"},
		{"größe 日本", "größe 日本"},
		{"a\x1b[31mb", `a\x1b[31mb`},
		{"a\nb\rc\td\x00\x7f", `a\nb\rc\td\x00\x7f`},
		{"\u009b2J", `\u009b2J`},
		{"\x9b2J", `\x9b2J`},
		{"a\u202eb\u2066c\u2069", `a\u202eb\u2066c\u2069`},
		{"a\u200bb\ufeffc\u034fd\U000e0041", `a\u200bb\ufeffc\u034fd\U000e0041`},
		{"a\u2028b\u2029c\u0085d", `a\u2028b\u2029c\u0085d`},
		{"\xff\xfe", `\xff\xfe`},
		{"\ufffd", "\ufffd"},
		{"::add-mask::x", `\x3a:add-mask::x`},
		{" \t::error file=x::y", ` \t\x3a:error file=x::y`},
		{"::1", "::1"},
		{"::dead:beef", "::dead:beef"},
		{"x ##[add-mask]y", `x ##\x5badd-mask]y`},
	} {
		if diff := cmp.Diff(c.want, Line(c.in)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, diff)
		}
	}
}

// TestMark holds that the mark stands below what it is about, also behind what is escaped.
func TestMark(t *testing.T) {
	in := "\x1b\t\xff--name a\u202e b"
	from := strings.LastIndex(in, "a")
	line, first, last := Mark(in, from, strings.Index(in, " b"))
	want := "\\x1b\t\\xff--name a\\u202e b"
	if line != want || line[first:last] != `a\u202e` {
		t.Errorf("got %q, marked %q", line, line[first:last])
	}
}

func TestFprintf(t *testing.T) {
	var b bytes.Buffer
	type name string
	Fprintf(&b, "\x1b[1m%s|%v|%q|%-6s|%d|%v\n", "a\nb", errors.New("x\x1by"), "q\x1b\"", name("\r"), 7, []string{"\u202e"})
	want := "\x1b[1ma\\nb|x\\x1by|\"q\\x1b\\\"\"|\\r    |7|[\\u202e]\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestJSON holds that a string means what it did.
func TestJSON(t *testing.T) {
	in := map[string]string{"x": "a\u202e\x7f\u009b\U000e0041<&>##[add-mask]\n\\u"}
	var b bytes.Buffer
	if err := JSON(&b, in, true); err != nil {
		t.Fatal(err)
	}
	if s := strings.ReplaceAll(b.String(), "\n", ""); !Visible(s) || strings.Contains(s, "##[") {
		t.Errorf("not visible: %q", s)
	}
	var out map[string]string
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var words = []string{"a", "", "a b", "it's", "$(id)", "`id`", "-rf", "~", "#x", "a;b", "a\nb", "\x1b[31m", "\xff", "ü", "\u202e", `\`, "!x", "::a::b", "##[x", "{a,b}", "=ls", "a=b", "*"}

// TestShell has a shell read each word back.
func TestShell(t *testing.T) {
	for _, w := range words {
		quoted := Shell(w)
		if !Visible(quoted) || Line(quoted) != quoted {
			t.Errorf("%q: %q is not visible", w, quoted)
		}
		got, err := exec.Command("bash", "-c", `f() { printf '%s' "$1"; }; f `+quoted).Output()
		if err != nil {
			t.Skipf("bash: %v", err)
		}
		if string(got) != w {
			t.Errorf("%q: %s gives %q", w, quoted, got)
		}
	}
	if got := ShellPath("-o x"); got != "'./-o x'" {
		t.Errorf("ShellPath gives %s", got)
	}
}

func FuzzLine(f *testing.F) {
	for _, w := range words {
		f.Add(w, 0, 1)
	}
	f.Fuzz(func(t *testing.T, s string, from, to int) {
		line := Line(s)
		if !Visible(line) || !utf8.ValidString(line) || strings.Contains(line, "##[") || commandStart(line) >= 0 {
			t.Errorf("%q is shown as %q", s, line)
		}
		if Line(line) != line {
			t.Errorf("%q is shown as %q, and that as %q", s, line, Line(line))
		}
		shown, first, last := Mark(s, max(0, from), max(0, from, to))
		if first > last || last > len(shown) {
			t.Errorf("%q: a mark from %d to %d of %d", s, first, last, len(shown))
		}
	})
}
