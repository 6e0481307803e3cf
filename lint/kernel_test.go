package lint_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/xtrecent"
	"github.com/recentc/recentc/lint"
)

// claim is what a check says that packets do, shown on the kernel's xt_recent.
type claim struct {
	name string
	// code is what lint must find in the rules, "" where it must find nothing of
	// what the claims before it showed.
	code diag.Code
	// rules are those of the filter table, rules6 those of ip6tables.
	rules, rules6 string
	// policy is that of INPUT, "" for ACCEPT.
	policy string
	// before is done in the namespace before the packets, after behind them.
	before, after func(t *testing.T, ns *lab.Namespace)
	// trace are the packets, want their verdicts in order: A accepted, D dropped.
	trace lab.Trace
	want  string
}

// to is a TCP SYN to a port, from the lab's peer.
func to(port uint16) lab.Packet { return lab.Packet{Proto: lab.TCP, DPort: port} }

// from gives the packet another source.
func from(a string, p lab.Packet) lab.Packet { p.Src = netip.MustParseAddr(a); return p }

// ttl gives the packet another TTL.
func ttl(n uint8, p lab.Packet) lab.Packet { p.TTL = n; return p }

// burst sends all packets in one tick each, one after the other.
func burst(packets ...lab.Packet) lab.Trace { return lab.Trace{packets} }

func times(n int, p lab.Packet) (out []lab.Packet) {
	for range n {
		out = append(out, p)
	}
	return out
}

// every sends a packet in each of n ticks of 130 ms.
func every(n int, p lab.Packet) lab.Trace {
	var t lab.Trace
	for range n {
		t = append(t, []lab.Packet{p})
	}
	return t
}

// after sends packets in one tick, and others so many ticks later.
func after(first []lab.Packet, ticks int, then ...lab.Packet) lab.Trace {
	t := make(lab.Trace, ticks+1)
	t[0], t[ticks] = first, then
	return t
}

func others(n int) (out []lab.Packet) {
	for i := range n {
		out = append(out, from(fmt.Sprintf("10.9.1.%d", i+1), to(22)))
	}
	return out
}

const (
	ssh       = "-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent "
	sshLimit  = ssh + "--update --seconds 60 --hitcount 4 --name ssh -j DROP\n"
	sshSet    = ssh + "--set --name ssh\n"
	banned    = "-A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\n"
	neverFull = "-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --name empty -j DROP\n"
	knock     = "-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 30 --name k2 -j ACCEPT\n"
)

