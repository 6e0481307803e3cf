package model_test

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/model"
)

// programs compiles a file for each family; an empty text is none.
func programs(t testing.TB, rules4, rules6 string) []*compile.Program {
	t.Helper()
	var files []*ast.File
	for i, text := range []string{rules4, rules6} {
		if text == "" {
			continue
		}
		f, diags := grammar.ParseFile([]string{"rules.v4", "rules.v6"}[i], text)
		noErrors(t, diags)
		files = append(files, f)
	}
	ps, diags := compile.Compile(files, compile.Options{})
	noErrors(t, diags)
	return ps
}

// noErrors lets warnings pass: many rules here are meant to be odd.
func noErrors(t testing.TB, l diag.List) {
	t.Helper()
	for _, d := range l {
		if d.Severity == diag.Error {
			t.Errorf("%s:%s: %s\n%s", d.File, d.Range, d.Summary, d.Line)
		}
	}
	if l.HasErrors() {
		t.FailNow()
	}
}

// newMachine loads a file for each family.
func newMachine(t testing.TB, o model.Options, rules4, rules6 string) *model.Machine {
	t.Helper()
	m, err := model.New(programs(t, rules4, rules6), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// filter makes a file of lines for the filter table. A line that begins with ":" is a chain, any
// other the options of a rule in INPUT unless it names its chain.
func filter(lines ...string) string { return table("filter", lines...) }

func table(name string, lines ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%s\n", name)
	for _, l := range lines {
		switch {
		case strings.HasPrefix(l, ":"), strings.HasPrefix(l, "-A "):
		default:
			l = "-A INPUT " + l
		}
		b.WriteString(l + "\n")
	}
	return b.String() + "COMMIT\n"
}

// send plays a script on the machine and returns "+" for each packet that is accepted, "-" for each
// that is not. A script is words such as "a@1.5": a packet from address a, 1.5 s after the start.
// "a>b/63@2" is one to b with the TTL 63; "6a" is an IPv6 address. The words "a+@3" and "a-@3" stand
// for writing +a and -a to the list L.
func send(t testing.TB, m *model.Machine, path model.Path, script string) string {
	t.Helper()
	var out strings.Builder
	for _, word := range strings.Fields(script) {
		what, now := splitWord(t, word)
		if addr, written := writtenAddr(what); written {
			write(t, m, now, what, addr)
			continue
		}
		v, err := m.Step(now, path, parsePacket(t, what))
		if err != nil {
			t.Fatalf("%s: %v", word, err)
		}
		out.WriteByte("+-"[min(v.Outcome, 1)])
	}
	return out.String()
}

func splitWord(t testing.TB, word string) (what string, now time.Duration) {
	t.Helper()
	what, at, _ := strings.Cut(word, "@")
	s, err := strconv.ParseFloat(at, 64)
	if err != nil {
		t.Fatalf("%s: %v", word, err)
	}
	return what, time.Duration(s * float64(time.Second))
}

func writtenAddr(what string) (netip.Addr, bool) {
	name := strings.TrimRight(what, "+-")
	return addr(name), name != what
}

func write(t testing.TB, m *model.Machine, now time.Duration, what string, a netip.Addr) {
	t.Helper()
	var err error
	if strings.HasSuffix(what, "+") {
		err = m.AddAddr(now, "L", a)
	} else {
		err = m.DelAddr("L", a)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// parsePacket gives a UDP packet to port 7 on v0.
func parsePacket(t testing.TB, what string) model.Packet {
	t.Helper()
	p := model.Packet{Protocol: 17, SPort: 40000, DPort: 7, TTL: 64, Length: 36, In: "v0", Out: "v1"}
	what, ttl, hasTTL := strings.Cut(what, "/")
	if hasTTL {
		n, err := strconv.ParseUint(ttl, 10, 8)
		if err != nil {
			t.Fatal(err)
		}
		p.TTL = uint8(n)
	}
	src, dst, hasDst := strings.Cut(what, ">")
	if !hasDst {
		dst = map[bool]string{true: "6z", false: "z"}[strings.HasPrefix(src, "6")]
	}
	p.Src, p.Dst = addr(src), addr(dst)
	return p
}

// addr is an address by its letter: "a" is 192.0.2.1, "6b" is 2001:db8::2.
func addr(name string) netip.Addr {
	letter, six := strings.CutPrefix(name, "6")
	n := letter[0] - 'a' + 1
	if six {
		return netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", n))
	}
	return netip.AddrFrom4([4]byte{192, 0, 2, n})
}

// letters is the inverse of addr for a list's entries, in the order of eviction.
func letters(t testing.TB, m *model.Machine, list string) string {
	t.Helper()
	entries, err := m.Entries(list)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		raw := e.Addr.AsSlice()
		name := string(rune('a' + raw[len(raw)-1] - 1))
		if e.Addr.Is6() {
			name = "6" + name
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func sameAddr(a, b netip.Addr) bool { return a == b }
