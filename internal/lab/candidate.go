package lab

// A Candidate is one firewall under test.
type Candidate struct {
	// Name identifies the candidate in results; unique and not empty within a lab.
	Name string

	// Load puts the rules into ns, which is empty but for the lab's interfaces and routes. It is
	// called once for each set-up of the lab, so also by Reload, each time with a new namespace. It
	// may use ns.Run, ns.Do and ns.OnClose. The lab's own nftables table comes after it, so a script
	// may flush the rule set. Nil loads nothing.
	Load func(ns *Namespace) error
}

// Legacy is a candidate loaded with iptables-legacy-restore and ip6tables-legacy-restore: the
// kernel's own xt_recent. An empty text loads nothing for that family. A list holds ip_list_tot addresses, 100
// unless the module was loaded otherwise, and evicts beyond: a trace that is not about that uses fewer.
func Legacy(name, rules4, rules6 string) Candidate {
	return restored(name, []restore{
		{"iptables-legacy-restore", rules4},
		{"ip6tables-legacy-restore", rules6},
	})
}

// IPTablesNFT is a candidate loaded with iptables-nft-restore and ip6tables-nft-restore. An empty
// text loads nothing for that family.
func IPTablesNFT(name, rules4, rules6 string) Candidate {
	return restored(name, []restore{
		{"iptables-nft-restore", rules4},
		{"ip6tables-nft-restore", rules6},
	})
}

// NFT is a candidate loaded with `nft -f`.
func NFT(name, script string) Candidate {
	return Candidate{Name: name, Load: func(ns *Namespace) error {
		_, err := ns.Run(script, "nft", "-f", "-")
		return err
	}}
}

type restore struct{ tool, rules string }

func restored(name string, restores []restore) Candidate {
	return Candidate{Name: name, Load: func(ns *Namespace) error {
		for _, r := range restores {
			if err := r.load(ns); err != nil {
				return err
			}
		}
		return nil
	}}
}

// load waits for the lock of the legacy tools, which is one for all namespaces of the machine.
func (r restore) load(ns *Namespace) error {
	if r.rules == "" {
		return nil
	}
	_, err := ns.Run(r.rules, r.tool, "-w", "30")
	return err
}
