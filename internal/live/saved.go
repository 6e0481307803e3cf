package live

import (
	"time"

	"github.com/recentc/recentc/backend/nft"
)

// savedTable is a snapshot as it is written to the state folder: all that restore needs.
type savedTable struct {
	Family, Name string
	Exists       bool
	Handle       uint64
	Comment      string
	Chains       []string
	Unusual      bool
	// At is in the kernel's monotonic time.
	At    time.Duration
	State string
	// Parts are the blocks, with their sets.
	Parts []savedPart
	Sets  []savedSet
}

type savedPart struct {
	Text     string
	Elements []savedElement
	// Set is the number of the table's set, -1 for other blocks.
	Set int
}

type savedElement struct {
	Key              []byte
	Timeout, Expires time.Duration
}

type savedSet struct {
	Name    string
	Family  uint8
	Role    nft.Role
	HasRole bool
	Size    uint32
	IsMap   bool
}

func (s *snapshot) save() savedTable {
	out := savedTable{
		Family: s.family, Name: s.name, Exists: s.exists, Handle: s.handle, Comment: s.comment, Chains: s.chains, Unusual: s.unusual,
		At: monotonic() - time.Since(s.at), State: s.state,
	}
	for _, x := range s.present.sets {
		out.Sets = append(out.Sets, savedSet{x.name, x.family, x.role, x.hasRole, x.size, x.isMap})
	}
	for i, text := range s.blocks {
		part := savedPart{Text: text, Set: -1}
		for _, e := range s.elements[i] {
			part.Elements = append(part.Elements, savedElement{e.key, e.timeout, e.expires})
		}
		for k := range s.present.sets {
			if s.sets[i] == &s.present.sets[k] {
				part.Set = k
			}
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

// snapshot is the table again, without what only the look at it needed.
func (t savedTable) snapshot() *snapshot {
	p := &present{family: t.Family, name: t.Name, exists: t.Exists, handle: t.Handle, comment: t.Comment, chains: t.Chains, unusual: t.Unusual}
	for _, x := range t.Sets {
		p.sets = append(p.sets, loadedSet{setID{x.Family, t.Name, x.Name}, x.Role, x.HasRole, x.Size, x.IsMap})
	}
	s := &snapshot{present: p, state: t.State, at: time.Now().Add(t.At - monotonic())}
	for _, part := range t.Parts {
		var elements []element
		for _, e := range part.Elements {
			elements = append(elements, element{e.Key, e.Timeout, e.Expires})
		}
		var set *loadedSet
		if part.Set >= 0 {
			set = &p.sets[part.Set]
		}
		s.blocks, s.elements, s.sets = append(s.blocks, part.Text), append(s.elements, elements), append(s.sets, set)
	}
	return s
}
