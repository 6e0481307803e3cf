package nft_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// manyPorts is a file with enough anonymous sets to be written without them: n
// rules with the same ports, and behind them those given.
func manyPorts(n int, rules ...string) string {
	var b strings.Builder
	b.WriteString("*filter\n")
	for range n {
		b.WriteString("-A INPUT -p tcp -m multiport --dports 22,80:90 -j ACCEPT\n")
	}
	for _, r := range rules {
		b.WriteString(r + "\n")
	}
	return b.String() + "COMMIT\n"
}

// TestAnonymousSets holds what becomes of anonymous sets where there are many, and
// that a few stay as they are.
func TestAnonymousSets(t *testing.T) {
	const few, many = 256, 257
	for _, c := range []struct {
		n    int
		rule string
		want string
	}{
		{few - 1, "-A INPUT -p udp -m multiport --dports 5,6 -j DROP", "udp dport { 5, 6 } counter drop"},
		{many, "-A INPUT -p udp -m multiport --sports 22,80:90 -j DROP", "udp sport @values counter drop"},
		{many, "-A INPUT -p udp -m multiport ! --dports 5,7:9 -j DROP", "udp dport != 5 udp dport != 7-9 counter drop"},
		{many, "[7:9] -A INPUT -p udp -m multiport --dports 5,7:9 -j LOG",
			"udp dport 5 counter packets 7 bytes 9 log | udp dport 7-9 counter log"},
		{many, "-A INPUT -p udp -m multiport --dports 5,7 -m multiport --sports 1,3 -j DROP",
			"udp dport 5 udp sport 1 counter drop | udp dport 5 udp sport 3 counter drop | udp dport 7 udp sport 1 counter drop | udp dport 7 udp sport 3 counter drop"},
		// Each rule would have a rate of its own.
		{many, "-A INPUT -p udp -m multiport --dports 5,7 -m limit --limit 1/s -j DROP",
			"udp dport { 5, 7 } limit rate 1/second burst 5 packets counter drop"},
		{many, "-A INPUT -m time --weekdays Mo,Su -j DROP\n-A INPUT -m time --weekdays Mo,Su -j DROP", `meta day @values_2 counter drop | meta day @values_2 counter drop`},
	} {
		out := translate(t, ast.IPv4, manyPorts(c.n, c.rule), nft.Options{})
		got := strings.Join(rulesOf(out.Text)[c.n:], " | ")
		if got = strings.ReplaceAll(got, " level warn", ""); got != c.want {
			t.Errorf("%d rules in front of %s:\n got %s\nwant %s", c.n, c.rule, got, c.want)
		}
	}
}

// TestAnonymousSetsLoad holds that both forms load, and their listing too.
func TestAnonymousSetsLoad(t *testing.T) {
	lab.Require(t)
	var rules []string
	for i := range 300 {
		rules = append(rules, fmt.Sprintf("-A INPUT -p udp -m multiport --dports %d,%d:%d -j ACCEPT", i+1, i+1000, i+1001))
	}
	rules = append(rules, "-A INPUT -m time --kerneltz --weekdays Mo,Su", "-A INPUT -m time --kerneltz --weekdays Mo,Su",
		"-A INPUT -p dccp --dccp-types REQUEST,ACK", "-A INPUT -p dccp --dccp-types REQUEST,ACK",
		"-A INPUT -m addrtype --limit-iface-in --dst-type LOCAL,BROADCAST", "-A INPUT -m addrtype --limit-iface-in --dst-type LOCAL,BROADCAST",
		"-A INPUT -p icmp ! --icmp-type 3/1", "-A INPUT -m addrtype --dst-type LOCAL,BROADCAST", "-A INPUT -m addrtype --dst-type LOCAL,BROADCAST")
	out := translate(t, ast.IPv4, manyPorts(2, rules...), nft.Options{})
	if strings.Contains(out.Text, "type { ") {
		t.Error("an anonymous set is left")
	}
	if err := lab.RoundTrip(out.Text); err != nil {
		t.Error(err)
	}
}
