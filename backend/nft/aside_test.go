package nft_test

import (
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/sample"
)

// sharing are rules that have a part in something with others, or become several.
var sharing = []string{
	"-p tcp --dport PORT -m hashlimit --hashlimit-upto 5/sec --hashlimit-mode srcip --hashlimit-name hNUM -j ACCEPT",
	"-p tcp --syn -m connlimit --connlimit-above PORT -j REJECT",
	"-p tcp --dport PORT -m recent --name LNUM --set",
	"-p tcp --dport PORT -m recent --name LNUM --update --seconds 60 --hitcount 4 -j DROP",
	"-p tcp --dport PORT -m recent --name LNUM --remove -j ACCEPT",
	"-m string --algo bm --from 40 --to 45 --string abc -m limit --limit 5/sec -j LOG",
	"-p tcp -m multiport --dports PORT,80,443 -j ACCEPT",
	"-p tcp --dport PORT -j TTL --ttl-inc 1",
	"-p tcp --dport PORT -j TOS --set-tos 0x10/0x3f",
	"-p tcp --dport PORT -j OWN",
	"-s 10.0.0.1,10.0.0.NUM -p tcp --dport PORT -m comment --comment \"a \\\" b\" -j ACCEPT",
	"! -d 0.0.0.0/0 -p tcp --dport PORT -j DROP",
}

// TestOnAllCores holds that the output does not depend on who is first where rules are translated on several cores.
func TestOnAllCores(t *testing.T) {
	var text strings.Builder
	text.WriteString("*mangle\n:INPUT ACCEPT [0:0]\n:OWN - [0:0]\n")
	for i := range 3000 {
		rule, chain := sharing[(7*i+i/5)%len(sharing)], []string{"INPUT", "OWN"}[i/1000%2]
		if chain == "OWN" && strings.HasSuffix(rule, "-j OWN") {
			continue // a loop
		}
		text.WriteString("-A " + chain + " " + strings.NewReplacer("PORT", strconv.Itoa(i%1000+1), "NUM", strconv.Itoa(i%7+2)).Replace(rule) + "\n")
	}
	text.WriteString("COMMIT\n")
	for _, rules := range []string{text.String(), sample.Rules(3000)} {
		want := onCores(t, 1, rules)
		for range 3 {
			if diff := cmp.Diff(want, onCores(t, 8, rules)); diff != "" {
				t.Fatal(diff)
			}
		}
	}
}

func onCores(t *testing.T, n int, rules string) string {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
	return translate(t, ast.IPv4, rules, nft.Options{Fragments: true}).Text
}
