package loader

import (
	"fmt"
	"testing"

	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/internal/lab"
)

// TestPlaced loads rules that are as few as those whose code stands in the programs, and
// hard to follow: every option, conditions between them, and as many other rules as go
// with it. The kernel must be far from its limit.
func TestPlaced(t *testing.T) {
	lab.Require(t)
	var rules []string
	for i := range 10 {
		rules = append(rules,
			fmt.Sprintf("-p tcp -m tcp --dport %d:%d -m recent --name L%d --set", i, 60000+i, i%3),
			fmt.Sprintf("-p udp -m ttl --ttl-gt %d -m recent --name L%d --mask 255.255.0.0 --rdest ! --update --seconds %d --hitcount %d --rttl --reap", i, 3+i%3, 10+i, 2+i))
	}
	for i := range 225 {
		rules = append(rules, fmt.Sprintf("-s 10.0.%d.0/24 -p tcp -m tcp --dport %d -j ACCEPT", i, i))
	}
	for _, at := range []ebpf.Attach{ebpf.Netfilter, ebpf.XDP, ebpf.TCIngress} {
		b := newBenchWith(t, 100, ebpf.Options{Attach: at}, rules...)
		info, err := b.program().Info()
		if err != nil {
			t.Fatal(err)
		}
		n, _ := info.VerifiedInstructions()
		t.Logf("%v: %d verified instructions", at, n)
		if n > 500_000 {
			t.Errorf("%v: %d verified instructions of a million", at, n)
		}
	}
}
