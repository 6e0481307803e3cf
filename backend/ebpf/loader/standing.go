package loader

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/backend/ebpf"
	"golang.org/x/sys/unix"
)

// standing is a complete generation that is held, so that it can be put back.
type standing struct {
	*Installed
	dir       string
	number    int
	described *cilium.Map
	links     []*heldLink
}

// heldLink is a program at its hook.
type heldLink struct {
	pin  string
	link link.Link
	prog *cilium.Program
	of   ebpf.Program
	// taken tells that a new program is in its place, detached that none is.
	taken, detached bool
}

// hold opens what is installed below root; nil if nothing is.
func hold(root string) (s *standing, err error) {
	number, err := current(root)
	if err != nil || number < 0 {
		return nil, err
	}
	s = &standing{dir: filepath.Join(root, generations[number]), number: number}
	if s.Installed, err = Open(root); err != nil {
		return nil, err
	}
	if s.described, err = cilium.LoadPinnedMap(filepath.Join(s.dir, describedBy), nil); err != nil {
		s.close()
		return nil, err
	}
	for _, p := range s.Programs {
		if err := s.holdLink(p); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

// holdLink opens a program's link. One that somebody removed is left out.
func (s *standing) holdLink(p ebpf.Program) error {
	pin := filepath.Join(s.dir, linkDir, p.Name)
	k, err := link.LoadPinnedLink(pin, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	held := &heldLink{pin: pin, link: k, of: p}
	s.links = append(s.links, held)
	info, err := k.Info()
	if err != nil {
		return err
	}
	held.prog, err = s.program(p, info.Program)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // its device is gone, and the program with it
	}
	return err
}

// program opens the program that stands in a link: ours, by its pin, unless somebody
// removed that or put another program there.
func (s *standing) program(p ebpf.Program, id cilium.ProgramID) (*cilium.Program, error) {
	prog, err := cilium.LoadPinnedProgram(filepath.Join(s.dir, programDir, p.Name), nil)
	if err != nil {
		return cilium.NewProgramFromID(id)
	}
	info, err := prog.Info()
	if err == nil {
		if is, ok := info.ID(); ok && is == id {
			return prog, nil
		}
	}
	prog.Close()
	return cilium.NewProgramFromID(id)
}

// at is the link of that name at the same place of a device, in which another program
// can take its place; nil if there is none.
func (s *standing) at(d *Description, name string) *heldLink {
	if s == nil || d.Attach == ebpf.Netfilter || s.Attach != d.Attach {
		return nil
	}
	for _, k := range s.links {
		if k.of.Name == name && k.prog != nil && standsAt(k.link, d.Device) {
			return k
		}
	}
	return nil
}

// detach takes the programs from their hooks, and makes the generation one that is not
// the current one.
func (s *standing) detach() error {
	if err := os.Remove(filepath.Join(s.dir, describedBy)); err != nil {
		return err
	}
	for _, k := range s.links {
		if k.taken {
			continue
		}
		if err := detach(k.pin, k.link); err != nil {
			return err
		}
		k.detached = true
	}
	return nil
}

// attach undoes detach, and puts programs back that others took the place of.
func (s *standing) attach() (err error) {
	for _, k := range s.links {
		switch {
		case k.prog == nil:
			continue
		case k.taken:
			err = k.link.Update(k.prog)
		case k.detached:
			k.link.Close()
			k.link, err = s.Description.attach(k.prog, k.of)
		default:
			continue
		}
		if err == nil {
			err = k.link.Pin(k.pin)
		}
		if err != nil {
			return err
		}
		k.taken, k.detached = false, false
	}
	if file := filepath.Join(s.dir, describedBy); !exists(file) {
		return unpinned(s.described).Pin(file)
	}
	return nil
}

// unpinned is a map of which the library does not know where it is pinned.
func unpinned(m *cilium.Map) *cilium.Map {
	if clone, err := m.Clone(); err == nil {
		return clone
	}
	return m
}

// close lets go of everything, which stays where it is pinned.
func (s *standing) close() {
	if s == nil {
		return
	}
	if s.Installed != nil {
		s.Installed.Close()
	}
	if s.described != nil {
		s.described.Close()
	}
	for _, k := range s.links {
		k.link.Close()
		if k.prog != nil {
			k.prog.Close()
		}
	}
}

// detach takes a pinned program from its hook at once; removing the pin alone
// would leave that to a moment of the kernel's choice.
func detach(pin string, k link.Link) error {
	if err := k.Unpin(); err != nil {
		return err
	}
	if err := k.Detach(); err != nil && !errors.Is(err, link.ErrNotSupported) && !errors.Is(err, unix.EOPNOTSUPP) {
		return errors.New("detach " + filepath.Base(pin) + ": " + err.Error())
	}
	return nil
}
