package nft_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/lab"
)

// u32Tests read in and behind the IPv4 header, where a UDP packet's own text
// begins at byte 16: whole words, parts of them, and words that short packets do
// not have.
var u32Tests = []string{
	"6&0xFF=17", "6&0xFF=6", "0>>22&0x3C@2&0xFFFF=7", "0>>22&0x3C@4>>16=16:18", "0>>22&0x3C@16>>24=0x61",
	"0>>22&0x3C@16=0x61616161", "0 >> 22 & 0x3C @ 17 & 0xFFFF00 = 0x616200", "0>>22&0x3C@18>>24=0x62,0x41",
	"0>>22&0x3C@20&0xFF0000FF=0x61000062", "0>>22&0x3C@22>>16=0x6161:0x6262", "0>>22&0x3C@24&0=0",
	"0>>22&0x3C@16&0xFF=0x61&&0>>22&0x3C@20>>24=0x62", "36>>24=0x61&&0>>22&0x3C@17>>24=0x62",
}

// TestU32AgainstKernel holds that a test of bytes finds what xt_u32 finds, and that
// a word that is not there as a whole fails it.
func TestU32AgainstKernel(t *testing.T) {
	lab.Require(t)
	rng := rand.New(rand.NewPCG(6, 6))
	var rules strings.Builder
	for i, test := range u32Tests {
		for j, not := range []string{"", "! "} {
			fmt.Fprintf(&rules, "-A INPUT -m u32 %s--u32 \"%s\" -j MARK --or-mark %#x\n", not, test, 1<<(2*i+j))
		}
	}
	text := "*mangle\n" + rules.String() + "COMMIT\n"
	var packets []lab.Packet
	for range 160 {
		body := make([]byte, rng.IntN(12))
		for i := range body {
			body[i] = "aaabbA"[rng.IntN(6)]
		}
		packets = append(packets, lab.Packet{Payload: string(body), Proto: []lab.Protocol{lab.UDP, lab.TCP}[rng.IntN(8)/7]})
	}
	compareMarks(t, text, packets, 20)
}
