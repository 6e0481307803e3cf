package live_test

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/live"
)

// The flood goes to two ports. Every firewall here refuses one and accepts the other, each
// by rules or policies of its own, so that no packet of the first may come through and none
// of the second may be lost, whichever of them is loaded just then.
const (
	refused  = 9999
	accepted = 55
)

// watch counts at both ends of the way past the rules.
const watch = `table ip watch {
	chain before { type filter hook prerouting priority -500; udp dport 55 counter; udp dport 9999 counter; }
	chain behind { type filter hook input priority 500; udp dport 55 counter; udp dport 9999 counter; }
}
`

// gapLoads is how many loads each way gets: few in CI, more where RECENTC_GAP_LOADS says so.
func gapLoads() int {
	if n, err := strconv.Atoi(os.Getenv("RECENTC_GAP_LOADS")); err == nil {
		return n
	}
	return 6
}

// gapTime bounds each way where nobody asked for a number of loads: a busy machine is slow.
func gapTime() time.Duration {
	if os.Getenv("RECENTC_GAP_LOADS") != "" {
		return time.Hour
	}
	return 8 * time.Second
}

// firewalls are tables that differ in what the kernel does one by one: policies, hooks,
// priorities, chains that come and go.
var firewalls = map[string]string{
	"drop": "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n-A INPUT -m recent --rcheck --seconds 60 --name BANNED -j DROP\n-A INPUT -p udp --dport 55 -j ACCEPT\nCOMMIT\n",
	"drop, other rules": "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:U - [0:0]\n-A INPUT -m recent --rcheck --seconds 60 --name BANNED -j DROP\n" +
		"-A INPUT -p udp --dport 54 -j ACCEPT\n-A INPUT -p udp -j U\n-A U -p udp --dport 55 -j ACCEPT\nCOMMIT\n",
	"accept": "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n-A INPUT -p udp --dport 9999 -j DROP\nCOMMIT\n",
	"return": "*filter\n:INPUT DROP [0:0]\n:U - [0:0]\n-A INPUT -p udp --dport 9999 -j RETURN\n-A INPUT -p udp --dport 55 -j ACCEPT\n-A INPUT -p tcp -g U\n-A U -p tcp --dport 22 -j ACCEPT\nCOMMIT\n",
	"goto":   "*filter\n:INPUT DROP [0:0]\n:U - [0:0]\n-A INPUT -g U\n-A U -p udp --dport 55 -j ACCEPT\nCOMMIT\n",
	"raw":    "*raw\n:PREROUTING DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -p udp --dport 55 -j ACCEPT\nCOMMIT\n",
	"mangle": "*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT DROP [0:0]\n-A PREROUTING -p udp --dport 9999 -j DROP\n-A INPUT -p udp --dport 55 -j ACCEPT\nCOMMIT\n",
	"nat": "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 1 -j REDIRECT --to-ports 2\nCOMMIT\n" +
		"*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp --dport 55 -j ACCEPT\nCOMMIT\n",
	"a chain in the way": "*filter\n:INPUT DROP [0:0]\n:raw_PREROUTING - [0:0]\n-A INPUT -j raw_PREROUTING\n-A raw_PREROUTING -p udp --dport 55 -j ACCEPT\nCOMMIT\n",
}

// first is the text of a translation as version 0.1 wrote it, which relies on the policy.
func first(tables []nft.Table) (script string) {
	for _, t := range tables {
		script += "table " + t.Family + " " + t.Name + " {\n\tcomment \"" + nft.TableComment + "\"\n"
		for _, s := range t.Sets {
			script += s.Text
		}
		script += policyLine.ReplaceAllString(t.Chains, "") + "}\n"
	}
	return script
}

var policyLine = regexp.MustCompile(`(?m)^\t\tcounter drop comment "policy .*\n`)

// flood sends until stop is called, which tells how much was sent, let in and lost.
func flood(ns *lab.Namespace) (stop func() (packets, letIn, lost int, err error), err error) {
	if _, err := ns.Run(watch, "nft", "-f", "-"); err != nil {
		return nil, err
	}
	var senders, sinks []net.Conn
	for _, port := range []int{refused, accepted} {
		sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			return nil, err
		}
		sender, err := net.DialUDP("udp4", nil, sink.LocalAddr().(*net.UDPAddr))
		if err != nil {
			return nil, err
		}
		senders, sinks = append(senders, sender), append(sinks, sink)
	}
	end := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		// One thread leaves a processor to nft even where there are two.
		runtime.LockOSThread()
		for {
			select {
			case <-end:
				return
			default:
			}
			for range 64 {
				for _, s := range senders {
					s.Write([]byte("flood"))
				}
			}
		}
	})
	return func() (packets, letIn, lost int, err error) {
		close(end)
		wg.Wait()
		time.Sleep(50 * time.Millisecond)
		for _, c := range append(senders, sinks...) {
			c.Close()
		}
		before, err := counted(ns, "before")
		if err != nil {
			return 0, 0, 0, err
		}
		behind, err := counted(ns, "behind")
		if err == nil && (before[0] < 1000 || before[1] < 1000) {
			err = fmt.Errorf("only %v packets were sent", before)
		}
		return before[0] + before[1], behind[1], before[0] - behind[0], err
	}, nil
}

