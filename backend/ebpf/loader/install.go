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

// RootHere is the folder below [Root] of the calling thread's network namespace, which
// the kernel numbers and never gives the same number again before the next boot.
func RootHere() (string, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	cookie, err := unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
	if err != nil {
		if missing := Supported(ebpf.Netfilter); missing != nil {
			return "", missing // a kernel without them lacks what is newer, too
		}
		return "", &FeatureError{"numbers of network namespaces", "5.14", release()}
	}
	return filepath.Join(Root, fmt.Sprintf("net-%d", cookie)), nil
}

// The directories below the root: one of two generations, so that a new one is
// complete before the old one goes. Each has its maps, its programs and their links, and
// a map with the description of all. The programs have pins of their own because it takes
// CAP_SYS_ADMIN to get at one through its link.
var generations = [2]string{"a", "b"}

const (
	linkDir     = "links"
	programDir  = "programs"
	mapDir      = "maps"
	describedBy = "described"
)

// Install attaches an object for netfilter hooks and pins it below root, so that it
// stays when the process ends; lists of the same name and mask keep what they hold. It is
// a [Change] that is kept. After an error what was there before is unchanged.
func Install(out *ebpf.Output, root string) error {
	c, err := Prepare(NewImage(out, ""), root)
	if err != nil {
		return err
	}
	if _, err := c.KeepLists(); err != nil {
		return errors.Join(err, c.Restore())
	}
	if err := c.Switch(); err != nil {
		return err
	}
	return c.Keep()
}

// bpffsMagic is what statfs says of a BPF file system.
const bpffsMagic = 0xcafe4a11

// checkRoot makes the root, which must be in a BPF file system.
func checkRoot(root string) error {
	var s unix.Statfs_t
	parent := filepath.Dir(root)
	for !exists(parent) {
		parent = filepath.Dir(parent)
	}
	if err := unix.Statfs(parent, &s); err != nil {
		return fmt.Errorf("%s: %w", parent, err)
	}
	if uint32(s.Type) != bpffsMagic {
		return fmt.Errorf("no BPF file system is mounted at %s: mount -t bpf bpf %s", parent, parent)
	}
	return os.MkdirAll(root, 0o700)
}

// removeRoot removes what is left of a root in which nothing is installed, and the
// folder that it is in if nobody else has one there.
func removeRoot(root string) error {
	if err := os.RemoveAll(root); err != nil {
		return err
	}
	os.Remove(filepath.Dir(root)) // which fails if it is not empty, or the file system itself
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

// pin makes the maps and the programs stay, and gives the description, which is to be
// pinned last.
func (l *Loaded) pin(dir string) (*cilium.Map, error) {
	for _, d := range []string{dir, filepath.Join(dir, linkDir), filepath.Join(dir, programDir), filepath.Join(dir, mapDir)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	for name, m := range l.coll.Maps {
		if err := m.Pin(filepath.Join(dir, mapDir, name)); err != nil {
			return nil, err
		}
	}
	for _, p := range l.out.Programs {
		if err := l.coll.Programs[p.Name].Pin(filepath.Join(dir, programDir, p.Name)); err != nil {
			return nil, err
		}
	}
	return l.out.describe()
}

// describe writes the description, as JSON in a map of one value.
func (img *Image) describe() (*cilium.Map, error) {
	text, err := json.Marshal(img.Description)
	if err != nil {
		return nil, err
	}
	m, err := cilium.NewMap(&cilium.MapSpec{Name: describedBy, Type: cilium.Array, KeySize: 4, ValueSize: uint32(len(text)), MaxEntries: 1})
	if err != nil {
		return nil, fmt.Errorf("describe the rules: %w", err)
	}
	if err := m.Put(uint32(0), text); err != nil {
		m.Close()
		return nil, fmt.Errorf("describe the rules: %w", err)
	}
	return m, nil
}

// Remove takes out what is installed below root: programs, lists, and the nft
// table by which connections were tracked, in the network namespace of the calling
// thread, also what an interrupted change has left. The error is [ErrNotInstalled] if
// there is nothing.
func Remove(root string) error {
	if !exists(root) {
		return ErrNotInstalled
	}
	var errs []error
	for _, g := range generations {
		errs = append(errs, removeGeneration(filepath.Join(root, g)))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if tracking() {
		if err := untrack(); err != nil {
			return err
		}
	}
	return removeRoot(root)
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
		if err := detachPinned(pin); err != nil {
			return fmt.Errorf("%s: %w", pin, err)
		}
	}
	return os.RemoveAll(dir)
}

func detachPinned(pin string) error {
	k, err := link.LoadPinnedLink(pin, nil)
	if err != nil {
		return err
	}
	defer k.Close()
	return detach(pin, k)
}
