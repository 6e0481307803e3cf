package verify_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/verify"
)

// verified runs a verification of the rules for so many seconds.
func verified(t *testing.T, name, rules string, o verify.Options) *verify.Report {
	t.Helper()
	f, diags := grammar.ParseFile(name, rules)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	o.Seed = 1
	if o.Backend.Name == "" {
		o.Backend = verify.NFT(nft.Options{})
	}
	r, err := verify.Run(context.Background(), []*ast.File{f}, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// script is the translation of the rules.
func script(t *testing.T, rules string) string {
	t.Helper()
	f, _ := grammar.ParseFile("x.rules", rules)
	programs, _ := compile.Compile([]*ast.File{f}, compile.Options{})
	out, diags := nft.Translate(programs, nft.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return out.Text
}

// places are the rules that differences name.
func places(r *verify.Report) (out []string) {
	for _, rule := range r.Rules {
		for _, d := range rule.Differences {
			out = append(out, rule.Place, d.Decided)
		}
	}
	return out
}

func text(r *verify.Report) string {
	var b strings.Builder
	r.WriteText(&b)
	return b.String()
}

func sshRules(t *testing.T) string {
	t.Helper()
	rules, err := os.ReadFile("../../examples/ssh.rules")
	if err != nil {
		t.Fatal(err)
	}
	return string(rules)
}

// TestSSH holds that the example is translated as it is, and that every rule that can be exercised is.
func TestSSH(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	r := verified(t, "ssh.rules", sshRules(t), verify.Options{Seconds: 5})
	if r.Different != 0 || r.Exercised() != 3 {
		t.Error(text(r))
	}
}

// TestBackends holds that both backends treat a file's packets as the original does, as far as they take it.
func TestBackends(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	rules := strings.ReplaceAll(sshRules(t), "--seconds 60", "--seconds 2")
	rules = strings.ReplaceAll(rules, ":FORWARD DROP [0:0]", ":FORWARD ACCEPT [0:0]\n-A FORWARD -p udp -m recent --set --name F\n-A FORWARD -p udp -m recent --rcheck --seconds 2 --hitcount 3 --rttl --name F -j REJECT")
	var all sync.WaitGroup
	for _, b := range []verify.Backend{verify.NFT(nft.Options{}), verify.EBPF(ebpf.Options{})} {
		all.Go(func() {
			r := verified(t, "ssh.rules", rules, verify.Options{Seconds: 7, Backend: b})
			left := map[string]int{"nft": 0, "ebpf": 1}[b.Name] // REJECT
			if r.Different != 0 || r.Exercised() != 5-left || len(r.LeftOut) != left || r.Backend != b.Name {
				t.Error(text(r))
			}
		})
	}
	all.Wait()
}

// TestWrongTranslation changes one thing in the translation and holds that the rule is named.
func TestWrongTranslation(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	ssh := sshRules(t)
	ssh2 := strings.ReplaceAll(ssh, "--seconds 60", "--seconds 2")
	const knock = `*filter
:INPUT DROP [0:0]
:KNOCK - [0:0]
-A INPUT -i eth0 -p tcp -m tcp --dport 22 -m recent --rcheck --seconds 2 --name OPEN -j ACCEPT
-A INPUT -i eth0 -p tcp -j KNOCK
-A KNOCK -p tcp -m tcp --dport 1001 -m recent --set --name ONE -j DROP
-A KNOCK -p tcp -m tcp --dport 1002 -m recent --rcheck --name ONE -m recent --set --name OPEN -j DROP
COMMIT
`
	var all sync.WaitGroup
	for _, c := range []struct {
		name, rules, old, changed, place string
		seconds                          int
	}{
		{"hitcount", ssh, "--hitcount 4", "--hitcount 5", "x.rules:10", 3},
		{"port", ssh, "--dport 22 -m conntrack --ctstate NEW -j ACCEPT", "--dport 23 -m conntrack --ctstate NEW -j ACCEPT", "x.rules:11", 3},
		{"window", knock, "--seconds 2", "--seconds 1", "x.rules:4", 7},
		{"slightly longer window", ssh2, "--seconds 2", "--seconds 3", "x.rules:10", 7},
		{"longer window", knock, "--seconds 2", "--seconds 4", "x.rules:4", 7},
	} {
		all.Go(func() { // they sleep most of the time
			t.Run(c.name, func(t *testing.T) {
				wrong := script(t, strings.ReplaceAll(c.rules, c.old, c.changed))
				r := verified(t, "x.rules", c.rules, verify.Options{Seconds: c.seconds, Backend: verify.Script(wrong, nft.Options{})})
				if got := places(r); r.Different == 0 || !slices.Contains(got, c.place) {
					t.Error(text(r))
				}
			})
		})
	}
	all.Wait()
}

// TestManyConditions verifies a file with devices, states, flags and a rule that the kernel does not load
// in a namespace.
func TestManyConditions(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = `*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp --tcp-flags ALL NONE -j DROP
-A PREROUTING -p tcp -m conntrack --ctstate INVALID -j DROP
COMMIT
*filter
:INPUT DROP [7:300]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:LOGDROP - [0:0]
[5:300] -A INPUT -i lo -j ACCEPT
-A INPUT -i wlan+ -p udp -m multiport --dports 53,67:68 -j ACCEPT
-A INPUT -p icmp --icmp-type 8 -m recent --set --name PING
-A INPUT -p icmp --icmp-type 8 -m recent --rcheck --seconds 1 --hitcount 3 --name PING -j LOGDROP
-A INPUT -p icmp --icmp-type 11 -j ACCEPT
-A INPUT -s 192.0.2.0/24,198.51.100.7 ! -i wlan0 -j ACCEPT
-A FORWARD -i eth0 -o eth1 -p tcp --dport 25 -m recent --update --seconds 2 --name MAIL -j REJECT
-A FORWARD -i eth0 -o eth1 -p tcp --dport 25 -m recent --set --name MAIL
-A OUTPUT -p udp --dport 53 -m recent --set --rdest --name DNS
-A OUTPUT -p udp --dport 53 -m recent --rcheck --rdest --seconds 2 --hitcount 6 --name DNS -j DROP
-A LOGDROP -j DROP
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
COMMIT
`
	for _, against := range []verify.Against{verify.Kernel, verify.Model} {
		r := verified(t, "x.rules", rules, verify.Options{Seconds: 7, Against: against})
		if r.Different != 0 || len(r.LeftOut) != 1 {
			t.Error(text(r))
		}
		if diff := cmp.Diff([]string{"x.rules:11"}, notExercised(r)); diff != "" {
			t.Error(diff + text(r))
		}
	}
}

func notExercised(r *verify.Report) (not []string) {
	for _, rule := range r.Rules {
		if !rule.Exercised {
			not = append(not, rule.Place)
		}
	}
	return not
}

// TestAgainstModel holds that the model stands in for the kernel: what is right and what is wrong with a
// translation comes out as it does against the kernel, what the model cannot interpret is left out of both
// sides, and the report says what was compared.
func TestAgainstModel(t *testing.T) {
	lab.RequireNFT(t)
	t.Parallel()
	const rules = `*filter
:INPUT DROP [0:0]
-A INPUT -p udp -m addrtype --dst-type MULTICAST -j ACCEPT
-A INPUT -p udp -m recent --update --seconds 2 --hitcount 3 --name A -j DROP
-A INPUT -p udp -m recent --set --name A -j ACCEPT
COMMIT
`
	for candidate, place := range map[string]string{
		"": "", script(t, strings.ReplaceAll(rules, "--hitcount 3", "--hitcount 4")): "x.rules:4",
		script(t, strings.ReplaceAll(rules, "--seconds 2", "--seconds 1")): "x.rules:4",
	} {
		made := verify.NFT(nft.Options{})
		if candidate != "" {
			made = verify.Script(candidate, nft.Options{})
		}
		r := verified(t, "x.rules", rules, verify.Options{Seconds: 7, Against: verify.Model, Backend: made})
		if r.Against != verify.Model || len(r.LeftOut) != 1 || r.Exercised() != 2 || (r.Different > 0) != slices.Contains(places(r), place) {
			t.Errorf("candidate with a difference at %q: %s", place, text(r))
		}
	}
}

// TestCommands verifies command lines, with what -I and -D leave.
func TestCommands(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = `iptables -P INPUT DROP
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -p tcp --dport 23 -j ACCEPT
iptables -I INPUT -p tcp --dport 22 -m recent --update --seconds 2 --hitcount 3 -j DROP
iptables -I INPUT 1 -p tcp --dport 22 -m recent --set
iptables -D INPUT -p tcp --dport 23 -j ACCEPT
ip6tables -A INPUT -p tcp --dport 22 -m recent --set -j ACCEPT
`
	r := verified(t, "x.sh", rules, verify.Options{Seconds: 5})
	if r.Different != 0 || r.Exercised() != 4 || len(r.Rules) != 4 {
		t.Error(text(r))
	}
}

// corpusEnv names a folder of rule files found in the wild.
const corpusEnv = "RECENTC_CORPUS"

// TestCorpus verifies some files with recent rules from the wild.
func TestCorpus(t *testing.T) {
	dir := os.Getenv(corpusEnv)
	if dir == "" {
		t.Skip(corpusEnv + " does not name a folder of rule files")
	}
	lab.Require(t)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	const most = 4
	tried := 0
	for _, file := range files {
		rules, err := os.ReadFile(file)
		if err != nil || filepath.Ext(file) == ".tsv" || !strings.Contains(string(rules), "-m recent") || tried == most {
			continue
		}
		tried++
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if r := verified(t, filepath.Base(file), string(rules), verify.Options{Seconds: 8}); r.Different != 0 {
				t.Error(text(r))
			}
		})
	}
}