var packetCount = regexp.MustCompile(`counter packets (\d+)`)

func counted(ns *lab.Namespace, chain string) (out [2]int, err error) {
	text, err := ns.Run("", "nft", "list", "chain", "ip", "watch", chain)
	for i, m := range packetCount.FindAllStringSubmatch(text, 2) {
		out[i], _ = strconv.Atoi(m[1])
	}
	return out, err
}

// script is a translation's text.
func scriptOf(t *testing.T, text string) (string, []nft.Table) {
	t.Helper()
	f, diags := grammar.ParseFile("rules.v4", text)
	programs, more := compile.Compile([]*ast.File{f}, compile.Options{})
	out, last := nft.Translate(programs, nft.Options{})
	if diags.HasErrors() || more.HasErrors() || last.HasErrors() {
		t.Fatal(diags, more, last)
	}
	return out.Text, out.Tables
}

// keep loads and keeps.
func keep(req live.Request) error {
	l, err := live.Load(req)
	if err != nil {
		return err
	}
	return l.Keep()
}

// TestGap loads firewalls in every way under a flood, and holds that none lets in what all
// refuse, and how much of what all accept is lost: nothing where recentc loads.
func TestGap(t *testing.T) {
	lab.Require(t)
	texts, all := map[string]string{}, map[string][]nft.Table{}
	for name, rules := range firewalls {
		texts[name], all[name] = scriptOf(t, rules)
	}
	many := strings.Builder{}
	many.WriteString("*filter\n:INPUT DROP [0:0]\n")
	for i := range 5000 {
		fmt.Fprintf(&many, ":U%d - [0:0]\n", i)
	}
	many.WriteString("-A INPUT -p udp --dport 55 -j ACCEPT\nCOMMIT\n")
	texts["5000 chains"], all["5000 chains"] = scriptOf(t, many.String())
	for _, c := range []struct {
		name string
		from string
		to   []string
		// each is done in turn with the firewalls.
		each func(ns *lab.Namespace, name string) error
		// mayLose tells that the kernel gives no way to lose nothing.
		mayLose bool
		// moves tells that the refusal goes from one hook to another: a packet that is
		// between the two just then meets the old rules at the one, and the new ones at
		// the other. It may be one of some loads.
		moves bool
		// opens tells that nothing is loaded in between, so that all may come in.
		opens bool
		part  int
	}{
		{name: "apply", to: []string{"drop", "drop, other rules"}},
		{name: "apply, other policies", to: []string{"drop", "accept"}},
		{name: "apply, RETURN and goto", to: []string{"return", "goto", "accept"}},
		{name: "apply, more hooks", to: []string{"drop", "nat", "a chain in the way"}},
		{name: "apply, other hooks", to: []string{"drop", "raw", "mangle"}, moves: true},
		{name: "apply, 5000 chains", to: []string{"5000 chains", "drop"}, part: 4},
		{name: "import", to: []string{"drop", "drop, other rules"}, each: func(ns *lab.Namespace, name string) error {
			return keep(live.Request{Tables: all[name], Import: true, Proc: t.TempDir()})
		}},
		{name: "rollback", to: []string{"drop, other rules", "accept", "nat"}, each: func(ns *lab.Namespace, name string) error {
			l, err := live.Load(live.Request{Tables: all[name], Undo: true})
			if err != nil {
				return err
			}
			return l.Restore()
		}},
		{name: "from the first version and back", to: []string{"drop, other rules"}, from: "0.1", each: func(ns *lab.Namespace, name string) error {
			l, err := live.Load(live.Request{Tables: all[name], Undo: true})
			if err != nil {
				return err
			}
			return l.Restore()
		}},
		{name: "remove and first load", to: []string{"drop", "raw"}, opens: true, each: func(ns *lab.Namespace, name string) error {
			if err := keep(live.Request{Tables: all[name]}); err != nil {
				return err
			}
			_, err := live.Remove("recentc")
			return err
		}},
		{name: "nft -f", to: []string{"drop", "drop, other rules", "accept", "return", "goto", "nat"}, mayLose: true, each: func(ns *lab.Namespace, name string) error {
			_, err := ns.Run(texts[name], "nft", "-f", "-")
			return err
		}},
		{name: "nft -f, 5000 chains", to: []string{"5000 chains", "drop"}, part: 4, mayLose: true, each: func(ns *lab.Namespace, name string) error {
			_, err := ns.Run(texts[name], "nft", "-f", "-")
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.each == nil {
				c.each = func(_ *lab.Namespace, name string) error { return keep(live.Request{Tables: all[name]}) }
			}
			loads := max(gapLoads()/max(c.part, 1), 2)
			err := lab.WithNamespace(func(ns *lab.Namespace) error {
				return ns.Do(func() error {
					if _, err := ns.Run("", "ip", "link", "set", "lo", "up"); err != nil {
						return err
					}
					from := texts["drop"]
					if c.from == "0.1" {
						from = first(all["drop"])
					}
					if _, err := ns.Run(from, "nft", "-f", "-"); err != nil {
						return err
					}
					stop, err := flood(ns)
					if err != nil {
						return err
					}
					start := time.Now()
					for i := range loads {
						if i >= 2 && time.Since(start) > gapTime() {
							loads = i
							break
						}
						if err := c.each(ns, c.to[i%len(c.to)]); err != nil {
							return fmt.Errorf("load %d: %w", i, err)
						}
						time.Sleep(5 * time.Millisecond)
					}
					packets, letIn, lost, err := stop()
					t.Logf("%d loads, %d packets: %d let in, %d lost", loads, packets, letIn, lost)
					if letIn > 0 && !c.moves && !c.opens || letIn > loads && !c.opens {
						t.Errorf("%d packets let in that no firewall accepts", letIn)
					}
					if lost > 0 && !c.mayLose {
						t.Errorf("%d packets lost that all firewalls accept", lost)
					}
					return err
				})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNoPacketNeedsPolicy holds what makes loading sound, without a race: each firewall
// treats packets the same where its policies are not in force, as in a new chain.
func TestNoPacketNeedsPolicy(t *testing.T) {
	lab.Require(t)
	for name, rules := range firewalls {
		text, tables := scriptOf(t, rules)
		err := lab.WithNamespace(func(ns *lab.Namespace) error {
			return ns.Do(func() error {
				without := strings.ReplaceAll(tables[0].Chains, "policy drop;", "policy accept;")
				if !strings.Contains(text, tables[0].Chains) {
					t.Errorf("%s: the script does not have the chains", name)
				}
				script := watch + strings.ReplaceAll(text, tables[0].Chains, without)
				if _, err := ns.Run(script, "nft", "-f", "-"); err != nil {
					return err
				}
				if _, err := ns.Run("", "ip", "link", "set", "lo", "up"); err != nil {
					return err
				}
				const packets = 20
				for _, port := range []int{refused, accepted} {
					if err := send(port, packets); err != nil {
						return err
					}
				}
				got, err := counted(ns, "behind")
				if want := [2]int{packets, 0}; got != want {
					t.Errorf("%s: %v of %d packets came in, want %v", name, got, packets, want)
				}
				return err
			})
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func send(port, packets int) error {
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		return err
	}
	defer sink.Close()
	c, err := net.DialUDP("udp4", nil, sink.LocalAddr().(*net.UDPAddr))
	if err != nil {
		return err
	}
	defer c.Close()
	for range packets {
		c.Write([]byte("packet"))
	}
	return nil
}

// TestChainsStay holds that a load leaves chains at their hooks: those that it does not
// hook again have no gap.
func TestChainsStay(t *testing.T) {
	lab.Require(t)
	_, one := scriptOf(t, firewalls["drop"])
	_, other := scriptOf(t, firewalls["drop, other rules"])
	handle := regexp.MustCompile(`chain (?:INPUT|FORWARD|OUTPUT) \{ # handle \d+`)
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		return ns.Do(func() error {
			var seen []string
			for _, tables := range [][]nft.Table{one, other, one} {
				if err := keep(live.Request{Tables: tables}); err != nil {
					return err
				}
				text, err := ns.Run("", "nft", "-a", "list", "table", "ip", "recentc")
				if err != nil {
					return err
				}
				seen = append(seen, strings.Join(handle.FindAllString(text, -1), "\n"))
			}
			if seen[0] == "" || seen[0] != seen[1] || seen[0] != seen[2] {
				t.Errorf("chains are hooked again:\n%s", strings.Join(seen, "\n\n"))
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}
