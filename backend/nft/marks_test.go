package nft_test

import (
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// compareMarks sends packets through rules that mark what they match, in iptables and
// in the translation: each must leave with the same mark. Fewer than least different
// ones would tell too little.
func compareMarks(t *testing.T, rules string, packets []lab.Packet, least int) {
	t.Helper()
	out := translate(t, ast.IPv4, rules, nft.Options{})
	if err := lab.RoundTrip(out.Text); err != nil {
		t.Fatal(err)
	}
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.Legacy("iptables", rules, ""), lab.NFT("nft", out.Text)}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.Run(t.Context(), lab.Trace{packets})
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("iptables", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v\n%s", len(d), len(r.Packets), d, rules)
	}
	marks := map[uint32]bool{}
	for _, m := range r.Marks["iptables"] {
		marks[m] = true
	}
	if t.Logf("%d different marks", len(marks)); len(marks) < least {
		t.Errorf("only %d different marks: the packets tell too little", len(marks))
	}
}
