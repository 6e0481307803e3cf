package nft

import (
	"fmt"
	"strconv"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// DefaultCapacity is how many addresses a set holds where nothing is said. From
// 65536 on a set grows as it fills; a smaller size is allocated at once.
const DefaultCapacity = 131072

// maxHits is the largest hitcount that is carried exactly: one set element, and
// one rule, for each hit.
const maxHits = 1024

// wideHits is the largest hitcount that gets a set for each slot, which reads
// best and is fastest; above, and where there would be more than wideSets sets
// in all, one set holds a list's rings (loading is quadratic in named sets).
const (
	wideHits = 32
	wideSets = 512
)

// list is one address list in the output.
type list struct {
	*compile.List
	t     *translator
	base  string
	keys  [2]address
	rings map[compile.Ring]*ring
	order []*ring
	// ttl is, by window, the set of addresses with the TTLs they were seen with.
	ttl map[uint32]*set
	// record and forget are the chains that write all rings, by side.
	record, forget [2]string
	// churn and cut are those of churn.go, without a set in a list without removals.
	churn *set
	cut   ref
}

// makeLists creates the sets of all lists.
func (t *translator) makeLists() {
	compact := t.countWide() > wideSets
	for _, l := range t.prog.Lists {
		t.lists[l] = t.newList(l, compact)
	}
}

// countWide counts the sets that all rings would take with one a slot.
func (t *translator) countWide() (n int) {
	for _, l := range t.prog.Lists {
		for _, r := range l.Rings {
			n += wideCount(r)
		}
	}
	return n
}

// wideCount is how many sets a ring takes with one a slot.
func wideCount(r compile.Ring) int {
	if r.Hits == 1 {
		return 1
	}
	return 3*int(min(r.Hits, wideHits))/2 + 6
}

func (t *translator) newList(l *compile.List, compact bool) *list {
	out := &list{List: l, t: t, base: legal(l.Name), rings: map[compile.Ring]*ring{}, ttl: map[uint32]*set{}}
	for side := range out.keys {
		out.keys[side] = address{compile.Side(side), out.key(compile.Side(side), true)}
	}
	if out.base != l.Name {
		t.note(diag.Renamed, nil, ast.Range{}, fmt.Sprintf("list %s is named %s in the output", l.Name, out.base), "nftables does not take the name as it is.")
	}
	for _, r := range l.Rings {
		if r.Hits > maxHits && r.Window > 0 && !t.opts.Meter {
			continue // reported where it is used
		}
		out.rings[r] = out.newRing(r, compact || r.Hits > wideHits || out.byPosition(r, false))
		out.order = append(out.order, out.rings[r])
	}
	for _, r := range l.TTL {
		out.addTTL(r.Window)
	}
	out.addChurn()
	return out
}

// maxWindowExprs bounds what a test of all slots takes of one rule: the kernel
// allows 128 expressions and about 4 KiB, and the rule's other tests need room.
const maxWindowExprs = 64

// byPosition tells whether a ring has more slots than one rule can test, so that
// the oldest one is looked for instead.
func (l *list) byPosition(q compile.Ring, compact bool) bool {
	lookup := 2
	if compact {
		lookup++
	}
	if !l.FullMask() {
		lookup++
	}
	return int(q.Hits)*lookup > maxWindowExprs
}

func (l *list) capacity() uint32 {
	if l.Capacity > 0 {
		return l.Capacity
	}
	return DefaultCapacity
}

// addSet adds a set of addresses to the output.
func (l *list) addSet(name, timeout, about string, r Role) *set {
	s := &set{name: l.t.setNames.take(legal(name)), key: "type " + l.addrType(), size: l.capacity(), about: about, comment: r.String(), keyLen: l.t.addrLen()}
	s.flags, s.timeout = "dynamic,timeout", timeout
	if timeout == "" {
		s.flags = "dynamic"
	}
	s.lookup = "@" + s.name
	l.t.sets = append(l.t.sets, s)
	return s
}

func (l *list) addrType() string {
	if l.t.prog.Family == ast.IPv6 {
		return "ipv6_addr"
	}
	return "ipv4_addr"
}

// addTagged adds a set of which the key is the address and a tag, which a rule
// can only write as a numgen constant. It has room for every address with every tag.
func (l *list) addTagged(name, about string, r Role, tags int) *set {
	s := l.addSet(name, "", about, r)
	s.key = "typeof " + l.key(compile.SourceSide, false).name + " . numgen inc mod 2"
	s.keyLen += 4
	s.flags, s.size = "dynamic,timeout", sizeOf(l.capacity(), tags)
	return s
}

// sizeOf is the size of a set that holds so many addresses with so many tags.
func sizeOf(capacity uint32, tags int) uint32 {
	const step = 65536
	n := uint64(capacity) * uint64(tags)
	return uint32(min((n+step-1)/step*step, 1<<26))
}

func (l *list) addTTL(window uint32) {
	name := l.base + "_ttl"
	if window > 0 {
		name = l.base + "_" + seconds(window) + "_ttl"
	}
	r := l.role(KindTTL)
	r.Ring = compile.Ring{Window: window, Hits: 1}
	if l.ForwardTTL && !l.LocalTTL {
		r.Less = 1
	}
	s := l.addSet(name, timeoutOf(window), l.Name+": the TTLs that an address was recorded with", r)
	s.key = "typeof " + l.ttlField(l.key(compile.SourceSide, false)).name
	s.keyLen += 4
	l.ttl[window] = s
}

func seconds(n uint32) string { return strconv.FormatUint(uint64(n), 10) + "s" }

// timeoutOf writes a window as nft takes it: more than eight digits are too many
// for it, days are not.
func timeoutOf(window uint32) string {
	switch {
	case window == 0:
		return ""
	case window <= 99999999:
		return seconds(window)
	}
	return fmt.Sprintf("%dd%dh%dm%ds", window/86400, window/3600%24, window/60%60, window%60)
}

// key is the expression for the list's address of a packet.
func (l *list) key(side compile.Side, masked bool) *field {
	k := l.t.addrField(side)
	if !masked || l.FullMask() {
		return k
	}
	return k.masked(l.Mask.String(), l.Mask.AsSlice())
}

// chainBase names the chains that a rule with this list is split into, such as
// INPUT_SSH_update.
func (l *list) chainBase(home string, m *compile.Recent) string {
	return home + "_" + l.base + "_" + m.Op.String()
}

func sideSuffix(s compile.Side) string { return [...]string{"", "_dst"}[s] }

// recordStmt is the statement that writes a stamp to all rings: the write itself
// where one set is all there is, a jump to the chain that does it otherwise.
func (l *list) recordStmt(side compile.Side) stmt {
	if r := l.lone(); r != nil {
		return r.recordStmt(side)
	}
	if l.record[side] == "" {
		l.recordChain(side)
	}
	return jumpTo(l.record[side])
}

// lone is the ring of a list that keeps nothing else, nil where it does.
func (l *list) lone() *ring {
	if len(l.order) == 1 && len(l.ttl) == 0 && l.cut.set == nil {
		return l.order[0]
	}
	return nil
}

func (l *list) recordChain(side compile.Side) {
	c := l.addChain("record", side, "writes a stamp to every window of list "+l.Name)
	l.record[side] = c.name
	l.dropCut(c, side)
	for _, r := range l.order {
		c.rules = append(c.rules, rule{stmts: []stmt{r.recordStmt(side)}})
	}
	for _, r := range l.TTL {
		s := l.ttl[r.Window]
		c.rules = append(c.rules, rule{stmts: []stmt{ownRef(s).put(address{side, l.ttlField(l.keys[side].field)})}})
	}
}

// ttlField is an address with the packet's TTL.
func (l *list) ttlField(address *field) *field { return concat(address, l.t.ttlField()) }

func (l *list) addChain(what string, side compile.Side, about string) *chain {
	return l.t.addListChain(l.base+"_"+what+sideSuffix(side), about)
}

// addListChain adds a chain that keeps a list, which stands in front of those of
// the rules.
func (t *translator) addListChain(name, about string) *chain {
	c := &chain{name: t.chainNames.take(name), about: about, rules: t.room.list(), room: &t.room}
	t.listChains = append(t.listChains, c)
	return c
}

// forgetStmts removes the address from all rings.
func (l *list) forgetStmts(side compile.Side) []stmt {
	if made := l.forget[side]; made != "" {
		return []stmt{jumpTo(made)}
	}
	refs := l.refs()
	if len(refs) == 1 && l.cut.set == nil {
		return refs[0].clear(l.keys[side])
	}
	c := l.addChain("forget", side, "removes an address from every window of list "+l.Name)
	l.forget[side] = c.name
	l.dropCut(c, side)
	l.countChurn(c, side)
	for _, ref := range refs {
		c.add(ref.removals(l.t.room.line(), l.keys[side], 3)...)
	}
	return []stmt{jumpTo(c.name)}
}

// refs are all places in which an address of the list can stand.
func (l *list) refs() (out []ref) {
	for _, r := range l.order {
		out = append(out, r.refs()...)
	}
	return out
}