var claims = []claim{
	{name: "a list that nobody fills stops nothing", code: "RC2001", rules: neverFull, trace: burst(times(3, to(22))...), want: "AAA"},
	{name: "one list for two services", code: "RC2003",
		rules: "-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 -j DROP\n-A INPUT -p tcp --dport 22 -m recent --set -j ACCEPT\n" +
			"-A INPUT -p tcp --dport 25 -m recent --update --seconds 10 --hitcount 20 -j DROP\n-A INPUT -p tcp --dport 25 -m recent --set -j ACCEPT\n",
		trace: burst(append(times(4, to(25)), to(22))...), want: "AAAAD"},
	{name: "the first mask counts", code: "RC2004", rules: sshLimit + ssh + "--set --name ssh --mask 255.255.255.0\n",
		trace: burst(append(times(4, from("10.9.1.1", to(22))), from("10.9.1.2", to(22)), from("10.9.1.1", to(22)))...), want: "AAAAAD"},
	{name: "--mask 24 counts strangers together", code: "RC2005",
		rules: strings.ReplaceAll(sshLimit+sshSet, "--name ssh", "--name ssh --mask 24"),
		trace: burst(append(times(4, from("10.9.1.1", to(22))), from("192.0.2.2", to(22)), from("192.0.2.8", to(22)))...), want: "AAAADA"},
	{name: "a written IPv4 mask cuts IPv6 addresses to 32 bits", code: "RC2006",
		rules: strings.ReplaceAll(sshLimit+sshSet, "--name ssh", "--name ssh --mask 255.255.255.255"), rules6: sshLimit + sshSet,
		trace: burst(append(times(4, from("2001:db8:1::1", to(22))), from("2001:db8:ffff::2", to(22)), from("2001:db9::3", to(22)))...), want: "AAAADA"},
	{name: "names are cut at 199 bytes", code: "RC2007",
		rules: ssh + "--rcheck --name " + strings.Repeat("a", 199) + "1 -j DROP\n-A INPUT -p tcp --dport 23 -m recent --set --name " + strings.Repeat("a", 199) + "2\n",
		trace: burst(to(23), to(22)), want: "AD"},
	{name: "recent before --dport records every port", code: "RC2010",
		rules: "-A INPUT -p tcp -m recent --update --seconds 60 --hitcount 4 --name ssh --dport 22 -j DROP\n-A INPUT -p tcp -m recent --set --name ssh --dport 22 -j ACCEPT\n",
		trace: burst(append(times(4, to(80)), to(22))...), want: "AAAAD"},
	{name: "without NEW the packets of one connection count", code: "RC2011",
		rules: "-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m recent --set --name ssh\n",
		trace: burst(times(5, lab.Packet{Proto: lab.TCP, DPort: 22, Flags: lab.ACK})...), want: "AAAAD"},
	{name: "an ACCEPT in front bypasses the limit", code: "RC2013", rules: "-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT\n" + sshLimit + sshSet,
		trace: burst(times(9, to(22))...), want: "AAAAAAAAA"},
	{name: "an earlier rule decides", code: "RC2014", rules: "-A INPUT -p tcp -j ACCEPT\n-A INPUT -p tcp --dport 25 -j DROP\n", trace: burst(to(25)), want: "A"},
	{name: "rules of a chain that nobody calls", code: "RC2015", rules: ":X - [0:0]\n-A X -p tcp -j DROP\n", trace: burst(to(22)), want: "A"},
	{name: "an empty chain", code: "RC2016", rules: ":X - [0:0]\n-A INPUT -p tcp -j X\n", trace: burst(to(22)), want: "A"},
	{name: "--update prolongs a ban", code: "", rules: "-A INPUT -p tcp --dport 22 -m recent --update --seconds 1 --name bad -j DROP\n" + banned,
		trace: append(burst(to(139)), every(16, to(22))...), want: "D" + strings.Repeat("D", 16)},
	{name: "--rcheck does not", code: "", rules: "-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 1 --name bad -j DROP\n" + banned,
		trace: append(burst(to(139)), every(16, to(22))...), want: "D" + strings.Repeat("D", 7) + strings.Repeat("A", 9)},
	{name: "a rule that only logs stamps too", code: "RC2021",
		rules: sshSet + strings.ReplaceAll(sshLimit, "-j DROP", "-j LOG") + sshLimit, trace: burst(times(4, to(22))...), want: "AAAD", after: stamps("ssh", 6)},
	{name: "with --rcheck in it, it does not", code: "",
		rules: sshSet + strings.NewReplacer("-j DROP", "-j LOG", "--update", "--rcheck").Replace(sshLimit) + sshLimit, trace: burst(times(4, to(22))...), want: "AAAD", after: stamps("ssh", 5)},
	{name: "--rcheck lets through again and again", code: "RC2022",
		rules: ssh + "--rcheck --seconds 1 --hitcount 2 --name ssh -j DROP\n" + sshSet, trace: every(18, to(22)), want: "AADDDDDDAADDDDDDAA"},
	{name: "--update does not", code: "",
		rules: ssh + "--update --seconds 1 --hitcount 2 --name ssh -j DROP\n" + sshSet, trace: every(18, to(22)), want: "AA" + strings.Repeat("D", 16)},
	{name: "set then update passes one fewer", code: "RC2023", rules: sshSet + sshLimit, trace: burst(times(6, to(22))...), want: "AAADDD"},
	{name: "set twice then update", code: "RC2023", rules: sshSet + sshSet + sshLimit, trace: burst(times(3, to(22))...), want: "ADD"},
	{name: "update then set passes as many", code: "", rules: sshLimit + sshSet, trace: burst(times(6, to(22))...), want: "AAAADD"},
	{name: "a check without hitcount behind set", code: "RC2024", rules: sshSet + ssh + "--update --seconds 60 --name ssh -j DROP\n", trace: burst(to(22)), want: "D"},
	{name: "hitcount without seconds never ends", code: "RC2026", rules: ssh + "--rcheck --hitcount 2 --name ssh -j DROP\n" + sshSet,
		trace: after(times(2, to(22)), 20, to(22)), want: "AAD"},
	{name: "with --seconds it does", code: "", rules: ssh + "--rcheck --seconds 1 --hitcount 2 --name ssh -j DROP\n" + sshSet,
		trace: after(times(2, to(22)), 20, to(22)), want: "AAA"},
	{name: "--remove before --set keeps the count at one", code: "RC2029", rules: sshLimit + ssh + "--remove --name ssh\n" + sshSet,
		trace: burst(times(9, to(22))...), want: "AAAAAAAAA"},
	{name: "a check behind --remove never opens", code: "RC2030", policy: "DROP",
		rules: "-A INPUT -p tcp -m recent --remove --name k2\n" + knock + "-A INPUT -p tcp --dport 7000 -m recent --set --name k2 -j DROP\n",
		trace: burst(to(7000), to(22)), want: "DD"},
	{name: "100 other addresses push one out", code: "RC2040", rules: ssh + "--rcheck --seconds 60 --name ssh -j DROP\n" + sshSet,
		trace: burst(append(append(times(2, to(22)), others(100)...), to(22))...), want: "AD" + strings.Repeat("A", 101)},
	{name: "99 do not", code: "", rules: ssh + "--rcheck --seconds 60 --name ssh -j DROP\n" + sshSet,
		trace: burst(append(append(times(2, to(22)), others(99)...), to(22))...), want: "AD" + strings.Repeat("A", 99) + "D"},
	{name: "one packet bans its source address", code: "RC2041", rules: "-A INPUT -m recent --rcheck --seconds 60 --name bad -j DROP\n-A INPUT -p udp --dport 137 -m recent --set --name bad -j DROP\n",
		trace: burst(from("10.9.1.1", to(22)), from("10.9.1.1", lab.Packet{DPort: 137}), from("10.9.1.1", to(22)), from("10.9.1.2", to(22))), want: "ADDA"},
	{name: "--rttl behind --set compares a packet with itself", code: "RC2042", rules: sshSet + strings.ReplaceAll(sshLimit, "--name", "--rttl --name"),
		trace: burst(ttl(64, to(22)), ttl(63, to(22)), ttl(62, to(22)), ttl(61, to(22))), want: "AAAD"},
	{name: "a sender who varies his TTL escapes --rttl", code: "RC2043", rules: strings.ReplaceAll(sshLimit, "--name", "--rttl --name") + sshSet,
		trace: burst(ttl(64, to(22)), ttl(63, to(22)), ttl(64, to(22)), ttl(63, to(22)), ttl(64, to(22)), ttl(63, to(22)), ttl(63, to(22))), want: "AAAAAAD"},
	{name: "addresses from /proc match every TTL", code: "RC2044", rules: "-A INPUT -m recent --rcheck --seconds 60 --rttl --name f2b-x -j DROP\n", before: write("f2b-x", "+10.9.1.1"),
		trace: burst(ttl(64, from("10.9.1.1", to(22))), ttl(9, from("10.9.1.1", to(22))), from("10.9.1.2", to(22))), want: "DDA"},
	{name: "--reap takes away what another rule needs", code: "RC2045",
		rules: "-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 1 --hitcount 3 --reap --name bad -j DROP\n-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 60 --name bad -j DROP\n" + banned,
		trace: after([]lab.Packet{to(139)}, 10, to(22)), want: "DA"},
	{name: "--reap removes one address of a listed sender", code: "RC2046",
		rules: "-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 1 --reap --name bad -j DROP\n" + banned,
		trace: after([]lab.Packet{from("10.9.1.1", to(139)), from("10.9.1.2", to(139)), from("10.9.1.3", to(139))}, 10, from("10.9.1.9", to(22)), from("10.9.1.3", to(22))), want: "DDDAA", after: entries("bad", 2)},
	{name: "! --set records and does not match", code: "RC2047", rules: "-A INPUT -p tcp --dport 22 -m recent ! --set --name bad -j DROP\n-A INPUT -p tcp --dport 25 -m recent --rcheck --name bad -j DROP\n",
		trace: burst(to(22), to(25)), want: "AD", after: entries("bad", 1)},
	{name: "! --update matches strangers and does not record them", code: "RC2048",
		rules: "-A INPUT -p tcp --dport 22 -m recent ! --update --seconds 60 --name k2 -j DROP\n-A INPUT -p tcp --dport 7000 -m recent --set --name k2 -j DROP\n",
		trace: burst(times(3, to(22))...), want: "DDD", after: entries("k2", 0)},
	{name: "a scan knocks in order", code: "RC2050", policy: "DROP",
		rules: knock + "-A INPUT -p tcp --dport 8000 -m recent --rcheck --seconds 30 --name k1 -m recent --set --name k2 -j DROP\n-A INPUT -p tcp --dport 7000 -m recent --set --name k1 -j DROP\n",
		trace: burst(to(22), to(6999), to(7000), to(7001), to(7999), to(8000), to(8001), to(22)), want: "DDDDDDDA"},
	{name: "a --remove at wrong ports stops it", code: "", policy: "DROP",
		rules: knock + "-A INPUT -p tcp --dport 8000 -m recent --rcheck --seconds 30 --name k1 -m recent --set --name k2 -j DROP\n-A INPUT -p tcp -m recent --remove --name k1\n-A INPUT -p tcp --dport 7000 -m recent --set --name k1 -j DROP\n",
		trace: burst(to(22), to(6999), to(7000), to(7001), to(7999), to(8000), to(8001), to(22)), want: "DDDDDDDD"},
	{name: "any scan opens a single knock", code: "RC2050", policy: "DROP", rules: knock + "-A INPUT -p tcp --dport 7000 -m recent --set --name k2 -j DROP\n",
		trace: burst(to(8000), to(7000), to(6999), to(22)), want: "DDDA"},
	{name: "one packet takes two stages", code: "RC2051", policy: "DROP",
		rules: knock + "-A INPUT -p tcp --dport 7000 -m recent --set --name k1\n-A INPUT -p tcp --dport 7000 -m recent --rcheck --seconds 30 --name k1 -m recent --set --name k2\n",
		trace: burst(to(7000), to(22)), want: "DA"},
}

