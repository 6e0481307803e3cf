package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	bpf "github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/backend/nft"
)

// snapshot is a table as it stood, with what its lists held and how old that was.
// Rates (token buckets, and how fast a source floods) are not part of it: they are gone
// within seconds. Sets that are not of a list hold what they held, without growing older.
type snapshot struct {
	*present
	listing *listing
	state   string
	at      time.Time
	// blocks are the texts of the table's parts, without their last line.
	blocks []string
	// elements are those of the sets, by the number of their block.
	elements [][]element
	sets     []*loadedSet
	// bare are the texts of sets that hold more than addresses, without elements.
	bare map[int]string
}

// take reads all of a table.
func take(p *present) (s *snapshot, err error) {
	s = &snapshot{present: p, at: time.Now()}
	if !p.exists {
		return s, nil
	}
	s.state = readState(p.family, p.name)
	if s.listing, err = list(p.family, p.name); err != nil {
		return nil, err
	}
	s.at, s.bare = time.Now(), map[int]string{}
	for i := range s.listing.blocks {
		if err := s.take(&s.listing.blocks[i]); err != nil {
			return nil, err
		}
	}
	return s, s.check()
}

// check holds that the table can be put back, before it is touched. nft does not read
// all elements that it lists, those with states of their own among them.
func (s *snapshot) check() error {
	_, err := tool(s.script(), "-c", "-f", "-")
	if err == nil {
		return nil
	}
	for i, text := range s.bare {
		s.blocks[i] = text
	}
	if _, err = tool(s.script(), "-c", "-f", "-"); err != nil {
		return fmt.Errorf("what is loaded now could not be put back, so it is left as it is: %w", err)
	}
	return nil
}

func (s *snapshot) take(b *block) (err error) {
	set := s.present.set(b.name)
	text := b.plain()
	var elements []element
	switch {
	case b.kind != "set" && b.kind != "map":
	case set == nil || !set.hasRole:
		return s.takeForeign(b)
	case restorable(set.role.Kind):
		if elements, err = readSet(set.setID, s.at); err != nil {
			return err
		}
	}
	s.blocks = append(s.blocks, strings.TrimSuffix(text, "\t}\n"))
	s.elements = append(s.elements, elements)
	s.sets = append(s.sets, set)
	return nil
}

// readSet reads a set, sorted, with what is left of the lives at the time given.
func readSet(set setID, at time.Time) (out []element, err error) {
	r, err := newReader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	all, err := r.dump(set, at, true)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[key])
	}
	return out, err
}

// takeForeign takes a set that is not of a list as nft lists it.
func (s *snapshot) takeForeign(b *block) error {
	text, err := withElements(s.family, s.name, b)
	if err != nil {
		return err
	}
	s.bare[len(s.blocks)] = strings.TrimSuffix(b.plain(), "\t}\n")
	s.blocks = append(s.blocks, strings.TrimSuffix(text, "\t}\n"))
	s.elements, s.sets = append(s.elements, nil), append(s.sets, nil)
	return nil
}

// withElements is a set's text with what it holds.
func withElements(family, table string, b *block, options ...string) (string, error) {
	text, err := tool("", append(options, "list", b.kind, family, table, b.name)...)
	if err != nil {
		return "", err
	}
	l, err := parseListing(text)
	if err != nil || len(l.blocks) == 0 {
		return "", fmt.Errorf("%s %s cannot be read: %v", b.kind, b.name, err)
	}
	return l.blocks[0].text, nil
}

func (p *present) set(name string) *loadedSet {
	for i := range p.sets {
		if p.sets[i].name == name {
			return &p.sets[i]
		}
	}
	return nil
}

// restorable tells whether the elements of a set can be written as text.
func restorable(k nft.Kind) bool {
	return k != nft.KindBusy && k != nft.KindChurn && k != nft.KindMeter
}

