package nft_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
)

// TestRoles holds that every set of a list tells what it is, in no more than the
// 128 bytes that nft allows, and that reading it gives it back.
func TestRoles(t *testing.T) {
	long := strings.Repeat("é\" ", 66)
	for _, r := range []nft.Role{
		{List: "SSH", Kind: nft.KindSeen, Ring: compile.Listed},
		{List: "SSH", Kind: nft.KindSlot, Index: 3, Ring: compile.Ring{Window: 60, Hits: 4}},
		{List: "SSH", Kind: nft.KindTags, Ring: compile.Listed},
		{List: "SSH", Kind: nft.KindTTL, Ring: compile.Ring{Window: 9, Hits: 1}, Less: 1},
		{List: "SSH", Kind: nft.KindTags, Ring: compile.Ring{Window: 9, Hits: 512}, Grouped: true},
		{
			List: nft.ListLabel(long), Kind: nft.KindTurn, Index: 1023, Ring: compile.Ring{Window: 4294967295, Hits: 1024},
			Mask: netip.MustParseAddr("f0f0:f0f0:f0f0:f0f0:f0f0:f0f0:f0f0:f0f0"),
		},
	} {
		text := r.String()
		got, ok := nft.ParseRole(text)
		if diff := cmp.Diff(r, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" || !ok {
			t.Errorf("%q, %v: %s", text, ok, diff)
		}
		if len(text) > 128 || strings.ContainsAny(text, `"\`) {
			t.Errorf("%q has %d bytes", text, len(text))
		}
	}
	for _, text := range []string{"", "my list SSH", "list SSH", "list SSH slot", "list SSH slot 4 hits 4", "list SSH seen window", "list SSH seen window -1", "list SSH seen colour red"} {
		if r, ok := nft.ParseRole(text); ok {
			t.Errorf("%q is taken for %v", text, r)
		}
	}
}

func FuzzParseRole(f *testing.F) {
	f.Add("list SSH slot 3 window 60 hits 4 mask 255.255.255.0")
	f.Add("list a%20b tags window 9 hits 512 grouped 1")
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := nft.ParseRole(text)
		if !ok {
			return
		}
		again, ok := nft.ParseRole(r.String())
		if diff := cmp.Diff(r, again, cmpopts.EquateComparable(netip.Addr{})); diff != "" || !ok {
			t.Errorf("%q: %v %s", text, ok, diff)
		}
	})
}

// TestListLabel holds that a label names one list, and gives its name back where
// it is not too long.
func TestListLabel(t *testing.T) {
	for name, want := range map[string]string{"SSH": "SSH", `a "b" 100%`: "a%20%22b%22%20100%25", "é": "%C3%A9", "a~b": "a%7Eb"} {
		if got := nft.ListLabel(name); got != want || nft.ListName(got) != name {
			t.Errorf("%q is labelled %q, which names %q", name, got, nft.ListName(got))
		}
	}
	a, b := strings.Repeat("x", 199), strings.Repeat("x", 198)+"y"
	if nft.ListLabel(a) == nft.ListLabel(b) || len(nft.ListLabel(a)) > 40 {
		t.Errorf("%s, %s", nft.ListLabel(a), nft.ListLabel(b))
	}
}

// TestEverySetHasARole holds that all sets of lists carry one, in every shape.
func TestEverySetHasARole(t *testing.T) {
	const rules = "*filter\n-A INPUT -m recent --set --name S --mask 255.255.0.0\n" +
		"-A INPUT -m recent --rcheck --seconds 60 --hitcount 4 --rttl --name S -j DROP\n-A INPUT -m recent --rcheck --hitcount 40 --name S -j DROP\n" +
		"-A INPUT -m recent --rcheck --seconds 9 --hitcount 40 --name S -j DROP\n-A INPUT -m recent --remove --name S -j DROP\nCOMMIT\n"
	for _, o := range []nft.Options{{}, {Meter: true}} {
		kinds := map[nft.Kind]bool{}
		for _, s := range translate(t, ast.IPv4, rules, o).Tables[0].Sets {
			r, ok := nft.ParseRole(s.Comment)
			if !ok || r.List != "S" || r.Mask != netip.MustParseAddr("255.255.0.0") || !strings.Contains(s.Text, `comment "`+s.Comment+`"`) {
				t.Errorf("%s: %q", s.Name, s.Comment)
			}
			kinds[r.Kind] = true
		}
		if len(kinds) < 7 {
			t.Errorf("only the kinds %v", kinds)
		}
	}
}
