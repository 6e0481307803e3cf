package live

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/backend/nft"
)

// step is the change from what is loaded to one table of a translation.
type step struct {
	was *present
	to  nft.Table
	// kept are the sets that stay, with what they hold.
	kept map[string]bool
	// whole replaces the table at once, because it holds what we did not put there
	// and know no way around.
	whole bool
}

// newStep decides which sets stay: those of lists that mean the same as before.
func newStep(was *present, to nft.Table) *step {
	s := &step{was: was, to: to, kept: map[string]bool{}}
	if !was.exists {
		return s
	}
	s.whole = was.unusual || slices.ContainsFunc(to.Sets, func(x nft.Set) bool { return x.Kind != "set" })
	if s.whole {
		return s
	}
	for _, x := range to.Sets {
		s.kept[x.Name] = slices.ContainsFunc(was.sets, func(l loadedSet) bool {
			return l.name == x.Name && l.hasRole && l.role.String() == x.Comment && l.size == x.Size
		})
	}
	return s
}

// script is the change as one transaction. The sets that stay are not mentioned, so
// that no packet's stamp is lost; the chains are all made anew.
func (s *step) script() string {
	id := s.to.Family + " " + s.to.Name
	var b strings.Builder
	switch {
	case !s.was.exists:
	case s.whole:
		b.WriteString("delete table " + id + "\n")
	default:
		s.clear(&b, id)
	}
	b.WriteString("table " + id + " {\n\tcomment \"" + nft.TableComment + "\"\n\n")
	s.newSets(&b)
	b.WriteString(s.to.Chains + "}\n")
	return b.String()
}

// transition is the change without a moment in which a packet is let in that neither the
// old nor the new rules accept, or lost that both do.
func (s *step) transition() transition {
	id := s.to.Family + " " + s.to.Name
	if s.whole {
		return atOnce(nft.Replace(s.to.Family, s.to.Name) + strings.TrimPrefix(s.script(), "delete table "+id+"\n"))
	}
	var clear, text strings.Builder
	s.clearSets(&clear, id)
	text.WriteString("\tcomment \"" + nft.TableComment + "\"\n\n")
	s.newSets(&text)
	text.WriteString(s.to.Chains)
	return newChange(id, s.was, clear.String(), text.String())
}

func (s *step) newSets(b *strings.Builder) {
	for _, x := range s.to.Sets {
		if !s.kept[x.Name] {
			b.WriteString(x.Text)
		}
	}
}

func (s *step) clear(b *strings.Builder, id string) {
	b.WriteString("flush table " + id + "\n")
	for _, name := range s.was.chains {
		b.WriteString("delete chain " + id + " " + name + "\n")
	}
	s.clearSets(b, id)
}

func (s *step) clearSets(b *strings.Builder, id string) {
	for _, x := range s.was.sets {
		if !s.kept[x.name] {
			b.WriteString("delete set " + id + " " + x.name + "\n")
		}
	}
}

// early is a script that makes the sets that are new, without a chain that could
// see a packet, so that they can be filled before the rules come.
func (s *step) early() string {
	var b strings.Builder
	b.WriteString("table " + s.to.Family + " " + s.to.Name + " {\n\tcomment \"" + nft.TableComment + "\"\n\n")
	for _, x := range s.to.Sets {
		if x.Kind == "set" && x.Comment != "" && s.isNew(x.Name) {
			b.WriteString(x.Text)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func (s *step) isNew(set string) bool {
	return !slices.ContainsFunc(s.was.sets, func(l loadedSet) bool { return l.name == set })
}
