package live

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/backend/nft"
)

// Status is what of recentc's is loaded.
type Status struct {
	Tables []TableStatus `json:"tables"`
	Lists  []Summary     `json:"lists"`
	// Held are the sources that are held over a limit just now.
	Held []HeldSource `json:"held"`
	// Programs are BPF programs; nil if there are none.
	Programs *ProgramsStatus `json:"programs,omitempty"`
	// Trial is set while what is loaded waits to be confirmed.
	Trial *Trial `json:"trial,omitempty"`
}

// TableStatus is a loaded table.
type TableStatus struct {
	Family string        `json:"family"`
	Name   string        `json:"name"`
	Chains []ChainStatus `json:"chains"`
	// Sources tells whether the iptables text of the rules is known: that of a table
	// that apply loaded, until the next boot.
	Sources bool `json:"sources"`
}

// ChainStatus is a chain with rules of the input. Chains that keep lists, or hold a
// part of one rule, are left out where the rules' text is known.
type ChainStatus struct {
	Name string `json:"name"`
	// Hook is how the chain is called, as nft lists it; empty for a user's chain.
	Hook string `json:"hook,omitempty"`
	// Policy is what the policy decided, where that is counted.
	Policy *PolicyStatus `json:"policy,omitempty"`
	Rules  []RuleStatus  `json:"rules"`
}

// PolicyStatus is what a policy counted.
type PolicyStatus struct {
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// RuleStatus is a rule with what it counted.
type RuleStatus struct {
	// Iptables is the rule in the input, and Place where it stands there.
	Place    string `json:"place,omitempty"`
	Iptables string `json:"iptables,omitempty"`
	NFT      string `json:"nft,omitempty"`
	// Counted tells whether the rule has a counter.
	Counted bool   `json:"counted"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// HeldSource is a source that floods.
type HeldSource struct {
	List string `json:"list"`
	Addr string `json:"address"`
}

// NewStatus is the status where nothing is loaded.
func NewStatus() *Status {
	return &Status{Tables: []TableStatus{}, Lists: []Summary{}, Held: []HeldSource{}}
}

// Read tells what is loaded in the tables of that name.
func Read(table string) (*Status, error) {
	s := NewStatus()
	for _, family := range families {
		p, err := look(family, table)
		if err != nil {
			return nil, err
		}
		if !p.exists || !p.ours() {
			continue
		}
		text, err := list(family, table)
		if err != nil {
			return nil, err
		}
		s.Tables = append(s.Tables, (&shown{p, text}).status())
		for _, l := range listsOf(family, p.sets) {
			c, err := l.read(nil)
			if err != nil {
				return nil, err
			}
			s.Lists = append(s.Lists, c.summary())
			s.Held = append(s.Held, c.heldSources()...)
		}
	}
	return s, nil
}

func (c *contents) heldSources() (out []HeldSource) {
	for a, st := range c.addrs {
		if slices.Contains(st.held, true) {
			out = append(out, HeldSource{c.Name, a.String()})
		}
	}
	slices.SortFunc(out, func(a, b HeldSource) int { return strings.Compare(a.Addr, b.Addr) })
	return out
}

// stateText is what is kept beside a table: its number, and its chains with the
// comments that the kernel does not keep.
func stateText(handle uint64, t nft.Table) string {
	return stateHead(t.Family, t.Name, handle) + t.Chains + "}\n"
}

func stateHead(family, table string, handle uint64) string {
	return fmt.Sprintf("table %s %s { # handle %d\n", family, table, handle)
}

// shown is a table with its text.
type shown struct {
	*present
	listing *listing
}

// sources are the input's rules, by chain and number of the rule in it. They are nil
// where the text is not of the table that is loaded.
func (p *shown) sources() map[string]map[int][]string {
	kept, err := parseListing(readState(p.family, p.name))
	if err != nil || kept.handle != p.handle {
		return nil
	}
	out := map[string]map[int][]string{}
	for _, b := range kept.blocks {
		rules := map[int][]string{}
		count := 0
		for _, line := range b.lines {
			switch {
			case strings.HasPrefix(line, "# "):
				rules[count] = append(rules[count], line[2:])
			case !isHookLine(line):
				count++
			}
		}
		loaded := p.listing.find("chain", b.name)
		if loaded == nil || len(loaded.rules()) != count {
			return nil
		}
		out[b.name] = rules
	}
	return out
}

var hookLine = regexp.MustCompile(`^type \S+ hook (.*);$`)

func isHookLine(line string) bool { return hookLine.MatchString(line) }

// rules are a chain's rules as nft lists them.
func (b *block) rules() (out []string) {
	for _, line := range b.lines {
		if !isHookLine(line) && !strings.HasPrefix(line, "comment ") {
			out = append(out, handleComment.ReplaceAllString(line, ""))
		}
	}
	return out
}

func (b *block) hook() string {
	for _, line := range b.lines {
		if m := hookLine.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	return ""
}

func (p *shown) status() TableStatus {
	p.arrange()
	sources, policies := p.sources(), p.policies()
	t := TableStatus{Family: p.family, Name: p.name, Sources: sources != nil, Chains: []ChainStatus{}}
	for i := range p.listing.blocks {
		b := &p.listing.blocks[i]
		if b.kind != "chain" {
			continue
		}
		c := ChainStatus{Name: b.name, Hook: b.hook(), Policy: policies[b.name], Rules: []RuleStatus{}}
		if sources == nil {
			c.listed(b)
		} else {
			p.fromSources(&c, b, sources)
		}
		if len(c.Rules) > 0 || c.Hook != "" {
			t.Chains = append(t.Chains, c)
		}
	}
	return t
}

// arrange sorts the chains as they were in the text that was loaded. The kernel has those
// first that stayed at their hooks.
func (p *shown) arrange() {
	kept, err := parseListing(readState(p.family, p.name))
	if err != nil || kept.handle != p.handle {
		return
	}
	place := map[string]int{}
	for i, b := range kept.blocks {
		place[b.name] = i
	}
	chains := p.listing.blocks
	if first := slices.IndexFunc(chains, func(b block) bool { return b.kind == "chain" }); first >= 0 {
		chains = chains[first:]
	}
	slices.SortStableFunc(chains, func(a, b block) int { return cmp.Compare(place[a.name], place[b.name]) })
}

// policyRule is a rule that is the policy of a chain.
var policyRule = regexp.MustCompile(`^counter packets \d+ bytes \d+ drop comment "` + regexp.QuoteMeta(nft.PolicyComment("")) + `([^" ]+)"$`)

