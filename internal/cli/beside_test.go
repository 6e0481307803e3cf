package cli

import (
	"strings"
	"testing"
)

// TestBeside holds of which other firewalls apply speaks: of those that treat packets.
func TestBeside(t *testing.T) {
	const rules = "*filter\n-A INPUT -m recent --rcheck --name bad -j DROP\nCOMMIT\n"
	const plain = "*filter\n-A INPUT -p tcp --dport 25 -j DROP\nCOMMIT\n"
	for name, c := range map[string]struct {
		legacy, nft string
		want        []string
	}{
		"nothing":             {},
		"legacy":              {legacy: plain, want: []string{"iptables-legacy still"}},
		"legacy, emptied":     {legacy: "*filter\n:INPUT ACCEPT [0:0]\n:mine - [0:0]\nCOMMIT\n*nat\nCOMMIT\n"},
		"legacy, a policy":    {legacy: "*filter\n:INPUT DROP [0:0]\nCOMMIT\n", want: []string{"iptables-legacy still"}},
		"iptables-nft":        {nft: rules, want: []string{"iptables-nft still"}},
		"iptables-nft, plain": {nft: plain},
		"both":                {legacy: rules, nft: rules, want: []string{"iptables-legacy still", "iptables-nft still"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			for tool, text := range map[string]string{"iptables-legacy-restore": c.legacy, "iptables-nft-restore": c.nft} {
				if text != "" {
					h.run(text, tool, "-w", "30")
				}
			}
			out, ok := h.shell("recentc apply " + h.file("new.v4", rules))
			if got := strings.Count(out, " still has its "); !ok || got != len(c.want) {
				t.Errorf("%d notes: %s", got, out)
			}
			for _, w := range c.want {
				if !strings.Contains(out, "note: "+w) {
					t.Errorf("no word of %q: %s", w, out)
				}
			}
		})
	}
}
