package compile

import (
	"net/netip"

	"github.com/recentc/recentc/ast"
)

// Program is what a rule set means, for one address family: the waist between
// the inputs and the backends. A backend needs nothing but it.
type Program struct {
	Family ast.Family
	// Sources are the names of the inputs, in the order given.
	Sources []string
	// Lists are the address lists, sorted by name.
	Lists []*List
	// Sets are the sets of ipset that rules use, sorted by name.
	Sets []*SetUse
	// Chains are in the order of their tables in the input, built-in chains of
	// a table first.
	Chains []*Chain
}

// Chain finds a chain by its table and name, nil if there is none.
func (p *Program) Chain(table, name string) *Chain {
	for _, c := range p.Chains {
		if c.Table == table && c.Name == name {
			return c
		}
	}
	return nil
}

// Hook is the place in the packet's way at which a chain is called.
type Hook uint8

// The hooks, in the order in which the kernel numbers them. NoHook is a chain
// of the user's own, which runs only when another chain calls it.
const (
	Prerouting Hook = iota
	Input
	Forward
	Output
	Postrouting
	NoHook
)

// String returns the hook's name in lower case, "" for NoHook.
func (h Hook) String() string {
	return [...]string{"prerouting", "input", "forward", "output", "postrouting", ""}[h]
}

// Chain is a list of rules. A chain with a hook has a policy.
type Chain struct {
	// Table is the iptables table: filter, nat, mangle, raw or security.
	Table string
	Name  string
	Hook  Hook
	// Drop is the policy of a chain with a hook.
	Drop bool
	// PolicyFile and PolicyRange are where the input sets the policy; PolicyFile is nil
	// where it does not.
	PolicyFile  *ast.File
	PolicyRange ast.Range
	// Counters are those that the input gave the policy, nil where it gave none.
	Counters *ast.Counters
	Rules    []*Rule
	File     *ast.File
	Range    ast.Range
	// declared is true where a chain line names it.
	declared bool
}

// Rule is a packet's test and what follows. Its steps run in order; the first
// that is false ends the rule. Then the target acts.
type Rule struct {
	File   *ast.File
	Range  ast.Range
	Source string
	// Ran is ast.Rule's: the command where the line in the file does not show it.
	Ran string
	// Counters are those that the input gave, nil where it gave none.
	Counters *ast.Counters
	Steps    []Step
	// Target is nil for a rule that only counts or records.
	Target Target
	// Lists tells that some step reads or writes an address list.
	Lists bool
	// Failed marks a rule that was left out under --partial; it has no steps.
	Failed bool

	commands bool
	order    uint32
	mark     uint64 // see fingerprint.go
}

// Kind tells what a backend may do with a step.
type Kind uint8

const (
	// Condition only looks: it may be tested twice, or not at all.
	Condition Kind = iota
	// Meter has a state that testing changes: it is tested exactly once for
	// each packet that reaches it.
	Meter
	// ListStep reads or writes an address list.
	ListStep
	// Remark has no effect on packets.
	Remark
)

// Step is one part of a rule's test.
type Step interface {
	// Extension is the name of the match it came from ("tcp"), by which the
	// backends find their translation.
	Extension() string
	Kind() Kind
}

// Target is what a rule does with a packet that passed all steps.
type Target interface {
	// Extension is the name of the target ("LOG"), by which the backends find
	// their translation.
	Extension() string
	// Ends tells whether the packet leaves the chain here.
	Ends() bool
}

// Side says which address of a packet is meant.
type Side uint8

// The two sides.
const (
	SourceSide Side = iota
	DestSide
)

