package live

import (
	"errors"
	"fmt"
	"slices"

	"github.com/recentc/recentc/backend/ebpf"
	bpf "github.com/recentc/recentc/backend/ebpf/loader"
)

// loadPrograms is Load for BPF programs.
func loadPrograms(req Request, unlock func()) (out *Loaded, err error) {
	c, err := prepare(req.Programs)
	if err != nil {
		return nil, err
	}
	l := &programs{Request: req, change: c}
	for _, do := range []func() error{l.carry, l.keep} {
		if err := do(); err != nil {
			return nil, errors.Join(err, c.Restore())
		}
	}
	before := c.Record()
	if err := req.trial.record(nil, &before); err != nil {
		return nil, errors.Join(err, c.Restore())
	}
	if err := c.Switch(); err != nil {
		return nil, programsError(err)
	}
	return &Loaded{Report: l.report(), change: c, unlock: unlock}, nil
}

// prepare has the kernel check the programs, and attaches nothing yet.
func prepare(img *bpf.Image) (*bpf.Change, error) {
	if len(img.Programs) == 0 {
		return nil, wrong("these rules accept every packet, so there is no BPF program to load; recentc remove -b ebpf takes out those that are loaded")
	}
	root, err := bpf.RootHere()
	if err != nil {
		return nil, err
	}
	c, err := bpf.Prepare(img, root)
	return c, programsError(err)
}

// programsError tells what was asked wrongly from what the system refuses.
func programsError(err error) error {
	var device *bpf.DeviceError
	if errors.As(err, &device) {
		return wrong("%v; nothing was changed", device)
	}
	return err
}

// programs is a load of BPF programs.
type programs struct {
	Request
	change   *bpf.Change
	imported []Imported
	kept     []bpf.Kept
	notes    []string
}

// keep carries over what is loaded, but for lists that are filled from xt_recent's.
func (l *programs) keep() (err error) {
	var but []string
	for _, i := range l.imported {
		but = append(but, i.Name)
	}
	l.kept, err = l.change.KeepLists(but...)
	return err
}

func (l *programs) report() Report {
	r := Report{Imported: l.imported, Notes: l.notes, Programs: l.places()}
	for _, k := range l.kept {
		switch {
		case k.Emptied:
			r.Fresh = append(r.Fresh, k.List)
		case k.Forgotten > 0:
			r.Notes = append(r.Notes, fmt.Sprintf("list %s has room for fewer addresses now: the %d written longest ago are forgotten", k.List, k.Forgotten))
			fallthrough
		default:
			r.Kept = append(r.Kept, k.List)
		}
	}
	r.Notes = append(append(r.Notes, beside(programFamilies(l.Programs.Programs))...), besideTables()...)
	return r
}

// places tells where the programs stand.
func (l *programs) places() (out []string) {
	if l.Programs.Device != "" {
		return []string{attachedTo(&l.Programs.Description)}
	}
	for _, p := range l.Programs.Programs {
		out = append(out, fmt.Sprintf("%s %s %v", p.Family, p.Table, p.Hook))
	}
	return out
}

// programFamilies are those whose packets the programs see.
func programFamilies(all []ebpf.Program) (out []string) {
	for _, family := range families {
		if slices.ContainsFunc(all, func(p ebpf.Program) bool { return p.Family == 0 || p.Family.String() == family }) {
			out = append(out, family)
		}
	}
	return out
}

// besideTables notes that recentc's tables are loaded too.
func besideTables() (notes []string) {
	const table = "recentc"
	for _, family := range families {
		if p, err := look(family, table); err == nil && p.exists && p.ours() {
			notes = append(notes, fmt.Sprintf("table %s %s is loaded too: a packet has to pass both; recentc remove -b nft takes it out", family, table))
		}
	}
	return notes
}

// besidePrograms notes that BPF programs of ours are loaded too.
func besidePrograms() []string {
	in, err := openPrograms()
	if err != nil {
		return nil
	}
	in.Close()
	return []string{"recentc's BPF programs are loaded too: a packet has to pass both; recentc remove -b ebpf takes them out"}
}

// openPrograms opens what is installed in the network namespace of the calling thread. The
// error is [bpf.ErrNotInstalled] if nothing is, also on a kernel that is too old for it.
func openPrograms() (*bpf.Installed, error) {
	root, err := bpf.RootHere()
	if err != nil {
		return nil, errors.Join(bpf.ErrNotInstalled, err)
	}
	return bpf.Open(root)
}

// ifPrograms calls fn for what is installed here. Where nothing is, it does nothing.
func ifPrograms(fn func(*bpf.Installed) error) error {
	in, err := openPrograms()
	if errors.Is(err, bpf.ErrNotInstalled) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	return fn(in)
}

// ProgramsLoaded tells whether BPF programs of ours are loaded here.
func ProgramsLoaded() (loaded bool, err error) {
	err = ifPrograms(func(*bpf.Installed) error {
		loaded = true
		return nil
	})
	return loaded, err
}

// RemovePrograms takes BPF programs of ours out, with their lists. It tells whether there were any.
func RemovePrograms() (removed bool, err error) {
	unlock, err := lock()
	if err != nil {
		return false, err
	}
	defer unlock()
	root, err := bpf.RootHere()
	if err != nil {
		return false, nil // the kernel is too old for any
	}
	err = bpf.Remove(root)
	if errors.Is(err, bpf.ErrNotInstalled) {
		return false, nil
	}
	return err == nil, err
}