// TestClaims shows on the kernel what the findings say.
func TestClaims(t *testing.T) {
	lab.Require(t)
	for _, c := range claims {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

func (c *claim) check(t *testing.T) {
	four, six := c.table(c.rules), ""
	if c.rules6 != "" {
		six = c.table(c.rules6)
	}
	c.checkFindings(t, four, six)
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.Legacy("rules", four, six)}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if c.before != nil {
		c.before(t, l.Namespace("rules"))
	}
	r, err := l.RunOnTime(t.Context(), tries(c), c.trace)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, ok := range r.Accepted["rules"] {
		got += map[bool]string{true: "A", false: "D"}[ok]
	}
	if got != c.want {
		t.Errorf("the packets get %s, not %s", got, c.want)
	}
	if c.after != nil {
		c.after(t, l.Namespace("rules"))
	}
}

// tries is how often a trace may be repeated on a busy machine. What is done
// before it is lost with a repetition, but such a trace is of one tick, in which
// being late means nothing.
func tries(c *claim) int {
	if c.before != nil {
		return 1
	}
	return 8
}

func (c *claim) table(rules string) string {
	policy := c.policy
	if policy == "" {
		policy = "ACCEPT"
	}
	return "*filter\n:INPUT " + policy + " [0:0]\n" + rules + "COMMIT\n"
}

func (c *claim) checkFindings(t *testing.T, four, six string) {
	text := four
	if six != "" {
		text = commands("iptables ", c.rules) + commands("ip6tables ", c.rules6)
	}
	l := findings(t, text, lint.Options{})
	if c.code != "" && !has(l, c.code) {
		t.Errorf("lint does not find %s:\n%s", c.code, show(l))
	}
}

// commands turns rules into command lines.
func commands(program, rules string) string {
	out := ""
	for _, line := range strings.Split(strings.TrimSpace(rules), "\n") {
		out += program + line + "\n"
	}
	return out
}

// write does what a program does that fills a list.
func write(list, command string) func(*testing.T, *lab.Namespace) {
	return func(t *testing.T, ns *lab.Namespace) {
		err := ns.Do(func() error {
			return os.WriteFile("/proc/thread-self/net/xt_recent/"+list, []byte(command+"\n"), 0)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func procList(t *testing.T, ns *lab.Namespace, list string) []string {
	text, err := ns.Run("", "cat", "/proc/net/xt_recent/"+list)
	if err != nil {
		t.Fatal(err)
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}

// entries holds how many addresses a list has.
func entries(list string, want int) func(*testing.T, *lab.Namespace) {
	return func(t *testing.T, ns *lab.Namespace) {
		if got := procList(t, ns, list); len(got) != want {
			t.Errorf("list %s has %d addresses, not %d: %q", list, len(got), want, got)
		}
	}
}

// stamps holds how many stamps the only address of a list has.
func stamps(list string, want int) func(*testing.T, *lab.Namespace) {
	return func(t *testing.T, ns *lab.Namespace) {
		lines := procList(t, ns, list)
		if len(lines) != 1 || strings.Count(lines[0], ",")+1 != want {
			t.Errorf("list %s has not one address with %d stamps: %q", list, want, lines)
		}
	}
}

// TestWrapAgainstKernel holds the window that RC2027 names, where the kernel's
// clock has 250 ticks a second.
func TestWrapAgainstKernel(t *testing.T) {
	lab.Require(t)
	const rules = "-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 17179870 --name bad -j DROP\n" + banned
	l := findings(t, "*filter\n"+rules+"COMMIT\n", lint.Options{HZ: []uint32{250}})
	if !has(l, "RC2027") || !strings.Contains(show(l), "a window of 0.8 s where HZ is 250") {
		t.Error(show(l))
	}
	clock, err := xtrecent.ReadClock(nil)
	if err != nil {
		t.Fatal(err)
	}
	if clock.HZ != 250 {
		t.Skipf("the kernel's clock has %d ticks a second", clock.HZ)
	}
	c := claim{rules: rules, trace: append(after([]lab.Packet{to(139)}, 5, to(22)), nil, nil, []lab.Packet{to(22)}), want: "DDA"}
	c.check(t)
}

// TestBanCutsConnection shows RC2012: with the ban in front, one packet with the
// client's address cuts the connection that it has; behind the ACCEPT it does not.
func TestBanCutsConnection(t *testing.T) {
	lab.Require(t)
	const (
		ban         = "-A INPUT -m recent --update --seconds 60 --name bad -j DROP\n"
		established = "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
		record      = "-A INPUT -p udp --dport 137 -m recent --set --name bad -j DROP\n"
	)
	for _, c := range []struct {
		rules string
		found bool
	}{{ban + established + record, true}, {established + ban + record, false}} {
		text := "*filter\n" + c.rules + "COMMIT\n"
		if l := findings(t, text, lint.Options{}); has(l, "RC2012") != c.found {
			t.Errorf("RC2012 found: %v\n%s", !c.found, show(l))
		}
		if cut := cutByForgery(t, text); cut != c.found {
			t.Errorf("the connection is cut: %v\n%s", cut, c.rules)
		}
	}
}

// cutByForgery opens a connection to itself in a namespace with the rules, sends a
// packet from the same address to port 137, and tells whether the connection is
// dead then.
func cutByForgery(t *testing.T, rules string) (cut bool) {
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		if _, err := ns.Run(rules, "iptables-legacy-restore", "-w", "30"); err != nil {
			return err
		}
		return ns.Do(func() error {
			client, server, err := connected()
			if err != nil {
				return err
			}
			defer client.Close()
			defer server.Close()
			if echoed(client, server) != nil {
				return fmt.Errorf("the connection does not work before")
			}
			forged, err := net.Dial("udp", "127.0.0.1:137")
			if err != nil {
				return err
			}
			defer forged.Close()
			if _, err := forged.Write([]byte("x")); err != nil {
				return err
			}
			cut = echoed(client, server) != nil
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return cut
}

func connected() (client, server net.Conn, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if client, err = net.DialTimeout("tcp", l.Addr().String(), 5*time.Second); err != nil {
		return nil, nil, err
	}
	server, err = l.Accept()
	return client, server, err
}

// echoed sends a byte from one end to the other.
func echoed(client, server net.Conn) error {
	if _, err := client.Write([]byte("x")); err != nil {
		return err
	}
	if err := server.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return err
	}
	_, err := io.ReadFull(server, make([]byte, 1))
	return err
}

// TestOldPathIsGone shows RC2060: what is written to the old path fills no list.
func TestOldPathIsGone(t *testing.T) {
	lab.Require(t)
	if _, err := os.Stat("/proc/net/ipt_recent"); err == nil {
		t.Skip("this kernel still has the old path")
	}
	if l := findings(t, "iptables -A INPUT -m recent --rcheck --name bad -j DROP\necho +192.0.2.1 > /proc/net/ipt_recent/bad\n", lint.Options{}); !has(l, "RC2060") {
		t.Error(show(l))
	}
}
