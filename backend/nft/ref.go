package nft

import (
	"github.com/recentc/recentc/compile"
)

// ref is where a fact about an address is kept: a set of its own, or a tag in
// the set of a compact list.
type ref struct {
	set *set
	// tag is the number behind the address; -1 for a set of its own.
	tag int
	// timeout is the element's own, for a set without a default; "" for none.
	timeout string
	// texts are those of the statements about it, by the address's side: the rules
	// of a ring have each many times.
	texts *[2]refTexts
}

// refTexts are texts that have been asked for once.
type refTexts struct {
	element     *field
	put, delete stmt
}

// address is the field that has an address of a packet, as a list has it.
type address struct {
	side compile.Side
	*field
}

// newRef is a place in a set that is asked for more than once.
func newRef(s *set, tag int, timeout string) ref { return ref{s, tag, timeout, &[2]refTexts{}} }

// ownRef is a set of its own.
func ownRef(s *set) ref { return newRef(s, -1, "") }

func (r ref) element(key address) *field {
	if r.tag < 0 {
		return key.field
	}
	f := &r.texts[key.side].element
	if *f == nil {
		// numgen inc mod 1 is always 0: the only constant that nft 1.0.6 takes on
		// the left of a lookup, and lists so that it can be loaded again.
		*f = taggedField(key.field, r.tag)
	}
	return *f
}

// has tests that the address is there.
func (r ref) has(key address) stmt { return compare(r.element(key), false, setValue(r.set)) }

// put writes the address, or makes it young again.
func (r ref) put(key address) stmt {
	s := &r.texts[key.side].put
	if s.right.text == "" {
		t := ""
		if r.timeout != "" {
			t = " timeout " + r.timeout
		}
		element := r.element(key)
		*s = stmt{class: change, right: value{text: "update @" + r.set.name + " { " + element.name + t + " }"},
			code: setCode(setUpdate, r.set, element, millis(r.timeout))}
	}
	return *s
}

// delete removes the address; one that is not there does no harm.
func (r ref) delete(key address) stmt {
	s := &r.texts[key.side].delete
	if s.right.text == "" {
		element := r.element(key)
		*s = act("delete @"+r.set.name+" { "+element.name+" }", setCode(setDelete, r.set, element, 0))
	}
	return *s
}

// clear removes the address for certain. The kernel's delete does not look at
// the time (nft_rhash_delete leaves its time stamp 0), so that it can hit a copy
// of the element that has expired and is not collected yet, and leave the live
// one. A lookup does look: it is asked again until the address is gone. With a
// timeout of a second or more, and a collector that runs every second, there are
// two expired copies at the most.
func (r ref) clear(key address) []stmt { return r.removals(nil, key, 3) }

// removals appends so many removals, each with a look before it.
func (r ref) removals(to []stmt, key address, times int) []stmt {
	there, remove := r.has(key), r.delete(key)
	for range times {
		to = append(to, there, remove)
	}
	return to
}
