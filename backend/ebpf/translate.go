// Package ebpf turns a Program into one ELF object of BPF programs that do what
// the rules did, -m recent exactly included.
//
// It stands behind package compile and knows nothing of how rules were written,
// nor of nftables. A rule becomes tests (test.go), each match and target having a
// file of its own that is named after it; registry.go lists them. chain.go makes
// functions of the tests, list_code.go has what lists do, netfilter.go the
// programs at the hooks, elf.go the object, and listing.go shows it.
// Package loader puts an object into the kernel.
package ebpf

import (
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// Options are the choices that the caller has.
type Options struct {
	// HZ is the rate of the kernel's clock in ticks a second. 0 leaves it to the
	// loader, which takes it from the configuration of the running kernel.
	HZ uint32
	// PktListTot is xt_recent's ip_pkt_list_tot: every address keeps at least so
	// many stamps. 0 is not set.
	PktListTot uint32
	// Attach is where the programs are meant to be attached.
	Attach Attach
	// Approximate keeps lists in the kernel's own LRU maps, which many processors
	// can write at once and which are not quite xt_recent's: see approx.go.
	Approximate bool
	// Version is what the listing says made the object.
	Version string
}

// Output is the result of a translation.
type Output struct {
	// Object is the ELF object. It is empty where there were errors.
	Object []byte
	// Listing is the object as text: instructions under their rules.
	Listing string
	// Programs are the object's programs, in the order in which they are written.
	Programs []Program
	// Rules are the rules by the number that they have in the map of counters and
	// in events.
	Rules []Rule
	// Lists are the address lists, and where the object has them.
	Lists []List
	// Attach is where the programs are meant to be attached.
	Attach Attach
	// Tracking tells that some rule asks for the state of connections, which the
	// kernel tracks only where something in the network namespace wants it.
	Tracking bool
	// HZ is the rate of the clock that the object is made for, 0 for that of the
	// kernel that loads it.
	HZ uint32
	// Matches tells for every recent match how faithful its translation is, in the
	// order of the rules.
	Matches []backend.Match
}

// Program is one program of the object.
type Program struct {
	// Name is its name in the object.
	Name   string
	Family ast.Family
	Hook   compile.Hook
	Table  string
	// Priority is its place at a netfilter hook, that of the iptables table.
	Priority int32
	// Drop tells that the chain's policy is DROP.
	Drop bool
}

// Rule is a rule that has counters.
type Rule struct {
	Family ast.Family
	Table  string
	Chain  string
	Rule   *compile.Rule
}

// List is an address list in the object.
type List struct {
	Name string
	// Map is the name of the map that holds it, Key its key there.
	Map string
	Key uint32
	// Slots is how many addresses it holds, Stamps how many stamps each keeps.
	Slots, Stamps uint32
	// Approximate tells that it shares an LRU map with others, in which Key is the
	// beginning of the key.
	Approximate bool
	// Mask is applied to addresses: its first four bytes to those of IPv4.
	Mask [16]byte
	// Rings are the windows that some rule asks about, sorted and distinct.
	Rings []compile.Ring
	// Families are those whose rules name it.
	Families []ast.Family
	// Word tells that programs lock it by a word that they exchange, so that it cannot
	// be read whole by a look-up: see [Copier].
	Word bool `json:",omitempty"`
}

// Masked is an address under the list's mask.
func (l List) Masked(a netip.Addr) netip.Addr {
	b := a.AsSlice()
	for i := range b {
		b[i] &= l.Mask[i]
	}
	masked, _ := netip.AddrFromSlice(b)
	return masked
}

// Translate makes one object of programs, of one family each.
func Translate(programs []*compile.Program, opts Options) (Output, diag.List) {
	var diags diag.List
	t := &translator{opts: &opts, diags: &diags, at: opts.Attach, out: newObject(), names: map[string]bool{}}
	for _, p := range programs {
		for _, name := range p.Sources {
			if name = filepath.Base(name); !slices.Contains(t.sources, name) {
				t.sources = append(t.sources, name)
			}
		}
	}
	t.out.approximate = opts.Approximate
	t.countRules(programs)
	t.makeLists(programs)
	for _, p := range programs {
		t.program(p)
	}
	if onlyRules(diags) {
		t.account(programs)
		if t.at != Netfilter {
			t.deviceProgram()
		}
		t.finish()
	}
	return t.result, diags
}

// onlyRules tells whether all errors concern one rule each, so that the caller
// may forgive them.
func onlyRules(l diag.List) bool {
	return !slices.ContainsFunc(l, func(d diag.Diagnostic) bool { return d.Severity == diag.Error && !d.Rule })
}

// translator turns programs into functions.
type translator struct {
	opts   *Options
	diags  *diag.List
	at     Attach
	out    *object
	result Output
	// sources are the names of the inputs.
	sources []string
	// names are the names of functions that are taken.
	names map[string]bool
	lists map[string]*list
	// left are the rules that are left out.
	left []*compile.Rule
	// tracking tells that a rule has asked for a connection's state.
	tracking bool

	// rules and listSteps are how many there are in all programs.
	rules, listSteps int
	// device are the chains that a program at a device runs.
	device []deviceChain

	prog *compile.Program
	// chains has the function of each chain of the program at hand.
	chains map[*compile.Chain]string
	// byName finds its chains by table and name.
	byName map[[2]string]*compile.Chain
	chain  *compile.Chain
	rule   *compile.Rule
	failed bool
}

func (t *translator) program(p *compile.Program) {
	t.prog, t.chains, t.byName = p, map[*compile.Chain]string{}, map[[2]string]*compile.Chain{}
	for _, c := range p.Chains {
		t.byName[[2]string{c.Table, c.Name}] = c
	}
	called := t.called()
	for _, c := range p.Chains {
		t.chains[c] = t.takeName(fmt.Sprintf("%s_%s_%s", familyName(p.Family), c.Table, c.Name))
	}
	for _, c := range p.Chains {
		if called[c] {
			t.translateChain(c)
		}
	}
	for _, c := range p.Chains {
		switch {
		case c.Hook == compile.NoHook || !called[c]:
		case t.at == Netfilter:
			t.hookProgram(c)
		default:
			t.atDevice(c)
		}
	}
}

// called are the chains that packets can come to and that do something: those
// with a hook and a rule or a policy of DROP, and all that they call.
func (t *translator) called() map[*compile.Chain]bool {
	called := map[*compile.Chain]bool{}
	var visit func(c *compile.Chain)
	visit = func(c *compile.Chain) {
		if c == nil || called[c] {
			return
		}
		called[c] = true
		for _, r := range c.Rules {
			if j, ok := r.Target.(*compile.Jump); ok {
				visit(t.findChain(c.Table, j.Chain))
			}
		}
	}
	for _, c := range t.prog.Chains {
		if c.Hook != compile.NoHook && (len(c.Rules) > 0 || c.Drop) {
			visit(c)
		}
	}
	return called
}

func (t *translator) findChain(table, name string) *compile.Chain {
	return t.byName[[2]string{table, name}]
}

// familyName is the family in the names of functions.
func familyName(f ast.Family) string {
	if f == ast.IPv6 {
		return "v6"
	}
	return "v4"
}

// takeName makes a name that BTF takes of one that it may not, and that no other
// function has.
func (t *translator) takeName(want string) string {
	name := []byte(want)
	for i, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_') {
			name[i] = '_'
		}
	}
	got := string(name)
	for n := 2; t.names[got]; n++ {
		got = fmt.Sprintf("%s_%d", name, n)
	}
	t.names[got] = true
	return got
}

// library adds a function that rules call, once.
func (t *translator) library(name string, make func() *function) {
	if t.out.library[name] == nil {
		t.out.library[name] = make()
	}
}

// finish writes the object.
func (t *translator) finish() {
	t.result.Tracking, t.result.Attach, t.result.HZ = t.tracking, t.at, t.opts.HZ
	t.out.functions = append(t.out.functions, slices.SortedFunc(maps.Values(t.out.library), inOrder)...)
	for _, f := range t.out.functions {
		f.prune()
	}
	t.checkSize()
	if !onlyRules(*t.diags) {
		return
	}
	elf, err := t.out.elf()
	if err != nil {
		t.tooLarge(err.Error())
		return
	}
	t.result.Object, t.result.Listing = elf, listing(t)
}
