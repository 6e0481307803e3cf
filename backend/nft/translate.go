// Package nft turns a Program into nftables text that `nft -f` loads.
//
// It stands behind package compile and knows nothing of how rules were written.
// Each match and target has a file of its own, named after it; registry.go lists
// them. lower.go splits rules that act in the middle, ring.go holds the exact
// sliding window.
package nft

import (
	"fmt"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// Options are the choices that the caller has.
type Options struct {
	// Table is the name of the table, in each family; "recentc" if empty.
	Table string
	// Meter asks for the idiomatic, approximate form of hitcounts.
	Meter bool
	// Fragments keeps rules that read a header behind IP's from the later
	// fragments of packets, where no connections are tracked. Without it
	// nftables takes a fragment's data for ports there.
	Fragments bool
	// Meanings asks for what each rule of the output means, in [Table.Meanings].
	Meanings bool
	// Version is what the header says made the output.
	Version string
}

// Translate prints programs as one nftables script, a table for each.
func Translate(programs []*compile.Program, opts Options) (Output, diag.List) {
	s, diags := Prepare(programs, opts)
	return s.Output(), diags
}

// Prepare is Translate without the printing, for who writes the script somewhere
// else: of a large file the text alone takes much memory.
func Prepare(programs []*compile.Program, opts Options) (*Script, diag.List) {
	if opts.Table == "" {
		opts.Table = "recentc"
	}
	s := &Script{header: header(programs, &opts)}
	var diags diag.List
	for _, p := range programs {
		t := newTranslator(p, &opts, &diags)
		t.program()
		s.tables = append(s.tables, tableText{p.Family.String(), opts.Table, t.sets, append(t.listChains, t.chains...)})
		s.Matches = append(s.Matches, t.matches...)
		s.Rules += t.rules
	}
	return s, diags
}

// translator turns one program into one table.
type translator struct {
	prog       *compile.Program
	opts       *Options
	diags      *diag.List
	chainNames namespace
	setNames   namespace
	// named gives the output's name of each of the program's chains.
	named      map[*compile.Chain]string
	byName     map[[2]string]*compile.Chain
	sets       []*set
	listChains []*chain
	chains     []*chain
	lists      map[*compile.List]*list
	// hashTables are the tables of -m hashlimit, by name.
	hashTables map[string]*hashTable
	// connlimits counts the sets of -m connlimit.
	connlimits int
	// ipsets are the sets of ipset that have been asked so far.
	ipsets map[setQuestion]*setParts
	// tracking tells that connections are tracked; whole is the last rule that
	// asked for a packet's first fragment. See fragment.go.
	tracking *bool
	// policyChain holds the policy of the chain at hand; see hook_policy.go.
	policyChain *chain
	whole       *compile.Rule
	matches     []Match
	// repeated counts the rules whose source stands in the output twice.
	repeated int
	rules    int

	chain  *compile.Chain
	rule   *compile.Rule
	failed bool
	// owed is what the rule in front left to do to the next; see pair.go.
	owed []stmt

	// aside marks a copy that translates some of the rules; waiting tells that the
	// rule at hand cannot be one of them. See aside.go.
	aside, waiting bool
	workspace
	room ruleRoom
	done printout
}

// workspace is memory that each rule uses again. A rule's statements may lie in it
// only if the rule is printed before the next.
type workspace struct {
	emitter emitter
	ops     []op
	stmts   []stmt
	tests   stmtRoom
	alts    [][]stmt
}

// all is the function of that name for the rule at hand, in the workspace.
func (t *translator) all(s ...stmt) form {
	n := len(t.alts)
	t.alts = append(t.alts, t.tests.keep(s))
	return form{alts: t.alts[n : n+1 : n+1]}
}

func newTranslator(p *compile.Program, o *Options, d *diag.List) *translator {
	t := &translator{
		prog: p, opts: o, diags: d, chainNames: namespace{}, setNames: namespace{},
		named: map[*compile.Chain]string{}, byName: map[[2]string]*compile.Chain{}, lists: map[*compile.List]*list{},
	}
	for _, c := range p.Chains {
		t.byName[[2]string{c.Table, c.Name}] = c
	}
	t.done.meanings, t.done.ipv6 = o.Meanings, t.ipv6()
	return t
}

func (t *translator) program() {
	if !t.fits() {
		return
	}
	for _, c := range t.prog.Chains {
		t.nameChain(c)
	}
	t.makeLists()
	batches := t.translateAside()
	for _, c := range t.prog.Chains {
		t.translateChain(c, batches[c])
	}
	for _, list := range batches {
		for _, b := range list {
			<-b.done // also where a chain was given up
		}
	}
	t.fewerSets()
	t.checkDepth()
	printRest(t.chains, &t.done)
	t.account()
}

// nameChain gives a chain its name in the output: the filter table's chains keep
// theirs, the built-in ones of other tables are prefixed with it, and so are
// others whose name several tables have.
func (t *translator) nameChain(c *compile.Chain) {
	want := c.Name
	if c.Table != "filter" && (c.Hook != compile.NoHook || t.shared(c.Name)) {
		want = c.Table + "_" + c.Name
	}
	got := t.chainNames.take(legal(want))
	t.named[c] = got
	if got != want {
		t.note(diag.Renamed, c.File, c.Range, fmt.Sprintf("chain %s is named %s in the output", c.Name, got),
			"nftables does not take the name as it is.")
	}
}

// shared tells whether several tables have a chain of the name.
func (t *translator) shared(name string) bool {
	n := 0
	for _, table := range []string{"filter", "nat", "mangle", "raw", "security"} {
		if t.byName[[2]string{table, name}] != nil {
			n++
		}
	}
	return n > 1
}

func (t *translator) note(code diag.Code, f *ast.File, r ast.Range, summary, why string) {
	d := diag.Diagnostic{Code: code, Severity: diag.Note, Range: r, Summary: summary, Why: why}
	if f != nil {
		d.File, d.Line = f.Name, f.Line(r.Start.Line)
	}
	t.diags.Add(d)
}

// addChain adds a chain to the output, with the first free name.
func (t *translator) addChain(name string) *chain {
	if t.waits() {
		return &chain{}
	}
	c := &chain{name: t.chainNames.take(legal(name))}
	t.chains = append(t.chains, c)
	return c
}

func (t *translator) translateChain(c *compile.Chain, batches []*batch) {
	t.chain, t.policyChain = c, nil
	out := &chain{name: t.named[c]}
	if c.Hook != compile.NoHook {
		out.kind, out.hook, out.priority = hookOf(c)
		out.policy = policy(c).right.text
	}
	t.chains = append(t.chains, out)
	rests := 0
	for _, b := range batches {
		<-b.done
		for i := range b.stretches {
			s := &b.stretches[i]
			t.take(s, out)
			if s.next == nil {
				continue
			}
			next := t.translateNext(s.next, out)
			if next != out {
				rests++
			}
			if out = next; rests > maxRests {
				t.tooDeep(s.next[0])
				return
			}
		}
	}
	t.endByPolicy(out)
}

// translateNext writes the first of the rules, with the chains that it needs, and
// returns the chain that goes on behind it.
func (t *translator) translateNext(rules []*compile.Rule, out *chain) (next *chain) {
	own, lists := len(t.chains), len(t.listChains)
	if len(rules) > 1 && t.pairs(rules[0], rules[1]) {
		next = t.translateFirst(rules[0], out)
	} else {
		next = t.translateRule(rules[0], out)
	}
	t.printRules(out)
	for _, c := range t.chains[own:] {
		t.printRules(c)
	}
	for _, c := range t.listChains[lists:] {
		t.printRules(c)
	}
	t.room.clear()
	return next
}

// maxRests bounds how often one chain may be cut: the kernel follows jumps and
// gotos 16 deep when it checks a table.
const maxRests = 8

func (t *translator) tooDeep(r *compile.Rule) {
	t.rule = r
	t.fail(diag.TooDeep, "too many rules of this chain record an address and then return",
		"Each needs one more level of chains, and the kernel allows 16.", "Split the chain, or let the rules jump to a chain that returns.")
	(*t.diags)[len(*t.diags)-1].Rule = false // the rest of the chain would be missing, too
}

// translateRule writes one rule and returns the chain that goes on behind it.
func (t *translator) translateRule(r *compile.Rule, home *chain) *chain {
	t.rule, t.failed = r, false
	t.emitter = emitter{t: t, home: place{home, false}, src: r, base: home.name}
	e := &t.emitter
	t.alts = t.alts[:0] // all rules in front are printed
	t.tests.clear()
	if !t.aside {
		t.stmts = nil // those of the rule in front stay
	}
	e.pending.from = r
	if r.Failed {
		return e.leaveOut()
	}
	ops := t.opsOf(r.Steps, e)
	if r.Target != nil {
		e.end = t.target(r.Target)
	}
	if t.failed {
		return e.leaveOut()
	}
	t.rules++
	return e.emit(ops)
}

// leaveOut keeps the rule as a comment, for --partial.
func (e *emitter) leaveOut() *chain {
	e.pending.leftOut, e.pending.comment = true, ""
	e.add(e.home, nil)
	return e.home.chain
}

// opsOf translates the steps of a rule.
func (t *translator) opsOf(steps []compile.Step, e *emitter) []op {
	ops := t.ops[:0]
	for _, s := range steps {
		switch s := s.(type) {
		case *compile.Record:
			e.base = t.lists[s.List].chainBase(e.home.name, s.Origin)
			ops = append(ops, t.recordOps(s)...)
		case *compile.Seen:
			e.base = t.lists[s.List].chainBase(e.home.name, s.Origin)
			ops = append(ops, t.seenOps(s)...)
		case *compile.Forget:
			e.base = t.lists[s.List].chainBase(e.home.name, s.Origin)
			ops = append(ops, t.forgetOps(s)...)
		case *compile.Never:
			ops = append(ops, op{kind: opStop})
		default:
			ops = t.matchOps(ops, s, e)
		}
	}
	t.ops = ops
	return ops
}

// matchOps appends what a match does.
func (t *translator) matchOps(ops []op, s compile.Step, e *emitter) []op {
	if c, ok := s.(*compile.Comment); ok {
		t.comment(c, e)
		return ops
	}
	f := t.step(s)
	if len(f.alts) == 0 && !t.failed {
		t.never()
		return append(ops, op{kind: opStop})
	}
	ops = append(ops, op{kind: opTest, alts: f.alts})
	if len(f.unless) > 0 {
		ops = append(ops, op{kind: opUnless, alts: f.unless})
	}
	if len(f.do) > 0 {
		ops = append(ops, op{kind: opDo, do: f.do})
	}
	return ops
}

// never warns of a rule whose tests exclude every packet.
func (t *translator) never() {
	r := t.rule
	t.diags.Add(diag.Diagnostic{
		Code: diag.NeverMatches, Severity: diag.Warning, File: r.File.Name, Range: r.Range, Line: r.File.Line(r.Range.Start.Line), Command: r.Ran,
		Summary: "this rule can never match", Why: "Its conditions exclude every packet; it did nothing before either, and it is kept.", Fix: "Remove it, or write what was meant.",
	})
}

// fail reports that the rule at hand cannot be translated.
func (t *translator) fail(code diag.Code, summary, why, fix string) {
	t.failed = true
	r := t.rule
	t.diags.Add(diag.Diagnostic{
		Code: code, Severity: diag.Error, File: r.File.Name, Range: r.Range, Rule: true,
		Summary: summary, Why: why, Fix: fix, Line: r.File.Line(r.Range.Start.Line), Command: r.Ran,
	})
}

// inexpressible reports something that nftables has no form for.
func (t *translator) inexpressible(what, fix string) {
	t.fail(diag.NotInNft, what+" cannot be expressed in nftables", "A near miss would change what the rule does.", fix)
}