// List is an address list, found by its name from every table and chain.
type List struct {
	Name string
	// Mask is applied to every address before it is looked up or recorded.
	Mask netip.Addr
	// MaskWritten tells that the rule that fixes the mask has a --mask. One of IPv4 is cut to its 32
	// bits then, which matters to IPv6 addresses in a list that both families share.
	MaskWritten bool
	// Capacity is how many addresses it must hold; 0 leaves it to the backend.
	Capacity uint32
	// Rings are the windows that some rule asks about, sorted and distinct.
	Rings []Ring
	// TTL lists the windows that are asked about together with a TTL.
	TTL []Ring
	// Written, Read and Forgets tell whether any rule records in it, asks it or
	// removes addresses from it.
	Written, Read, Forgets bool
	// Tables names the tables whose rules use it, in the input's order.
	Tables []string
	// Sides tells which sides key it, [SourceSide] and [DestSide].
	Sides [2]bool
	// ForwardTTL and LocalTTL tell at which kinds of hook TTLs are recorded or
	// compared: where the packet is forwarded the TTL is already one less.
	ForwardTTL, LocalTTL bool
	// ReapBelow is the shortest window of a --reap on the list, 0 without one.
	ReapBelow uint32

	// first is the match that fixes the mask.
	first *Recent
}

// FullMask tells whether the list keeps addresses as they are.
func (l *List) FullMask() bool {
	bits, ok := maskBits(l.Mask)
	return ok && bits == l.Mask.BitLen()
}

// KernelMask is the mask as the kernel keeps it, sixteen bytes of no family, where the list's first
// rule is of the family given. IPv6 addresses in a list whose first rule is of iptables are masked with
// an IPv4 mask and what stands behind it: ones where iptables was left to its default, and zeros behind
// a --mask that was written, even if that is 255.255.255.255. Then all of a /32 of IPv6 is one address.
func (l *List) KernelMask(first ast.Family) (mask [16]byte) {
	if first == ast.IPv4 && !l.MaskWritten {
		for i := range mask {
			mask[i] = 255
		}
	}
	copy(mask[:], l.Mask.AsSlice())
	return mask
}

// Ring is a question that a list can answer: were there at least Hits packets
// in the last Window seconds? Window 0 means ever.
type Ring struct {
	Window uint32
	Hits   uint32
}

// Listed is the question whether an address is in a list at all.
var Listed = Ring{Window: 0, Hits: 1}

// Record is true and adds a stamp to the packet's address.
type Record struct {
	List *List
	Side Side
	// IfListed records only for an address that is in the list already (with
	// a fitting TTL, if TTL): what "! --update" does.
	IfListed, TTL bool
	Origin        *Recent
}

// Seen is true if the list's answer to Ring is yes for the packet's address.
type Seen struct {
	List *List
	Side Side
	Ring Ring
	// TTL asks that the address was recorded with the packet's TTL too.
	TTL    bool
	Not    bool
	Origin *Recent
}

// Forget is true if the address is in the list, which it then leaves.
type Forget struct {
	List *List
	Side Side
	Not  bool
	// Known tells that an earlier step of the rule has found or put the address
	// there, so that the backend need not look.
	Known bool
	// Counts tells that nothing but the rule's counter depends on the answer.
	Counts bool
	Origin *Recent
}

// Never is false for every packet: the rule ends here.
type Never struct{ Origin *Recent }

// Extension implements Step.
func (*Record) Extension() string { return "recent" }

// Extension implements Step.
func (*Seen) Extension() string { return "recent" }

// Extension implements Step.
func (*Forget) Extension() string { return "recent" }

// Extension implements Step.
func (*Never) Extension() string { return "recent" }

// Kind implements Step.
func (*Record) Kind() Kind { return ListStep }

// Kind implements Step.
func (*Seen) Kind() Kind { return ListStep }

// Kind implements Step.
func (*Forget) Kind() Kind { return ListStep }

// Kind implements Step.
func (*Never) Kind() Kind { return ListStep }

// Origin is the -m recent that a step comes from, nil if it comes from another match.
func Origin(s Step) *Recent {
	switch s := s.(type) {
	case *Record:
		return s.Origin
	case *Seen:
		return s.Origin
	case *Forget:
		return s.Origin
	case *Never:
		return s.Origin
	}
	return nil
}
