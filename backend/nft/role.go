package nft

import (
	"crypto/sha256"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
)

// TableComment is the comment of every table of the output. It tells a loaded
// table of ours from one that only has the same name.
const TableComment = "made by recentc"

// Kind says what a set keeps of a list.
type Kind string

// The kinds of sets. A list has one [KindSeen], or slots, for each window.
const (
	KindSeen  Kind = "seen"  // the addresses seen within the window
	KindSlot  Kind = "slot"  // the stamps in one slot of the ring
	KindTurn  Kind = "turn"  // the markers of one slot's turn
	KindHeld  Kind = "held"  // sources that flood
	KindWatch Kind = "watch" // sources that flooded a moment ago
	KindFull  Kind = "full"  // sources of which all slots live
	KindBusy  Kind = "busy"  // how fast a watched source goes on
	KindTags  Kind = "tags"  // a whole ring in one set, told apart by tags; see TagsOf
	// KindTurned are the sources that began a turn a moment ago.
	KindTurned Kind = "turned"
	KindTTL    Kind = "ttl"   // addresses with the TTLs they were seen with
	KindChurn  Kind = "churn" // how fast an address is removed
	KindCut    Kind = "cut"   // sources that are cut off
	KindMeter  Kind = "meter" // the token buckets of --hitcount-mode meter
	KindOver   Kind = "over"  // addresses without a token
)

// Role is what one set keeps of one list. It stands in the set's comment, so that
// a loaded table tells what it holds without the rules that it was made from:
//
//	list SSH slot 2 window 60 hits 4 mask 255.255.255.0
type Role struct {
	// List is the list's [ListLabel].
	List string
	Kind Kind
	// Index is the number of a slot, or of a marker.
	Index int
	// Ring is the question that the set helps to answer; zero where it is of the
	// whole list.
	compile.Ring
	// Mask is the list's, the zero Addr for a list that keeps addresses as they are.
	Mask netip.Addr
	// Grouped tells that a [KindTags] set has tags for groups.
	Grouped bool
	// Less is how much smaller than xt_recent's the TTLs of a [KindTTL] set are: 1
	// where the packets are forwarded.
	Less int
}

// String is the comment of the set. It is at most 128 bytes long, as nft asks.
func (r Role) String() string {
	s := "list " + r.List + " " + string(r.Kind)
	if r.Kind == KindSlot || r.Kind == KindTurn {
		s += " " + strconv.Itoa(r.Index)
	}
	add := func(key, value string, there bool) {
		if there {
			s += " " + key + " " + value
		}
	}
	add("window", strconv.FormatUint(uint64(r.Window), 10), r.Window > 0)
	add("hits", strconv.FormatUint(uint64(r.Hits), 10), r.Hits > 1)
	add("mask", r.Mask.String(), r.Mask.IsValid())
	add("grouped", "1", r.Grouped)
	add("less", strconv.Itoa(r.Less), r.Less > 0)
	return s
}

// ParseRole reads the comment of a set; ok is false for one that is no role.
func ParseRole(comment string) (r Role, ok bool) {
	w := strings.Fields(comment)
	if len(w) < 3 || w[0] != "list" {
		return r, false
	}
	r = Role{List: w[1], Kind: Kind(w[2]), Ring: compile.Ring{Hits: 1}}
	w = w[3:]
	if r.Kind == KindSlot || r.Kind == KindTurn {
		if len(w) == 0 || !parseInt(w[0], &r.Index) {
			return r, false
		}
		w = w[1:]
	}
	if len(w)%2 != 0 {
		return r, false
	}
	for i := 0; i < len(w); i += 2 {
		if !r.parse(w[i], w[i+1]) {
			return r, false
		}
	}
	return r, r.sound()
}

func (r *Role) parse(key, value string) (ok bool) {
	var n int
	switch key {
	case "window":
		ok = parseInt(value, &n) && uint64(n) <= math.MaxUint32
		r.Window = uint32(n)
	case "hits":
		ok = parseInt(value, &n) && uint64(n) <= math.MaxUint16
		r.Hits = uint32(n)
	case "mask":
		mask, err := netip.ParseAddr(value)
		r.Mask, ok = mask, err == nil
	case "grouped":
		r.Grouped, ok = value == "1", value == "1"
	case "less":
		ok = parseInt(value, &r.Less) && r.Less <= 1
	}
	return ok
}

// sound refuses what no output has.
func (r *Role) sound() bool {
	return r.Hits > 0 && (r.Kind != KindSlot && r.Kind != KindTurn || r.Index < int(r.Hits))
}

func parseInt(s string, n *int) bool {
	v, err := strconv.ParseUint(s, 10, 32)
	*n = int(v)
	return err == nil
}

// labelMax is the longest label of a list: with the longest of everything else it
// fits into a comment of 128 bytes.
const labelMax = 40

// ListLabel is a list's name as the comments of its sets have it: bytes that a
// comment cannot hold are written as %XX, and a long name ends in a digest.
func ListLabel(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; c > ' ' && c < 0x7f && strings.IndexByte(`"%~\`, c) < 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() <= labelMax {
		return b.String()
	}
	digest := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s~%x", b.String()[:labelMax-9], digest[:4])
}

// ListName is the name behind a label, or the label where that was cut.
func ListName(label string) string {
	var b strings.Builder
	for i := 0; i < len(label); i++ {
		if label[i] == '%' && i+2 < len(label) {
			if c, err := strconv.ParseUint(label[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(label[i])
	}
	return b.String()
}

// Tags are the tags of a ring in its one set. Turn and Group are empty for a ring
// without a window, Group for one that is small; Held and Turned are -1 then.
type Tags struct {
	Slots, Turn, Group []int
	// GroupSize is how many slots a group has.
	GroupSize    int
	Held, Turned int
}

// TagsOf lays out the tags of a ring: slots, markers, groups, and the hold.
func TagsOf(q compile.Ring, grouped bool) (t Tags) {
	n, at := int(q.Hits), 0
	take := func(count int) (out []int) {
		for range count {
			out = append(out, at)
			at++
		}
		return out
	}
	t.Held, t.Turned = -1, -1
	t.Slots = take(n)
	if q.Window == 0 {
		return t
	}
	t.Turn = take(markers(q))
	if grouped {
		t.GroupSize = int(math.Ceil(math.Sqrt(float64(n))))
		t.Group = take((n + t.GroupSize - 1) / t.GroupSize)
	}
	t.Held, t.Turned = at, at+1
	return t
}

// count is how many tags there are.
func (t *Tags) count() int {
	n := len(t.Slots) + len(t.Turn) + len(t.Group)
	if t.Held >= 0 {
		n += 2
	}
	return n
}

// role starts the role of one of the list's sets.
func (l *list) role(kind Kind) Role {
	r := Role{List: ListLabel(l.Name), Kind: kind}
	if !l.FullMask() {
		r.Mask = l.Mask
	}
	return r
}

// role starts the role of one of the ring's sets.
func (r *ring) role(kind Kind) Role {
	out := r.l.role(kind)
	out.Ring = r.Ring
	return out
}

func (r *ring) roleAt(kind Kind, index int) Role {
	out := r.role(kind)
	out.Index = index
	return out
}
