package loader

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/backend/ebpf"
)

// Before is what stood before a [Change], in a form that outlives the process: the maps and the
// programs are pinned until the change is kept, and this is what is not in their pins.
type Before struct {
	Root string
	// Number is that of the generation that is new.
	Number int
	// Description is what stood, nil if nothing did.
	Description *Description
	// Tracking tells that the new programs have connections tracked.
	Tracking bool
}

// ErrNotBack is the error of a Restore that failed: what is new may still stand.
var ErrNotBack = errors.New("what stood before could not be put back")

// Record is what Restore needs in another process. It is to be made before Switch.
func (c *Change) Record() Before {
	b := Before{Root: c.root, Number: c.number, Tracking: c.new.out.Tracking}
	if c.before != nil {
		d := c.before.Description
		b.Description = &d
	}
	return b
}

// Restore puts back what stood before a change whose process is gone, at whatever point between
// Prepare and Keep that was. It may be called again where it did not end. It works in the
// network namespace of the calling thread.
func (b *Before) Restore() error {
	next := filepath.Join(b.Root, generations[b.Number])
	var errs []error
	switch {
	case b.Description == nil:
		errs = append(errs, removeGeneration(next), removeRoot(b.Root))
	default:
		if err := b.attach(next); err != nil {
			return fmt.Errorf("%w: %w", ErrNotBack, err)
		}
		errs = append(errs, removeGeneration(next))
	}
	if b.Tracking && (b.Description == nil || !b.Description.Tracking) {
		errs = append(errs, untrack())
	}
	return errors.Join(errs...)
}

// attach puts the old programs to their places and makes them the current ones.
func (b *Before) attach(next string) error {
	old := filepath.Join(b.Root, generations[1-b.Number])
	if b.Description.Tracking {
		if err := track(); err != nil {
			return err
		}
	}
	for _, p := range b.Description.Programs {
		if err := b.place(p, old, next); err != nil {
			return err
		}
	}
	file := filepath.Join(old, describedBy)
	if exists(file) {
		return nil
	}
	described, err := (&Image{Description: *b.Description}).describe()
	if err != nil {
		return err
	}
	defer described.Close()
	return described.Pin(file)
}

// place puts one program back: it still stands, or another is in its link, or it has to be
// attached anew.
func (b *Before) place(p ebpf.Program, old, next string) error {
	prog, err := cilium.LoadPinnedProgram(filepath.Join(old, programDir, p.Name), nil)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the program %s is gone", p.Name)
	}
	if err != nil {
		return err
	}
	defer prog.Close()
	pin := filepath.Join(old, linkDir, p.Name)
	for _, at := range []string{pin, filepath.Join(next, linkDir, p.Name)} {
		did, err := b.update(prog, at, pin)
		if did || err != nil {
			return err
		}
	}
	k, err := b.Description.attach(prog, p)
	if err != nil {
		return err
	}
	defer k.Close()
	return k.Pin(pin)
}

// update puts the program into a link that is pinned. It tells whether there is one that can
// be the old program's.
func (b *Before) update(prog *cilium.Program, at, pin string) (did bool, err error) {
	k, err := link.LoadPinnedLink(at, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer k.Close()
	switch {
	case b.Description.Attach == ebpf.Netfilter && at == pin:
		return true, nil // no other program can be in it
	case b.Description.Attach == ebpf.Netfilter, !standsAt(k, b.Description.Device):
		if at == pin {
			return false, os.Remove(pin)
		}
		return false, nil
	}
	if err := k.Update(prog); err != nil {
		return false, nil // of another kind of place
	}
	return true, k.Pin(pin)
}
