package nft

import (
	"strconv"

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
type refTexts struct{ element, put, delete string }

// address is the expression for an address of a packet, as a list has it.
type address struct {
	side compile.Side
	text string
}

// newRef is a place in a set that is asked for more than once.
func newRef(s *set, tag int, timeout string) ref { return ref{s, tag, timeout, &[2]refTexts{}} }

// ownRef is a set of its own.
func ownRef(s *set) ref { return newRef(s, -1, "") }

func (r ref) element(key address) string {
	if r.tag < 0 {
		return key.text
	}
	text := &r.texts[key.side].element
	if *text == "" {
		// numgen inc mod 1 is always 0: the only constant that nft 1.0.6 takes on
		// the left of a lookup, and lists so that it can be loaded again.
		*text = key.text + " . numgen inc mod 1 offset " + strconv.Itoa(r.tag)
	}
	return *text
}

// has tests that the address is there.
func (r ref) has(key address) stmt {
	in := r.set.lookup
	if in == "" {
		in = "@" + r.set.name
	}
	return compare(r.element(key), false, in)
}

// put writes the address, or makes it young again.
func (r ref) put(key address) stmt {
	text := &r.texts[key.side].put
	if *text == "" {
		t := ""
		if r.timeout != "" {
			t = " timeout " + r.timeout
		}
		*text = "update @" + r.set.name + " { " + r.element(key) + t + " }"
	}
	return stmt{class: change, text: *text}
}

// delete removes the address; one that is not there does no harm.
func (r ref) delete(key address) stmt {
	text := &r.texts[key.side].delete
	if *text == "" {
		*text = "delete @" + r.set.name + " { " + r.element(key) + " }"
	}
	return act(*text)
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
