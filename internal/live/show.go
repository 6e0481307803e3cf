package live

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Summary is a list in an overview.
type Summary struct {
	Name      string   `json:"name"`
	Family    string   `json:"family"`
	Mask      string   `json:"mask,omitempty"`
	Windows   []Window `json:"windows"`
	Addresses int      `json:"addresses"`
	Held      int      `json:"held"`
	Capacity  uint32   `json:"capacity"`
	// Backend is "nft" or "ebpf".
	Backend string `json:"backend"`
	// Stamps is how many stamps an address keeps, with eBPF.
	Stamps uint32 `json:"stamps,omitempty"`
	// Trial is set while what is loaded waits to be confirmed.
	Trial *Trial `json:"trial,omitempty"`
}

// Window is a question that a list answers: so many hits in so many seconds, ever
// where there are 0.
type Window struct {
	Seconds uint32 `json:"seconds"`
	Hits    uint32 `json:"hits"`
}

// Entry is an address of a list.
type Entry struct {
	Addr    netip.Addr `json:"address"`
	Family  string     `json:"family"`
	Windows []Hits     `json:"windows"`
	// Held tells that the address floods and is held over the limit.
	Held bool `json:"held"`
	// TTL is that of the packet recorded last, with eBPF; 0 equals any.
	TTL *uint8 `json:"ttl,omitempty"`
	// Ages are those of all stamps, with eBPF, in seconds, the youngest first.
	Ages []float64 `json:"ages,omitempty"`
}

// Hits is what one window knows of an address.
type Hits struct {
	Window
	// Count is the number of stamps inside the window, Hits at most.
	Count int `json:"count"`
	// Over tells that the window's answer is yes now: a rule that asks it matches.
	Over bool `json:"over"`
	// Ages are how long ago the stamps were, in seconds, the youngest first; empty
	// where there is no window, because nothing needs to know.
	Ages []float64 `json:"ages,omitempty"`
}

// Summarize tells what lists are loaded in the tables of that name.
func Summarize(table string) (out []Summary, err error) {
	lists, err := Lists(table)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		c, err := l.read(nil)
		if err != nil {
			return nil, err
		}
		out = append(out, c.summary())
	}
	return out, nil
}

func (c *contents) summary() Summary {
	s := Summary{Name: c.Name, Family: c.Family, Capacity: c.capacity, Windows: []Window{}, Backend: "nft"}
	if c.Mask.IsValid() {
		s.Mask = c.Mask.String()
	}
	for _, r := range c.rings {
		s.Windows = append(s.Windows, Window{r.Window, r.Hits})
	}
	for _, st := range c.addrs {
		if st.listed() {
			s.Addresses++
		}
		if slices.Contains(st.held, true) {
			s.Held++
		}
	}
	return s
}

// listed tells whether any window knows the address.
func (st *state) listed() bool { return st.stamped() || slices.Contains(st.over, true) }

// Show reads what a list holds, in both families, sorted by address.
func Show(table, name string) ([]Entry, error) {
	lists, err := Named(table, name)
	if err != nil {
		return nil, err
	}
	out := []Entry{}
	for _, l := range lists {
		c, err := l.read(nil)
		if err != nil {
			return nil, err
		}
		for a, st := range c.addrs {
			if st.listed() {
				out = append(out, c.entry(a, st))
			}
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return a.Addr.Compare(b.Addr) })
	return out, nil
}

func (c *contents) entry(a netip.Addr, st *state) Entry {
	e := Entry{Addr: a, Family: c.Family, Windows: make([]Hits, len(c.rings)), Held: slices.Contains(st.held, true)}
	for i, r := range c.rings {
		e.Windows[i] = Hits{Window: Window{r.Window, r.Hits}, Count: len(st.slots[i]), Over: st.over[i], Ages: ages(r, st.slots[i])}
	}
	return e
}

// ages turns what is left of lives into ages, to the hundredth of a second.
func ages(r *ring, left []time.Duration) (out []float64) {
	if r.Window == 0 {
		return nil
	}
	for _, life := range slices.Backward(left) {
		age := time.Duration(r.Window)*time.Second - life
		out = append(out, max(0, age.Round(10*time.Millisecond).Seconds()))
	}
	return out
}

// Youngest is how long ago the last packet of the address was, in seconds; ok is
// false where no window knows.
func (e Entry) Youngest() (age float64, ok bool) {
	if len(e.Ages) > 0 {
		return e.Ages[0], true
	}
	for _, w := range e.Windows {
		if len(w.Ages) > 0 && (!ok || cmp.Less(w.Ages[0], age)) {
			age, ok = w.Ages[0], true
		}
	}
	return age, ok
}
