package nft_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/lab"
)

// TestStringAgainstKernel holds that a text at a known place is found where the
// kernel finds it. The packets' own text begins at byte 36.
func TestStringAgainstKernel(t *testing.T) {
	lab.Require(t)
	rng := rand.New(rand.NewPCG(5, 5))
	texts := []string{"ab", "aB", "aab", "GET /index.html HTTP", "b", "abab"}
	var rules strings.Builder
	for i := range 28 {
		from, text := 30+rng.IntN(14), texts[rng.IntN(len(texts))]
		more := []string{"", " --icase"}[rng.IntN(2)]
		not := []string{"", "! "}[rng.IntN(2)]
		fmt.Fprintf(&rules, "-A INPUT -m string --algo %s --from %d --to %d%s %s--string \"%s\" -j MARK --or-mark %#x\n",
			[]string{"bm", "kmp"}[i%2], from, from+len(text)+rng.IntN(6), more, not, text, 1<<i)
	}
	text := "*mangle\n" + rules.String() + "COMMIT\n"
	var packets []lab.Packet
	for range 120 {
		body := make([]byte, rng.IntN(14))
		for i := range body {
			body[i] = "aabbABx"[rng.IntN(7)]
		}
		if rng.IntN(6) == 0 {
			body = append(body, "get /INDEX.html http"...)
		}
		packets = append(packets, lab.Packet{Payload: string(body)})
	}
	compareMarks(t, text, packets, 10)
}
