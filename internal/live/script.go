package live

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/backend/nft"
)

// present is a table of ours that is loaded, or of which there is none.
type present struct {
	family, name string
	// listing is nil where there is no such table.
	listing *listing
	sets    []loadedSet
}

// look reads what is loaded of a table.
func look(family, name string) (*present, error) {
	l, err := list(family, name)
	if err != nil {
		return nil, err
	}
	p := &present{family: family, name: name, listing: l}
	if l != nil {
		p.sets, err = loadedSets(family, name)
	}
	return p, err
}

// ours tells whether recentc made the table.
func (p *present) ours() bool {
	return p.listing == nil || p.listing.comment == nft.TableComment
}

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
	if was.listing == nil {
		return s
	}
	for _, b := range was.listing.blocks {
		if b.kind != "set" && b.kind != "chain" {
			s.whole = true
		}
	}
	if slices.ContainsFunc(to.Sets, func(x nft.Set) bool { return x.Kind != "set" }) || s.whole {
		s.whole = true
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
	case s.was.listing == nil:
	case s.whole:
		b.WriteString("delete table " + id + "\n")
	default:
		s.clear(&b, id)
	}
	b.WriteString("table " + id + " {\n\tcomment \"" + nft.TableComment + "\"\n\n")
	for _, x := range s.to.Sets {
		if !s.kept[x.Name] {
			b.WriteString(x.Text)
		}
	}
	b.WriteString(s.to.Chains + "}\n")
	return b.String()
}

func (s *step) clear(b *strings.Builder, id string) {
	b.WriteString("flush table " + id + "\n")
	for _, x := range s.was.listing.blocks {
		if x.kind == "chain" {
			b.WriteString("delete chain " + id + " " + x.name + "\n")
		}
	}
	for _, x := range s.was.listing.blocks {
		if x.kind == "set" && !s.kept[x.name] {
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
