package ipset

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/diag"
)

// entriesOf lists a set's entries in the short form of this test.
func entriesOf(s *Set) string {
	var out []string
	for i := range s.Entries {
		e := &s.Entries[i]
		text := keyText(&e.Key, s.Type)
		if e.NoMatch {
			text += " nomatch"
		}
		if e.Timeout > 0 {
			text += fmt.Sprintf(" timeout %d", e.Timeout)
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// keyText writes an entry without its options.
func keyText(k *Key, t *Type) string {
	var parts []string
	nets := 0
	for _, f := range t.Fields {
		switch f {
		case IP, Net:
			n := k.Nets[nets]
			nets++
			if n.IsSingleIP() {
				parts = append(parts, n.Addr().String())
			} else {
				parts = append(parts, n.String())
			}
		case Port:
			parts = append(parts, fmt.Sprintf("%d:%d", k.Protocol, k.Port))
		case BarePort:
			parts = append(parts, fmt.Sprint(k.Port))
		case MAC:
			parts = append(parts, fmt.Sprintf("%x", k.MAC))
		case Mark:
			parts = append(parts, fmt.Sprintf("%#x", k.Mark))
		case Iface:
			parts = append(parts, k.Iface)
		case Member:
			parts = append(parts, k.Member)
		}
	}
	return strings.Join(parts, ",")
}

// TestEntries holds what lines make of a set s.
func TestEntries(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"range of addresses", "create s hash:ip\nadd s 10.0.0.1-10.0.0.3", "10.0.0.1; 10.0.0.2; 10.0.0.3"},
		{"net in hash:ip", "create s hash:ip\nadd s 10.0.0.1/31", "10.0.0.0; 10.0.0.1"},
		{"netmask", "create s hash:ip netmask 24\nadd s 10.0.0.9\nadd s 10.0.1.0/23", "10.0.0.0; 10.0.1.0"},
		{"range of nets", "create s hash:net\nadd s 10.0.0.1-10.0.0.6", "10.0.0.1; 10.0.0.2/31; 10.0.0.4/31; 10.0.0.6"},
		{"last address", "create s hash:net\nadd s 255.255.255.254-255.255.255.255", "255.255.255.254/31"},
		{"ports", "create s hash:ip,port\nadd s 1.1.1.1,80\nadd s 1.1.1.1,udp:5-6\nadd s 1.1.1.1,icmp:ping\nadd s 1.1.1.1,gre:0\nadd s 1.1.1.1,ssh",
			"1.1.1.1,6:80; 1.1.1.1,17:5; 1.1.1.1,17:6; 1.1.1.1,1:2048; 1.1.1.1,47:0; 1.1.1.1,6:22"},
		{"icmpv6", "create s hash:ip,port family inet6\nadd s ::1,icmpv6:echo-request\nadd s ::1,ipv6-icmp:1/4", "::1,58:32768; ::1,58:260"},
		{"family behind", "create s hash:net hashsize 64 family inet6\nadd s 2001:db8::1/32", "2001:db8::/32"},
		{"every pair", "create s hash:ip,port,net\nadd s 1.1.1.1-1.1.1.2,1-2,10.0.0.0/8",
			"1.1.1.1,6:1,10.0.0.0/8; 1.1.1.1,6:2,10.0.0.0/8; 1.1.1.2,6:1,10.0.0.0/8; 1.1.1.2,6:2,10.0.0.0/8"},
		{"markmask", "create s hash:ip,mark markmask 0x0f\nadd s 1.1.1.1,0x12", "1.1.1.1,0x2"},
		{"timeouts", "create s hash:ip timeout 5\nadd s 1.1.1.1\nadd s 1.1.1.2 timeout 0\nadd s 1.1.1.3 timeout 7", "1.1.1.1 timeout 5; 1.1.1.2; 1.1.1.3 timeout 7"},
		{"the last one counts", "create s hash:net\nadd s 10.0.0.0/8\nadd s 10.0.0.0/8 nomatch -exist", "10.0.0.0/8 nomatch"},
		{"one MAC for an address", "create s bitmap:ip,mac range 10.0.0.0/24\nadd s 10.0.0.1,00:00:00:00:00:01\nadd s 10.0.0.1,00:00:00:00:00:02", "10.0.0.1,000000000002"},
		{"bitmap of ports", "create s bitmap:port range 1-100\nadd s 5-7\ndel s 6", "5; 7"},
		{"del of a range", "create s hash:ip\nadd s 10.0.0.0/30\ndel s 10.0.0.1-10.0.0.2", "10.0.0.0; 10.0.0.3"},
		{"swap", "create s hash:ip\ncreate t hash:ip\nadd t 1.1.1.1\nswap s t", "1.1.1.1"},
		{"rename", "create t hash:ip\nadd t 1.1.1.1\nrename t s", "1.1.1.1"},
		{"flush", "create s hash:ip\nadd s 1.1.1.1\nflush s\nadd s 1.1.1.2", "1.1.1.2"},
		{"old words", "-N s iphash --hashsize 64\n-A s 1.1.1.1\nipset -! add s 1.1.1.2\nnew t ipmap --network 10.0.0.0/24\nCOMMIT", "1.1.1.1; 1.1.1.2"},
		{"bounds of old", "-N s ipmap --from 10.0.0.0 --to 10.0.0.9\n-A s 10.0.0.9", "10.0.0.9"},
		{"created twice", "create s hash:ip\nadd s 1.1.1.1\ncreate s hash:ip -exist", "1.1.1.1"},
		{"order of a list", "create a hash:ip\ncreate b hash:ip\ncreate c hash:ip\ncreate s list:set\nadd s a\nadd s b before a\nadd s c after b", "b; c; a"},
		{"comments and blanks", "# text\n\n  create s hash:ip comment\r\nadd s 1.1.1.1 comment \"a # b\"", "1.1.1.1"},
	} {
		sets := Collection{}
		if l := sets.ParseFile("x", c.lines); len(l) > 0 {
			t.Errorf("%s: %v", c.name, l[0].Summary)
			continue
		}
		if diff := cmp.Diff(c.want, entriesOf(sets["s"])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestSeveralFiles holds that a file goes on where the one in front of it ended.
func TestSeveralFiles(t *testing.T) {
	sets := Collection{}
	for _, text := range []string{"create s hash:ip\nadd s 1.1.1.1\nadd s 1.1.1.2\ndel s 1.1.1.1", "add s 1.1.1.3\nadd s 1.1.1.2\ncreate t list:set\nadd t s"} {
		if l := sets.ParseFile("x", text); len(l) > 0 {
			t.Fatal(l[0].Summary)
		}
	}
	if diff := cmp.Diff("1.1.1.2; 1.1.1.3", entriesOf(sets["s"])); diff != "" {
		t.Error(diff)
	}
}

// TestLookup holds which entry decides about an address.
func TestLookup(t *testing.T) {
	sets := Collection{}
	if l := sets.ParseFile("x", "create n hash:net\nadd n 10.0.0.0/8\nadd n 10.1.0.0/16 nomatch\nadd n 10.1.2.3\ncreate m hash:ip netmask 24\nadd m 10.0.0.5\ncreate p hash:ip,port"); len(l) > 0 {
		t.Fatal(l[0].Summary)
	}
	if NewLookup(sets["p"]) != nil {
		t.Error("a set with ports has a lookup by address")
	}
	for _, c := range []struct{ set, addr, want string }{
		{"n", "10.9.9.9", "10.0.0.0/8"}, {"n", "10.1.9.9", "10.1.0.0/16"}, {"n", "10.1.2.3", "10.1.2.3/32"}, {"n", "11.0.0.0", ""}, {"n", "::1", ""},
		{"m", "10.0.0.77", "10.0.0.0/32"}, {"m", "10.0.1.5", ""},
	} {
		got := ""
		if e := NewLookup(sets[c.set]).Find(netip.MustParseAddr(c.addr)); e != nil {
			got = e.Nets[0].String()
		}
		if got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.addr, c.set, got, c.want)
		}
	}
}

// TestRefused holds the code and the place of what ipset does not take.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		lines  string
		code   diag.Code
		line   uint32
		column uint32
	}{
		{"create s hash:ip\nadd s 1.1.1.1,80", diag.IPSetValue, 2, 7},
		{"create s hash:ip,port\nadd s 1.1.1.1,tcp:99999", diag.IPSetValue, 2, 15},
		{"create s hash:ip,port\nadd s 1.1.1.1,gre:5", diag.IPSetValue, 2, 15},
		{"create s hash:ip,port\nadd s 1.1.1.1,icmpv6:1/0", diag.IPSetValue, 2, 15},
		{"create s hash:net\nadd s 0.0.0.0/0", diag.IPSetValue, 2, 7},
		{"create s hash:ip\nadd s 1.1.1.1 nomatch", diag.IPSetValue, 2, 7},
		{"create s hash:ip maxelem 2\nadd s 10.0.0.0/24", diag.IPSetValue, 2, 7},
		{"create s hash:ip\nadd s 0.0.0.0/1", diag.IPSetTooMuch, 2, 7},
		{"create s hash:ip\nadd s www.example.org", diag.HostName, 2, 7},
		{"create s hash:ip\nadd s 1.1.1.1 comment \"open", diag.OpenQuote, 2, 23},
		{"create s bitmap:ip\n", diag.IPSetValue, 1, 1},
		{"create s bitmap:ip range 10.0.0.0/24\nadd s 10.0.1.0", diag.IPSetValue, 2, 7},
		{"create s hash:ip netmask 33", diag.IPSetValue, 1, 26},
		{"create s hash:net netmask 24", diag.IPSetValue, 1, 19},
		{"create s hash:mac\nadd s 00:00:00:00:00:00", diag.IPSetValue, 2, 7},
		{"create s hash:ip timeout 9999999", diag.IPSetValue, 1, 26},
		{"create s hash:ip\ncreate s hash:net", diag.IPSetValue, 2, 8},
		{"create s list:set\nadd s t", diag.IPSetUnknown, 2, 7},
		{"add s 1.1.1.1", diag.IPSetUnknown, 1, 5},
		{"create s hash:ip\ndel s 1.1.1.1", diag.IPSetValue, 2, 7},
		{"create s hash:ip frobnicate 3", diag.IPSetSyntax, 1, 18},
		{"test s 1.1.1.1", diag.IPSetSyntax, 1, 1},
		{"*filter", diag.IPSetSyntax, 1, 1},
		{"create s hash:ip\nadd s", diag.IPSetSyntax, 2, 1},
		{"a\x00b", diag.NotText, 1, 1},
	} {
		l := Collection{}.ParseFile("x", c.lines)
		if len(l) == 0 {
			t.Errorf("%q is taken", c.lines)
			continue
		}
		if d := l[0]; d.Code != c.code || d.Range.Start.Line != c.line || d.Range.Start.Column != c.column {
			t.Errorf("%q: %s at %v: %s", c.lines, d.Code, d.Range, d.Summary)
		}
	}
}

// FuzzParse holds that no text makes the parser panic or a set hold more than it
// takes.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("../testdata/golden/*/sets.ipset")
	for _, name := range files {
		if text, err := os.ReadFile(name); err == nil {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		sets := Collection{}
		if l := sets.ParseFile("x", text); l.HasErrors() {
			return
		}
		for name, s := range sets {
			if s.Name != name || len(s.Entries) > int(s.MaxElem) {
				t.Errorf("set %q under the name %q with %d of %d entries", s.Name, name, len(s.Entries), s.MaxElem)
			}
		}
	})
}
