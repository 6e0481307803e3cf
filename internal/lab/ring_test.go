package lab_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/lab"
)

// ring is limitRules(Input) in nftables sets. An address is in slot k while the last stamp written
// there is within the window, and in place k while its next stamp goes to slot k. In all four slots
// means four stamps within the window. FAMILY, ADDR, TYPE and HOLD are filled in by ringScript.
const ring = `
table FAMILY ring {
	set slot0 { type TYPE; size 4096; flags dynamic,timeout; timeout 2s; }
	set slot1 { type TYPE; size 4096; flags dynamic,timeout; timeout 2s; }
	set slot2 { type TYPE; size 4096; flags dynamic,timeout; timeout 2s; }
	set slot3 { type TYPE; size 4096; flags dynamic,timeout; timeout 2s; }
	set place1 { type TYPE; size 4096; flags dynamic,timeout; timeout 2s; }
	set place2 { type TYPE; size 4096; flags dynamic,timeout; timeout 2s; }
	set place3 { type TYPE; size 4096; flags dynamic,timeout; timeout 2s; }
	set busy { type TYPE; size 4096; flags dynamic,timeout; timeout 2s; }
	set held { type TYPE; size 4096; flags dynamic,timeout; timeout 50ms; }
	chain stamp {
		ADDR @place3 delete @place3 { ADDR } update @slot3 { ADDR } return
		ADDR @place2 delete @place2 { ADDR } update @place3 { ADDR } update @slot2 { ADDR } return
		ADDR @place1 delete @place1 { ADDR } update @place2 { ADDR } update @slot1 { ADDR } return
		update @place1 { ADDR } update @slot0 { ADDR }
	}
	chain over {
		jump stamp
		HOLD
		drop
	}
	chain input {
		type filter hook input priority 0; policy accept;
		ADDR @held drop
		jump stamp
		ADDR @slot0 ADDR @slot1 ADDR @slot2 ADDR @slot3 goto over
	}
}
`

// hold stops recording a source for 50 ms once it is over the limit at 4 packets in 50 ms.
const hold = "update @busy { ADDR limit rate over 80/second burst 4 packets } update @held { ADDR }"

// ringScript is the ring for both families.
func ringScript(hold string) string {
	both := ""
	for _, f := range [][3]string{{"ip", "ip saddr", "ipv4_addr"}, {"ip6", "ip6 saddr", "ipv6_addr"}} {
		r := strings.NewReplacer("FAMILY", f[0], "ADDR", f[1], "TYPE", f[2])
		both += r.Replace(strings.Replace(ring, "HOLD", hold, 1))
	}
	return both
}

// TestRingIsExact compares a translation that is known to be right, with and without its hold,
// with xt_recent: the lab must not invent differences.
func TestRingIsExact(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	rules := limitRules(lab.Input)
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, rules),
		lab.NFT("ring", ringScript("")),
		lab.NFT("held ring", ringScript(hold)),
	}})
	rng := rand.New(rand.NewPCG(seed(t), 0))
	r := run(t, l, lab.RandomTrace(rng, 90, crowd()...))
	checkSame(t, r, "xt_recent", "ring")
	checkSame(t, r, "xt_recent", "held ring")
	if n := r.Turns("xt_recent"); n < 40 {
		t.Errorf("%d turns between accept and drop: the trace tests little", n)
	}
}

// crowd is each of kinds from several sources.
func crowd() (ps []lab.Packet) {
	for i := range byte(6) {
		for _, p := range kinds() {
			src := p.Src.AsSlice()
			src[len(src)-1] += 16 * i
			p.Src, _ = netip.AddrFromSlice(src)
			ps = append(ps, p)
		}
	}
	return ps
}

// seed is fixed, so that the test repeats; RECENTC_SEED=random or a number gives another one.
func seed(t *testing.T) uint64 {
	t.Helper()
	s, err := strconv.ParseUint(os.Getenv("RECENTC_SEED"), 10, 64)
	if os.Getenv("RECENTC_SEED") == "random" {
		s, err = uint64(time.Now().UnixNano()), nil
	}
	if err != nil {
		s = 1
	}
	t.Logf("RECENTC_SEED=%d", s)
	return s
}

// TestRingRoundTrip takes the ring through check, load and list.
func TestRingRoundTrip(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	script := ringScript(hold)
	if err := lab.CheckNFT(script); err != nil {
		t.Error(err)
	}
	if err := lab.RoundTrip(script); err != nil {
		t.Error(err)
	}
}

// TestRoundTripWithElements lists sets that are hashed, so not in the order given, and age.
func TestRoundTripWithElements(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	var elements []string
	for i := range 300 {
		elements = append(elements, fmt.Sprintf("10.0.%d.%d timeout 90s expires 80s", i%7, i%251))
	}
	script := fmt.Sprintf(`table ip t {
	set s { type ipv4_addr; size 1000; flags dynamic,timeout; elements = { %s }; }
	chain c { ip saddr @s counter packets 7 bytes 70 drop; }
}
`, strings.Join(elements, ", "))
	if err := lab.RoundTrip(script); err != nil {
		t.Error(err)
	}
}