// policies are the policies that rules count, by the chain.
func (p *shown) policies() map[string]*PolicyStatus {
	out := map[string]*PolicyStatus{}
	for i := range p.listing.blocks {
		b := &p.listing.blocks[i]
		if b.kind != "chain" {
			continue
		}
		for _, rule := range b.rules() {
			if m := policyRule.FindStringSubmatch(rule); m != nil {
				var r RuleStatus
				r.count(rule)
				out[m[1]] = &PolicyStatus{r.Packets, r.Bytes}
			}
		}
	}
	return out
}

// listed takes the rules as nft lists them.
func (c *ChainStatus) listed(b *block) {
	for _, rule := range b.rules() {
		if policyRule.MatchString(rule) {
			continue
		}
		r := RuleStatus{NFT: rule}
		r.count(rule)
		c.Rules = append(c.Rules, r)
	}
}

// fromSources takes the rules of the input.
func (p *shown) fromSources(c *ChainStatus, b *block, sources map[string]map[int][]string) {
	rules := b.rules()
	for i := range len(rules) + 1 {
		if i < len(rules) && policyRule.MatchString(rules[i]) {
			continue
		}
		for n, source := range sources[b.name][i] {
			r := RuleStatus{}
			r.Place, r.Iptables, _ = strings.Cut(source, " ")
			if n == len(sources[b.name][i])-1 && i < len(rules) {
				last := i
				for last+1 < len(rules) && sources[b.name][last+1] == nil {
					last++
				}
				r.NFT = rules[i]
				for _, rule := range rules[i : last+1] {
					p.countFrom(&r, rule, sources, map[string]bool{b.name: true})
				}
			}
			c.Rules = append(c.Rules, r)
		}
	}
}

var target = regexp.MustCompile(`\b(?:jump|goto) (\S+)`)

// countFrom adds up the counters of a rule, also those in the chains that hold the
// rest of it. They have no rules of the input, and are nobody else's.
func (p *shown) countFrom(r *RuleStatus, rule string, sources map[string]map[int][]string, visited map[string]bool) {
	r.count(rule)
	for _, m := range target.FindAllStringSubmatch(rule, -1) {
		b := p.listing.find("chain", m[1])
		if b == nil || visited[m[1]] || len(sources[m[1]]) > 0 {
			continue
		}
		visited[m[1]] = true
		for _, next := range b.rules() {
			if !p.cuts(next) {
				p.countFrom(r, next, sources, visited)
			}
		}
	}
}

// cuts tells whether a rule drops sources that are cut off, which counts nothing of
// the input's rules.
func (p *present) cuts(rule string) bool {
	return slices.ContainsFunc(p.sets, func(s loadedSet) bool {
		return s.role.Kind == nft.KindCut && strings.Contains(rule, "@"+s.name+" counter")
	})
}

var counter = regexp.MustCompile(`\bcounter packets (\d+) bytes (\d+)`)

func (r *RuleStatus) count(rule string) {
	m := counter.FindStringSubmatch(rule)
	if m == nil {
		return
	}
	packets, _ := strconv.ParseUint(m[1], 10, 64)
	bytes, _ := strconv.ParseUint(m[2], 10, 64)
	r.Counted = true
	r.Packets += packets
	r.Bytes += bytes
}

// Remove takes recentc's tables of that name out, with all they hold, and returns
// their names. A table of that name that recentc did not make is an [InputError].
func Remove(table string) (removed []string, err error) {
	unlock, err := lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	var out []*move
	for _, family := range families {
		p, err := look(family, table)
		if err != nil {
			return nil, err
		}
		if !p.ours() {
			return nil, wrong("table %s %s was not made by recentc; nothing was removed", family, table)
		}
		if p.exists {
			removed = append(removed, family+" "+table)
			out = append(out, &move{transition: removal{family + " " + table}, was: p})
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	if _, err := together(out); err != nil {
		return nil, err
	}
	for _, family := range families {
		writeState(family, table, "")
	}
	return removed, nil
}
