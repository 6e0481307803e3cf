package nft

import "strconv"

// ref is where a fact about an address is kept: a set of its own, or a tag in
// the set of a compact list.
type ref struct {
	set *set
	// tag is the number behind the address; -1 for a set of its own.
	tag int
	// timeout is the element's own, for a set without a default; "" for none.
	timeout string
}

func (r ref) element(key string) string {
	if r.tag < 0 {
		return key
	}
	// numgen inc mod 1 is always 0: the only constant that nft 1.0.6 takes on
	// the left of a lookup, and lists so that it can be loaded again.
	return key + " . numgen inc mod 1 offset " + strconv.Itoa(r.tag)
}

// has tests that the address is there.
func (r ref) has(key string) stmt {
	return compare(r.element(key), false, "@"+r.set.name)
}

// put writes the address, or makes it young again.
func (r ref) put(key string) stmt {
	t := ""
	if r.timeout != "" {
		t = " timeout " + r.timeout
	}
	return stmt{class: change, text: "update @" + r.set.name + " { " + r.element(key) + t + " }"}
}

// delete removes the address; one that is not there does no harm.
func (r ref) delete(key string) stmt {
	return act("delete @" + r.set.name + " { " + r.element(key) + " }")
}

// clear removes the address for certain. The kernel's delete does not look at
// the time (nft_rhash_delete leaves its time stamp 0), so that it can hit a copy
// of the element that has expired and is not collected yet, and leave the live
// one. A lookup does look: it is asked again until the address is gone. With a
// timeout of a second or more, and a collector that runs every second, there are
// two expired copies at the most.
func (r ref) clear(key string) []stmt {
	there, remove := r.has(key), r.delete(key)
	return []stmt{there, remove, there, remove, there, remove}
}
