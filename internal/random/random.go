// Package random draws the parts of random rule files around -m recent, for tests
// that compare what treats the same packets. The same seed draws the same parts.
package random

import (
	"fmt"
	"math/rand/v2"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
)

// Maker draws rules for the packets of one of the lab's hooks.
type Maker struct {
	*rand.Rand
	Hook lab.Hook
	// Family is that of the rules at hand.
	Family ast.Family
	// Windows are the --seconds that questions ask for. None ends where the lab's
	// packets are.
	Windows []int
}

// New returns the maker of a seed. Makers with other streams draw other things.
func New(seed, stream uint64, hook lab.Hook) Maker {
	m := Maker{Rand: rand.New(rand.NewPCG(seed, uint64(hook)+stream)), Hook: hook}
	for s := 1; s <= 9; s++ {
		if lab.SafeWindow(s) {
			m.Windows = append(m.Windows, s)
		}
	}
	// At 250 Hz these wrap to 0.816 and 2.816 s, which no multiple of the lab's grid comes near.
	m.Windows = append(m.Windows, 17179870, 17179872)
	return m
}

// Pick draws one of the words.
func (m *Maker) Pick(words ...string) string { return words[m.IntN(len(words))] }

// ByFamily picks the word of the rules' family.
func (m *Maker) ByFamily(four, six string) string {
	if m.Family == ast.IPv6 {
		return six
	}
	return four
}

// Sometimes gives in one of four cases what is drawn, and else nothing.
func (m *Maker) Sometimes(what func() string) string {
	if m.IntN(4) > 0 {
		return ""
	}
	return what()
}

// Table is a table and those of its built-in chains that the packets of a hook
// pass, in the order in which they do.
type Table struct {
	Name   string
	Chains []string
}

// Tables are the tables that packets of each hook pass, but for nat. Chains that the
// kernel's answers would pass are left out.
var Tables = map[lab.Hook][]Table{
	lab.Input:   {{"raw", []string{"PREROUTING"}}, {"mangle", []string{"PREROUTING", "INPUT"}}, {"filter", []string{"INPUT"}}, {"security", []string{"INPUT"}}},
	lab.Forward: {{"raw", []string{"PREROUTING"}}, {"mangle", []string{"PREROUTING", "FORWARD", "POSTROUTING"}}, {"filter", []string{"FORWARD"}}, {"security", []string{"FORWARD"}}},
	lab.Output:  {{"raw", []string{"OUTPUT"}}, {"mangle", []string{"OUTPUT", "POSTROUTING"}}, {"filter", []string{"OUTPUT"}}, {"security", []string{"OUTPUT"}}},
}

// Device asks for a device of the lab where iptables takes one in this chain. A chain of the
// user's own may be called from hooks that do not know it.
func (m *Maker) Device(chain string) string {
	in, out := m.Pick("-i v0 ", "! -i v+ ", "-i x+ ", "-i + "), m.Pick("-o v1 ", "! -o v1 ", "-o v+ ")
	switch chain {
	case "PREROUTING", "INPUT":
		return in
	case "OUTPUT", "POSTROUTING":
		return out
	}
	return m.Pick(in, out, in+out)
}

// Recent is a match about one of the lists A, B and DEFAULT.
func (m *Maker) Recent() string {
	s := "-m recent --name " + m.Pick("A", "A", "B", "DEFAULT")
	op := m.Pick("--set", "--set", "--rcheck", "--rcheck", "--update", "--update", "--remove")
	s += " " + m.Pick("", "", "", "", "! ") + op
	if op == "--rcheck" || op == "--update" {
		s += m.Question()
	}
	s += m.Pick("", "", "", "", "", m.ByFamily(" --mask 255.255.255.252", " --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffc"), m.ByFamily(" --mask 255.255.255.255", " --mask ffff:ffff::3"))
	return s + m.Pick("", "", "", "", " --rsource", " --rdest") + " "
}

// Question are the options of an --rcheck or --update.
func (m *Maker) Question() (s string) {
	if m.IntN(5) > 0 {
		s += fmt.Sprintf(" --seconds %d", m.Windows[m.IntN(len(m.Windows))])
		s += m.Pick("", "", " --reap")
	}
	if m.IntN(3) > 0 {
		s += fmt.Sprintf(" --hitcount %d", m.IntN(8))
	}
	return s + m.Pick("", "", "", " --rttl")
}
