package loader

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/backend/ebpf"
	"golang.org/x/sys/unix"
)

// Root is where programs that stay are pinned, in the BPF file system.
const Root = "/sys/fs/bpf/recentc"

// The directories below the root: one of two generations, so that a new one is
// complete before the old one goes. Each has its maps and its links, and a map
// with the description of both.
var generations = [2]string{"a", "b"}

const (
	linkDir     = "links"
	mapDir      = "maps"
	describedBy = "described"
)

// Description is what is known of programs that stay, beside their maps.
type Description struct {
	Programs []ebpf.Program
	Lists    []ebpf.List
	// Rules are the texts of the rules, by the number of their counters.
	Rules    []RuleText
	Tracking bool
}

// RuleText is a rule that has counters.
type RuleText struct {
	Family, Table, Chain string
	// Place is "rules.v4:12", Text the rule as written.
	Place, Text string
}

// Install attaches an object and pins it below root, so that it stays when the
// process ends. What was installed there before goes when all of the new stands:
// between the two, packets pass both, so there is no moment without rules. (The
// kernel cannot replace a program at a netfilter hook, and takes one at each
// priority: new programs stand one behind the old, or one in front of them.) The
// new lists are empty.
//
// Install works in the network namespace of the calling thread. After an error
// what was there before is unchanged.
func Install(out *ebpf.Output, root string) error {
	if out.Attach != ebpf.Netfilter {
		return fmt.Errorf("the object is for %v, and only those for netfilter hooks can be installed", out.Attach)
	}
	if err := checkRoot(root); err != nil {
		return err
	}
	before, err := current(root)
	if err != nil {
		return err
	}
	next := 0
	if before == 0 {
		next = 1
	}
	dir := filepath.Join(root, generations[next])
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove what an interrupted run has left: %w", err)
	}
	l, err := Load(out)
	if err != nil {
		return err
	}
	defer l.release()
	if err := l.attach(int32(next)); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := l.pin(dir); err != nil {
		return errors.Join(err, os.RemoveAll(dir), l.Detach())
	}
	if before >= 0 {
		return retire(filepath.Join(root, generations[before]), out.Tracking)
	}
	return nil
}

// retire removes a generation, and the table by which connections were tracked
// for it unless what comes after it needs that too.
func retire(dir string, tracking bool) error {
	d, err := describedIn(dir)
	if err != nil {
		return err
	}
	if err := removeGeneration(dir); err != nil || !d.Tracking || tracking {
		return err
	}
	if err := (&tracker{}).remove(); err != nil {
		return fmt.Errorf("remove the nft table %s: %w", trackerTable, err)
	}
	return nil
}

// release lets go of what is pinned or was closed, without taking it away.
func (l *Loaded) release() {
	for _, k := range l.links {
		k.Close()
	}
	if l.coll != nil {
		l.coll.Close()
	}
	l.links, l.coll, l.tracker = nil, nil, nil
}

// bpffsMagic is what statfs says of a BPF file system.
const bpffsMagic = 0xcafe4a11

// checkRoot makes the root, which must be in a BPF file system.
func checkRoot(root string) error {
	var s unix.Statfs_t
	parent := filepath.Dir(root)
	if err := unix.Statfs(parent, &s); err != nil {
		return fmt.Errorf("%s: %w", parent, err)
	}
	if uint32(s.Type) != bpffsMagic {
		return fmt.Errorf("no BPF file system is mounted at %s: mount -t bpf bpf %s", parent, parent)
	}
	if err := os.Mkdir(root, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// current is the generation that is complete, -1 if there is none: the
// description is pinned last.
func current(root string) (int, error) {
	for i, g := range generations {
		_, err := os.Stat(filepath.Join(root, g, describedBy))
		switch {
		case err == nil:
			return i, nil
		case !errors.Is(err, fs.ErrNotExist):
			return -1, err
		}
	}
	return -1, nil
}

// pin makes everything stay.
func (l *Loaded) pin(dir string) error {
	for _, d := range []string{dir, filepath.Join(dir, linkDir), filepath.Join(dir, mapDir)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	for name, m := range l.coll.Maps {
		if name[0] == '.' {
			continue // values of the kernel's configuration
		}
		if err := m.Pin(filepath.Join(dir, mapDir, name)); err != nil {
			return err
		}
	}
	for i, k := range l.links {
		if err := k.Pin(filepath.Join(dir, linkDir, l.out.Programs[i].Name)); err != nil {
			return err
		}
	}
	return l.describe(filepath.Join(dir, describedBy))
}

// describe pins the description, as JSON in a map of one value.
func (l *Loaded) describe(file string) error {
	d := Description{Programs: l.out.Programs, Lists: l.out.Lists, Tracking: l.out.Tracking}
	for _, r := range l.out.Rules {
		place := fmt.Sprintf("%s:%d", r.Rule.File.Name, r.Rule.Range.Start.Line)
		d.Rules = append(d.Rules, RuleText{r.Family.String(), r.Table, r.Chain, place, r.Rule.Source})
	}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	m, err := cilium.NewMap(&cilium.MapSpec{Name: describedBy, Type: cilium.Array, KeySize: 4, ValueSize: uint32(len(text)), MaxEntries: 1})
	if err != nil {
		return fmt.Errorf("describe the rules: %w", err)
	}
	defer m.Close()
	if err := m.Put(uint32(0), text); err != nil {
		return fmt.Errorf("describe the rules: %w", err)
	}
	return m.Pin(file)
}

// Remove takes out what is installed below root: programs, lists, and the nft
// table by which connections were tracked, in the network namespace of the calling
// thread. The error is [ErrNotInstalled] if there is nothing.
func Remove(root string) error {
	at, err := current(root)
	if err != nil {
		return err
	}
	if at < 0 {
		return ErrNotInstalled
	}
	if err := retire(filepath.Join(root, generations[at]), false); err != nil {
		return err
	}
	return os.RemoveAll(root)
}

// ErrNotInstalled is the error where nothing of ours is pinned.
var ErrNotInstalled = errors.New("nothing is installed")

// removeGeneration detaches the programs of a generation and removes its pins. The
// description goes first: from then on it is not the current one.
func removeGeneration(dir string) error {
	if err := os.Remove(filepath.Join(dir, describedBy)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	pins, err := filepath.Glob(filepath.Join(dir, linkDir, "*"))
	if err != nil {
		return err
	}
	for _, pin := range pins {
		if err := detach(pin); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}

// detach takes a pinned program from its hook at once; removing the pin alone
// would leave that to a moment of the kernel's choice.
func detach(pin string) error {
	k, err := link.LoadPinnedLink(pin, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", pin, err)
	}
	defer k.Close()
	if err := k.Unpin(); err != nil {
		return fmt.Errorf("%s: %w", pin, err)
	}
	if err := k.Detach(); err != nil && !errors.Is(err, link.ErrNotSupported) && !errors.Is(err, unix.EOPNOTSUPP) {
		return fmt.Errorf("detach %s: %w", filepath.Base(pin), err)
	}
	return nil
}
