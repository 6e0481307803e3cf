package loader_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/internal/lab"
)

// TestTheNetCatches makes programs of rules that are slightly wrong and holds that
// the comparison with xt_recent finds each.
func TestTheNetCatches(t *testing.T) {
	lab.Require(t)
	const rules = `*filter
-A INPUT -p udp -m recent --name A --rcheck --seconds 2 --hitcount 3 -j DROP
-A INPUT -p udp -m recent --name A --rcheck --rttl
-A INPUT -p udp -m recent --name B ! --update --seconds 1
-A INPUT -p udp -m recent --name A --set
-A INPUT -p udp -m udp --dport 7001 -m recent --name B --set
-A INPUT -p udp -m udp --dport 7002 -m recent --name A --remove
-A INPUT -p udp -m recent --name C --set --rdest
COMMIT
`
	var all []*contest
	for name, change := range map[string][2]string{
		"a second more": {"--seconds 2", "--seconds 4"}, "a hit more": {"--hitcount 3", "--hitcount 4"}, "no ttl": {" --rttl", ""},
		"no !": {"! --update", "--update"}, "no stamp": {"! --update", "! --rcheck"}, "another side": {" --rdest", ""},
		"nothing removed": {"--remove", "--rcheck"}, "another list": {"--name A --set", "--name B --set"},
		"a mask": {"--name A --rcheck", "--name A --mask 255.255.255.252 --rcheck"},
	} {
		wrong := strings.Replace(rules, change[0], change[1], 1)
		if wrong == rules {
			t.Fatalf("%s changes nothing", name)
		}
		all = append(all, &contest{name: name, rules4: rules, out: translate(t, wrong, "", ebpf.Options{})})
	}
	var candidates []lab.Candidate
	for _, c := range all {
		candidates = append(candidates, c.candidates()...)
	}
	l, err := lab.New(lab.Config{Candidates: candidates})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	trace := lab.RandomTrace(rand.New(rand.NewPCG(5, 4)), 60, packets(lab.Input)...)
	twice := packets(lab.Input)[0]
	for i := range trace[:20] {
		twice.TTL = uint8(60 + i%2)
		trace[i] = append(trace[i], twice)
	}
	r, err := l.Run(t.Context(), trace)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.differences(t, l, r) == "" {
			t.Errorf("%s is not found", c.name)
		}
	}
}