// script puts the table back as it stood, grown older by the time since.
func (s *snapshot) script() string {
	id := s.family + " " + s.name
	var b strings.Builder
	b.WriteString(replaced(id))
	if !s.exists {
		return b.String()
	}
	b.WriteString("table " + id + " {\n" + s.inside() + "}\n")
	return b.String()
}

// inside is the table's content, grown older by the time since.
func (s *snapshot) inside() string {
	var b strings.Builder
	if s.comment != "" {
		b.WriteString("\tcomment \"" + s.comment + "\"\n")
	}
	passed := time.Since(s.at)
	for i, text := range s.blocks {
		b.WriteString(text)
		s.writeElements(&b, i, passed)
		b.WriteString("\t}\n")
	}
	return b.String()
}

// transition puts the table back without a moment in which a packet is let in that
// neither what is loaded now nor what was accepts, or lost that both do.
func (s *snapshot) transition(now *present) transition {
	id := s.family + " " + s.name
	switch {
	case !s.exists:
		return removal{id}
	case !now.exists, now.unusual, s.unusual:
		return atOnce(strings.Replace(s.script(), replaced(id), nft.Replace(s.family, s.name), 1))
	}
	var clear strings.Builder
	for _, x := range now.sets {
		clear.WriteString("delete set " + id + " " + x.name + "\n")
	}
	return newChange(id, now, clear.String(), s.inside())
}

func replaced(id string) string { return "table " + id + "\ndelete table " + id + "\n" }

func (s *snapshot) writeElements(b *strings.Builder, at int, passed time.Duration) {
	open := "\t\telements = { "
	for _, e := range s.elements[at] {
		if e.expires > 0 {
			if e.expires -= passed; e.expires < least {
				continue
			}
		}
		b.WriteString(open + keyText(s.family, s.sets[at].role.Kind, e.key))
		if e.timeout > 0 {
			b.WriteString(" timeout " + span(e.timeout))
		}
		if e.expires > 0 {
			b.WriteString(" expires " + span(e.expires))
		}
		open = ",\n\t\t\t     "
	}
	if open[0] == ',' {
		b.WriteString(" }\n")
	}
}

// keyText writes an element's key as nft reads it.
func keyText(family string, k nft.Kind, key []byte) string {
	a, rest, _ := splitKey(family, key)
	switch {
	case k == nft.KindTTL && len(rest) == 4:
		return fmt.Sprint(a, " . ", rest[0])
	case len(rest) == 4:
		return fmt.Sprint(a, " . ", binary.NativeEndian.Uint32(rest))
	}
	return a.String()
}

// span writes a time as nft reads it.
func span(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%dd%dh%dm%ds%dms", ms/86400000, ms/3600000%24, ms/60000%60, ms/1000%60, ms%1000)
}

// restore puts tables back in one transaction.
func restore(all []*snapshot) error {
	if len(all) == 0 {
		return nil
	}
	var err error
	for range loadTries {
		if err = restoreOnce(all); !errors.Is(err, errMoved) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", bpf.ErrNotBack, err)
	}
	for _, s := range all {
		s.restoreState()
	}
	return nil
}

// restoreOnce leaves alone what recentc did not make.
func restoreOnce(all []*snapshot) error {
	var back []*move
	for _, s := range all {
		now, err := look(s.family, s.name)
		if err != nil {
			return err
		}
		if !now.ours() {
			return fmt.Errorf("there is a table %s %s that recentc did not make", s.family, s.name)
		}
		if now.exists || s.exists {
			back = append(back, &move{transition: s.transition(now), was: now})
		}
	}
	_, err := together(back)
	return err
}

// restoreState gives the kept text the number that the table has now.
func (s *snapshot) restoreState() {
	if kept, err := parseListing(s.state); err == nil && kept.handle == s.handle {
		if now, err := look(s.family, s.name); err == nil {
			_, chains, _ := strings.Cut(s.state, "\n")
			writeState(s.family, s.name, stateHead(s.family, s.name, now.handle)+chains)
			return
		}
	}
	writeState(s.family, s.name, "")
}
