package ipset

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// command is what a line does to the sets.
type command struct {
	// name may be shortened; short are the names from iptables' time.
	name  string
	short []string
	run   func(p *parser, args []ast.Word)
}

// commands are in the order in which ipset tries beginnings of names.
func commands() []command {
	return []command{
		{"create", []string{"new", "-N"}, (*parser).create},
		{"add", []string{"-A"}, (*parser).add},
		{"del", []string{"-D"}, (*parser).del},
		{"flush", []string{"-F"}, (*parser).flush},
		{"destroy", []string{"-X", "x"}, (*parser).destroy},
		{"rename", []string{"-E", "e"}, (*parser).rename},
		{"swap", []string{"-W", "w"}, (*parser).swap},
	}
}

func findCommand(word string) func(*parser, []ast.Word) {
	long := strings.TrimPrefix(word, "--")
	for _, c := range commands() {
		if slices.Contains(c.short, word) || long != "" && strings.HasPrefix(c.name, long) {
			return c.run
		}
	}
	return nil
}

// set finds the set that a line names.
func (p *parser) set(args []ast.Word) *Set {
	if len(args) == 0 {
		p.report(diag.IPSetSyntax, ast.Word{}, "the name of the set is missing", "ipset refuses the line.", "Write it behind the command.")
		return nil
	}
	s := p.sets[args[0].Text]
	if s != nil && s.index == nil {
		s.reopen()
	}
	if s == nil {
		p.report(diag.IPSetUnknown, args[0], "there is no set "+args[0].Text+" at this line",
			"No create line in front of it makes the set; ipset refuses the line.", "Save all sets with `ipset save`, or give the file that creates it first.")
	}
	return s
}

func (p *parser) flush(args []ast.Word) {
	if len(args) == 0 {
		if !p.affords(len(p.sets)/8, ast.Word{}) {
			return
		}
		for _, s := range p.sets {
			p.empty(s)
		}
		return
	}
	if s := p.set(args); s != nil && p.onlyOne(args) {
		p.empty(s)
	}
}

func (p *parser) empty(s *Set) {
	p.gathers(s, s.spread)
	s.flush()
}

func (p *parser) destroy(args []ast.Word) {
	if len(args) == 0 {
		p.destroyAll()
		return
	}
	if p.exist && p.sets[args[0].Text] == nil {
		return
	}
	if s := p.set(args); s != nil && p.onlyOne(args) && !p.isUsed(args[0]) {
		p.gathers(s, s.spread)
		delete(p.sets, args[0].Text)
	}
}

// pair reads the two names of rename and swap.
func (p *parser) pair(args []ast.Word) (from *Set, to string) {
	if len(args) != 2 {
		p.report(diag.IPSetSyntax, ast.Word{}, "two names of sets must stand here", "ipset refuses the line.", "")
		return nil, ""
	}
	return p.set(args[:1]), args[1].Text
}

func (p *parser) rename(args []ast.Word) {
	from, to := p.pair(args)
	if from == nil || p.isUsed(args[0]) {
		return
	}
	if p.sets[to] != nil {
		p.refused(args[1], "there is a set %s already", to)
		return
	}
	delete(p.sets, from.Name)
	from.Name = to
	p.sets[to] = from
}

func (p *parser) swap(args []ast.Word) {
	a, _ := p.pair(args)
	if a == nil {
		return
	}
	b := p.set(args[1:])
	if b == nil {
		return
	}
	if a.Type != b.Type || a.Family != b.Family {
		p.bad(args[1], "the sets %s and %s are not of the same type", a.Name, b.Name)
		return
	}
	*a, *b = *b, *a // whoever has found a set by its name goes on to have that name
	a.Name, b.Name = b.Name, a.Name
	a.File, b.File = b.File, a.File
	a.Range, b.Range = b.Range, a.Range
	a.Script, b.Script = b.Script, a.Script
}

func (p *parser) add(args []ast.Word) {
	s := p.set(args)
	if s == nil {
		return
	}
	e := Entry{Timeout: s.Timeout, Line: p.lineNo}
	keys, place, ok := p.entry(s, args[1:], &e)
	if !ok || !p.spreads(s, len(keys), args[1]) {
		return
	}
	before := len(s.index)
	for i, k := range keys {
		if !p.takes(s, k, args[1], i > 0) {
			return
		}
		e.Key = k
		s.put(e)
	}
	if s.Type.List && place.at != "" && len(s.index) > before && p.affords(4*len(s.Entries), args[1]) {
		s.move(e.Member, place)
	}
	if s.full(0) {
		p.report(diag.IPSetValue, args[1], fmt.Sprintf("set %s holds more than %d entries", s.Name, s.MaxElem), "ipset refuses the line: the set is full.",
			"Write a larger maxelem in its create line.")
		s.MaxElem = 1<<32 - 1 // once is enough
	}
}

func (p *parser) del(args []ast.Word) {
	s := p.set(args)
	if s == nil {
		return
	}
	keys, _, ok := p.entry(s, args[1:], &Entry{})
	if !ok || len(keys) > 1 && !p.affords(len(keys), args[1]) {
		return
	}
	p.gathers(s, len(keys))
	for i, k := range keys {
		if !s.drop(k) && !p.exist && (p.host != nil || len(keys) == 1) {
			p.refusedPart(i > 0, args[1], "%s is not in the set %s", args[1].Text, s.Name)
			return
		}
	}
}

// placing is where a member of a list goes.
type placing struct {
	at     string
	before bool
}

// move puts a member beside another one.
func (s *Set) move(member string, to placing) {
	byName := func(name string) func(Entry) bool {
		return func(e Entry) bool { return !e.dead && e.Member == name }
	}
	from := slices.IndexFunc(s.Entries, byName(member))
	e := s.Entries[from]
	s.Entries = slices.Delete(s.Entries, from, from+1)
	i := slices.IndexFunc(s.Entries, byName(to.at))
	if !to.before {
		i++
	}
	s.Entries = slices.Insert(s.Entries, max(i, 0), e)
	for i := range s.Entries {
		if !s.Entries[i].dead {
			s.index[s.found(s.Entries[i].Key)] = i
		}
	}
}
