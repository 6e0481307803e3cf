package cli

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/lab"
)

// huntEnv is how many mutated rules TestAcceptAsIPTables tries, huntSeedEnv its seed.
const (
	huntEnv     = "RECENTC_HUNT"
	huntSeedEnv = "RECENTC_HUNT_SEED"
)

// taken are the warnings with which recentc takes what iptables refuses, and refusedHere the
// errors with which it refuses what iptables takes. docs/semantics.md gives the reasons.
var (
	taken       = []string{"RC1006", "RC1007", "RC1115", "RC1116", "RC1117", "RC1118", "RC1119", "RC1120"}
	refusedHere = []string{"RC1101", "RC1103", "RC1109", "RC1114", "RC1301", "RC1304"}
)

// TestAcceptAsIPTables changes words of rules, and loads them with iptables-legacy-restore
// too: both take a rule or both refuse it, but for the exceptions that are written down.
func TestAcceptAsIPTables(t *testing.T) {
	lab.RequireTools(t, "iptables-legacy-restore", "ip6tables-legacy-restore")
	h := newHunt(t)
	count := 120
	if n, err := strconv.Atoi(os.Getenv(huntEnv)); err == nil {
		count = n
	}
	differ := 0
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		for range count {
			if h.try(t, ns) {
				differ++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, %d taken by both, %d differ on purpose, %d undecided", count, h.both, h.decided, differ)
}

// hunt makes rules out of words.
type hunt struct {
	*rand.Rand
	rules         []huntRule
	both, decided int
}

// huntRule is one rule, in the table and with the chains that it was written for.
type huntRule struct {
	table string
	words []string
}

func newHunt(t *testing.T) *hunt {
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv(huntSeedEnv), 10, 64); err == nil {
		seed = n
	}
	t.Logf("%s=%d", huntSeedEnv, seed)
	h := &hunt{Rand: rand.New(rand.NewPCG(seed, 1))}
	for _, name := range goldenCases(t) {
		text, err := os.ReadFile(goldenDir + "/" + name + "/in.rules")
		if err != nil || strings.Contains(string(text), "match-set") {
			continue
		}
		h.read(string(text))
	}
	h.read(huntRules)
	if len(h.rules) < 100 {
		t.Fatalf("only %d rules to begin with", len(h.rules))
	}
	return h
}

func (h *hunt) read(text string) {
	table := ""
	for _, line := range strings.Split(text, "\n") {
		if name, ok := strings.CutPrefix(line, "*"); ok {
			table = strings.TrimSpace(name)
		}
		if strings.HasPrefix(line, "-A ") && table != "" && !strings.ContainsAny(line, "\"'\\\r") && !strings.Contains(line, " -1 ") {
			h.rules = append(h.rules, huntRule{table, strings.Fields(line)})
		}
	}
}

// huntRules have an option of each kind that the golden files lack.
const huntRules = `*filter
-A INPUT -p all -m comment --comment x -j ACCEPT
-A INPUT -c 1 2 -p tcp -m multiport --dports 22,80:90 -j ACCEPT
-A INPUT ! -s 10.0.0.0/8 -p tcp --tcp-flags SYN,ACK SYN -j DROP
-A INPUT -m statistic --mode nth --every 3 --packet 0 -j DROP
-A INPUT -m statistic --mode random --probability 0.5 -j DROP
-A INPUT -m policy --dir in --pol ipsec -j ACCEPT
-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j RETURN
-A INPUT -m dscp --dscp-class EF -j ACCEPT
-A INPUT -m hashlimit --hashlimit-above 5/sec --hashlimit-mode srcip,dstip --hashlimit-name h -j DROP
-A INPUT -p tcp -j REJECT --reject-with tcp-reset
-A OUTPUT -m owner ! --uid-owner 5 -j LOG --log-prefix x
-A INPUT -m mark --mark 1/3 -m limit --limit 5/min --limit-burst 3 -g CH
*mangle
-A PREROUTING -j MARK --set-xmark 1/3
-A POSTROUTING -j DSCP --set-dscp-class AF11
-A POSTROUTING -j CLASSIFY --set-class 1:10
-A PREROUTING -j CONNMARK --save-mark --mask 1
*raw
-A PREROUTING -p tcp --dport 21 -j CT --helper ftp
-A PREROUTING -j CT --notrack
*nat
-A POSTROUTING -o eth0 -j MASQUERADE --random
-A PREROUTING -p tcp -j REDIRECT --to-ports 8080
`

// mutate changes one word or one place. What is in a word stays as it is: how numbers,
// ports and addresses are read has tests of its own.
func (h *hunt) mutate(words []string) []string {
	at := 2 + h.IntN(len(words)-2)
	switch w := words[at]; h.IntN(9) {
	case 0:
		return slices.Delete(words, at, at+1)
	case 1:
		return slices.Insert(words, at, w)
	case 2:
		return slices.Insert(words, at, "!")
	case 3:
		other := 2 + h.IntN(len(words)-2)
		words[at], words[other] = words[other], w
	case 4:
		return slices.Insert(words, at, h.option()...)
	case 5:
		return append(words, h.option()...)
	case 6:
		if long, ok := strings.CutPrefix(w, "--"); ok && len(long) > 2 {
			words[at] = "--" + long[:2+h.IntN(len(long)-2)]
		}
	case 7:
		words[at] = w + []string{",", "x", "," + w}[h.IntN(3)]
	case 8:
		if strings.HasPrefix(w, "--") {
			words[at] = w[1:]
		}
	}
	return words
}

// option is one of another rule, with its values.
func (h *hunt) option() []string {
	words := h.rules[h.IntN(len(h.rules))].words
	from := 2 + h.IntN(len(words)-2)
	for from > 2 && words[from][0] != '-' {
		from--
	}
	to := from + 1
	for to < len(words) && words[to][0] != '-' && words[to] != "!" {
		to++
	}
	return slices.Clone(words[from:to])
}

var huntCode = regexp.MustCompile(`(?:error|warning)\[(RC\d+)\]`)

// try tells whether the two differ without a reason.
func (h *hunt) try(t *testing.T, ns *lab.Namespace) bool {
	rule := h.rules[h.IntN(len(h.rules))]
	words := h.mutate(slices.Clone(rule.words))
	family, tool := "ip", "iptables-legacy-restore"
	if h.IntN(2) == 0 {
		family, tool = "ip6", "ip6tables-legacy-restore"
	}
	text := huntFile(rule.table, strings.Join(words, " "))
	code, _, said := run(text, "translate", "--family", family, "-")
	_, err := ns.Run(text, tool)
	if (code == exitOK) == (err == nil) {
		if err == nil {
			h.both++
		}
		return false
	}
	allowed := refusedHere
	if err != nil {
		allowed = taken
	}
	for _, m := range huntCode.FindAllStringSubmatch(said, -1) {
		if slices.Contains(allowed, m[1]) {
			h.decided++
			return false
		}
	}
	t.Errorf("%s: %s\nrecentc: exit %d %s\niptables: %v", family, strings.Join(words, " "), code, said, err)
	return true
}

// huntFile puts a rule into its table, with all chains that it can name.
func huntFile(table, rule string) string {
	chains := []string{"CH", strings.Fields(rule)[1]}
	for _, m := range huntJump.FindAllStringSubmatch(rule, -1) {
		chains = append(chains, m[1])
	}
	slices.Sort(chains)
	var b strings.Builder
	fmt.Fprintf(&b, "*%s\n", table)
	for _, c := range slices.Compact(chains) {
		fmt.Fprintf(&b, ":%s - [0:0]\n", c)
	}
	return b.String() + rule + "\nCOMMIT\n"
}

// huntJump finds the chains that a golden file's rule calls, which are none of iptables' targets.
var huntJump = regexp.MustCompile(`-[jg] ([A-Z]+_[A-Z_]+|[a-z][a-z0-9_-]*)\b`)
