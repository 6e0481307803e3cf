package live

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	bpf "github.com/recentc/recentc/backend/ebpf/loader"
)

// ProgramsHave tells whether BPF programs of ours are loaded that have a list of that name.
func ProgramsHave(name string) (have bool, err error) {
	err = ifPrograms(func(in *bpf.Installed) error {
		have = slices.ContainsFunc(in.Lists, func(l ebpf.List) bool { return l.Name == name })
		return nil
	})
	return have, err
}

// SummarizePrograms tells what lists BPF programs have.
func SummarizePrograms() (out []Summary, err error) {
	err = ifPrograms(func(in *bpf.Installed) error {
		out, err = programSummaries(in)
		return err
	})
	return out, err
}

func programSummaries(in *bpf.Installed) (out []Summary, err error) {
	for _, l := range in.Lists {
		s := Summary{Name: l.Name, Family: familiesOf(l), Mask: maskText(l), Capacity: l.Slots, Stamps: l.Stamps, Backend: "ebpf", Windows: []Window{}}
		for _, r := range l.Rings {
			s.Windows = append(s.Windows, Window{r.Window, r.Hits})
		}
		entries, err := in.Entries(l.Name)
		if err != nil {
			return nil, err
		}
		s.Addresses = len(entries)
		out = append(out, s)
	}
	return out, nil
}

// familiesOf are the families whose rules name the list: "ip", "ip6" or "ip,ip6".
func familiesOf(l ebpf.List) string {
	var out []string
	for _, f := range l.Families {
		out = append(out, f.String())
	}
	return strings.Join(out, ",")
}

// maskText is the mask as the first family that names the list writes it, "" for one that
// keeps the whole address.
func maskText(l ebpf.List) string {
	n := 16
	if slices.Contains(l.Families, ast.IPv4) {
		n = 4
	}
	if !slices.ContainsFunc(l.Mask[:n], func(b byte) bool { return b != 255 }) {
		return ""
	}
	mask, _ := netip.AddrFromSlice(l.Mask[:n])
	return mask.String()
}

// withProgramList calls fn for a loaded list of BPF programs.
func withProgramList(name string, fn func(*bpf.Installed, ebpf.List) error) error {
	in, err := openPrograms()
	if errors.Is(err, bpf.ErrNotInstalled) {
		return wrong("no BPF programs of recentc's are loaded here")
	}
	if err != nil {
		return err
	}
	defer in.Close()
	at := slices.IndexFunc(in.Lists, func(l ebpf.List) bool { return l.Name == name })
	if at < 0 {
		return wrong("the BPF programs that are loaded have no list %q; recentc list shows those that there are", name)
	}
	return fn(in, in.Lists[at])
}

// ShowProgramList reads what a list holds, in the order of writing: the address that a
// full list forgets next in front.
func ShowProgramList(name string) (out []Entry, err error) {
	out = []Entry{}
	err = withProgramList(name, func(in *bpf.Installed, l ebpf.List) error {
		now, rate, err := clock(in)
		if err != nil {
			return err
		}
		entries, err := in.Entries(name)
		for _, e := range entries {
			out = append(out, programEntry(l, e, now, rate))
		}
		return err
	})
	return out, err
}

// clock is what the kernel's clock counts, and how fast.
func clock(in *bpf.Installed) (now uint64, rate uint32, err error) {
	e, err := in.Editor()
	if err != nil {
		return 0, 0, err
	}
	defer e.Close()
	if rate, err = e.Rate(); err != nil {
		return 0, 0, err
	}
	now, err = bpf.Now()
	return now, rate, err
}

// programEntry tells what the windows of a list say of an address, as the programs do.
func programEntry(l ebpf.List, e ebpf.Entry, now uint64, rate uint32) Entry {
	stamps := e.InOrder()
	out := Entry{Addr: e.Addr, Family: familyOf(e.Addr), TTL: &e.TTL, Windows: []Hits{}}
	for _, s := range slices.Backward(stamps) {
		out.Ages = append(out.Ages, ticks(now-s, rate))
	}
	for _, r := range l.Rings {
		h := Hits{Window: Window{r.Window, r.Hits}}
		for i, s := range slices.Backward(stamps) {
			if r.Window > 0 && int64(s-(now-uint64(r.Window*rate))) < 0 || h.Count == int(r.Hits) {
				break
			}
			h.Count++
			if r.Window > 0 {
				h.Ages = append(h.Ages, ticks(now-stamps[i], rate))
			}
		}
		h.Over = h.Count >= int(r.Hits)
		out.Windows = append(out.Windows, h)
	}
	return out
}

// ticks turns jiffies into seconds, to the hundredth. What was stamped since the clock was
// read is of now.
func ticks(n uint64, rate uint32) float64 {
	d := time.Duration(max(0, int64(n))) * time.Second / time.Duration(rate)
	return d.Round(10 * time.Millisecond).Seconds()
}

// AddToPrograms stamps addresses now, as [Add] does. An address that is known keeps its
// TTL, a new one gets 0, which equals any; a full list forgets the address written
// longest ago: all as with /proc/net/xt_recent.
func AddToPrograms(name string, addrs []netip.Addr) (Edit, error) {
	return editPrograms("add", name, addrs, func(e *bpf.Editor, a netip.Addr) (bool, error) { return true, e.Add(name, a, 0, 0) })
}

// DelFromPrograms removes addresses, as [Del] does.
func DelFromPrograms(name string, addrs []netip.Addr) (Edit, error) {
	return editPrograms("del", name, addrs, func(e *bpf.Editor, a netip.Addr) (bool, error) { return e.Forget(name, a) })
}

func editPrograms(what, name string, addrs []netip.Addr, do func(*bpf.Editor, netip.Addr) (bool, error)) (out Edit, err error) {
	err = byHand(handChange{What: what, Backend: "ebpf", List: name, Addrs: addrs}, func() (err error) {
		out, err = editProgramList(name, addrs, do)
		return err
	})
	return out, err
}

func editProgramList(name string, addrs []netip.Addr, do func(*bpf.Editor, netip.Addr) (bool, error)) (out Edit, err error) {
	out.Masked = map[netip.Addr]netip.Addr{}
	err = withEditor(name, func(in *bpf.Installed, e *bpf.Editor) error {
		l := in.Lists[slices.IndexFunc(in.Lists, listNamed(name))]
		changed := map[netip.Addr]bool{}
		for _, a := range addrs {
			m := l.Masked(a)
			if m != a {
				out.Masked[a] = m
			}
			did, err := do(e, m)
			if err != nil {
				return err
			}
			changed[m] = changed[m] || did
		}
		for _, did := range changed {
			if did {
				out.Changed++
			}
		}
		return nil
	})
	return out, err
}

func listNamed(name string) func(ebpf.List) bool {
	return func(l ebpf.List) bool { return l.Name == name }
}

// withEditor calls fn with what changes a loaded list of BPF programs.
func withEditor(name string, fn func(*bpf.Installed, *bpf.Editor) error) error {
	return withProgramList(name, func(in *bpf.Installed, _ ebpf.List) error {
		e, err := in.Editor()
		if err != nil {
			return err
		}
		defer e.Close()
		return fn(in, e)
	})
}

// FlushProgramList empties a list.
func FlushProgramList(name string) error {
	return byHand(handChange{What: "flush", Backend: "ebpf", List: name}, func() error { return flushProgramList(name) })
}

func flushProgramList(name string) error {
	return withEditor(name, func(_ *bpf.Installed, e *bpf.Editor) error { return e.Flush(name) })
}
