package loader

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/backend/ebpf"
	"golang.org/x/sys/unix"
)

// Change replaces what is installed below a root. It is made by Prepare, done by Switch,
// and ended by Keep or by Restore.
//
// There is no moment without rules. At a device the kernel exchanges the program. At a
// netfilter hook it cannot, and takes one program at each priority: the new ones stand beside
// the old, and for an instant packets pass both.
type Change struct {
	root, dir string
	number    int
	new       *Loaded
	described *cilium.Map
	// before is what stood, nil if nothing did.
	before  *standing
	carried []carried
}

// Prepare creates the maps and has the programs verified. Nothing is attached yet. It
// works, as all that follows, in the network namespace of the calling thread.
func Prepare(img *Image, root string) (_ *Change, err error) {
	c := &Change{root: root}
	if c.new, err = loadImage(img); err != nil {
		return nil, err
	}
	existed := exists(root)
	defer func() {
		if err == nil {
			return
		}
		c.close()
		if !existed {
			err = errors.Join(err, removeRoot(root))
		}
	}()
	if err = checkRoot(root); err != nil {
		return nil, err
	}
	if c.before, err = hold(root); err != nil {
		return nil, err
	}
	if c.before != nil && c.before.number == 0 {
		c.number = 1
	}
	c.dir = filepath.Join(root, generations[c.number])
	if err = removeGeneration(c.dir); err != nil {
		return nil, fmt.Errorf("remove what an interrupted run has left: %w", err)
	}
	return c, nil
}

// Before is what stood when the change was prepared; nil if nothing did.
func (c *Change) Before() *Installed {
	if c.before == nil {
		return nil
	}
	return c.before.Installed
}

// Switch attaches the new programs, makes them stay, and takes the old ones from their
// hooks. After an error what was there before is back.
func (c *Change) Switch() error {
	for _, do := range []func() error{c.track, c.pin, c.attach, c.finish, c.catchUp} {
		if err := do(); err != nil {
			return errors.Join(err, c.Restore())
		}
	}
	return nil
}

func (c *Change) track() error {
	if !c.new.out.Tracking {
		return nil
	}
	return track()
}

func (c *Change) pin() (err error) {
	c.described, err = c.new.pin(c.dir)
	return err
}

func (c *Change) attach() error {
	for _, p := range c.new.out.Programs {
		k, err := c.place(p)
		if err != nil {
			return err
		}
		if err := k.Pin(filepath.Join(c.dir, linkDir, p.Name)); err != nil {
			return err
		}
	}
	return nil
}

// place puts a program where it belongs: in the place of the old one where the kernel
// can do that.
func (c *Change) place(p ebpf.Program) (link.Link, error) {
	prog := c.new.coll.Programs[p.Name]
	if old := c.before.at(&c.new.out.Description, p.Name); old != nil {
		err := old.link.Update(prog)
		if err == nil {
			old.taken = true
			return old.link, nil
		}
		if !errors.Is(err, unix.ENOLINK) { // the device went and came again
			return nil, fmt.Errorf("exchange the program at %v of %s: %w", c.new.out.Attach, c.new.out.Device, err)
		}
	}
	k, err := c.new.out.attach(prog, p)
	if err != nil {
		return nil, err
	}
	c.new.links = append(c.new.links, k)
	return k, nil
}

// finish makes the new generation the current one.
func (c *Change) finish() error {
	if err := c.described.Pin(filepath.Join(c.dir, describedBy)); err != nil {
		return err
	}
	if c.before == nil {
		return nil
	}
	return c.before.detach()
}

// Keep lets the new programs stand: what was there before goes for good.
func (c *Change) Keep() error {
	defer c.close()
	if c.before == nil {
		return nil
	}
	if err := os.RemoveAll(c.before.dir); err != nil {
		return err
	}
	if c.before.Tracking && !c.new.out.Tracking {
		return untrack()
	}
	return nil
}

// Restore puts back what stood before, its lists as they were left, and removes what is
// new. It may be called at any point after Prepare.
func (c *Change) Restore() error {
	defer c.close()
	if c.before != nil {
		if err := c.before.attach(); err != nil {
			return fmt.Errorf("%w: %w", ErrNotBack, err)
		}
	}
	var errs []error
	if c.dir != "" {
		errs = append(errs, removeGeneration(c.dir))
	}
	if c.before == nil {
		errs = append(errs, removeRoot(c.root))
	}
	if c.new.out.Tracking && (c.before == nil || !c.before.Tracking) {
		errs = append(errs, untrack())
	}
	return errors.Join(errs...)
}

// close lets go of everything, which stays where it is pinned.
func (c *Change) close() {
	for _, k := range c.new.links {
		k.Close()
	}
	c.new.coll.Close()
	if c.described != nil {
		c.described.Close()
	}
	c.before.close()
}
