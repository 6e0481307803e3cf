package verify_test

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/verify"
	"github.com/recentc/recentc/ipset"
)

// TestSets holds that packets are made for rules with sets, and that an entry that
// a candidate lacks is found.
func TestSets(t *testing.T) {
	lab.RequireIPSet(t)
	const sets = "create bad hash:net\nadd bad 198.51.100.0/24\nadd bad 198.51.100.64/26 nomatch\n"
	const rules = "*filter\n-A INPUT -m set --match-set bad src -j DROP\n-A INPUT -m set ! --match-set bad src -j ACCEPT\nCOMMIT\n"
	t.Parallel()
	byName := ipset.Collection{}
	byName.ParseFile("sets", sets)
	o := verify.Options{Seconds: 3, IPSets: sets, Compile: compile.Options{Sets: byName}}
	good := verified(t, "sets.rules", rules, o)
	if good.Different != 0 || good.Exercised() != 2 {
		t.Error(text(good))
	}
	o.Backend = verify.Script("table ip recentc {\n set bad { type ipv4_addr; flags interval; elements = { 198.51.100.0/26 }; }\n"+
		" chain INPUT { type filter hook input priority filter; policy accept; ip saddr @bad counter drop; counter accept; }\n}\n", nft.Options{})
	if r := verified(t, "sets.rules", rules, o); !strings.Contains(strings.Join(places(r), " "), "sets.rules:2") {
		t.Error(text(r))
	}
}
