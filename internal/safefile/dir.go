package safefile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Dir is a folder of our own, in which nobody else chooses what a name means. All that is
// done in it goes through the folder itself, and not through its path: whoever exchanges a
// part of the path, or plants a link in it, changes nothing.
type Dir struct{ root *os.Root }

// OpenDir opens the folder, and makes it if create is set. It is an error if somebody else
// owns it or may write in it, or if it is a link.
func OpenDir(name string, create bool) (*Dir, error) {
	parent, err := os.OpenRoot(filepath.Dir(filepath.Clean(name)))
	if err != nil {
		return nil, err
	}
	defer parent.Close()
	base := filepath.Base(filepath.Clean(name))
	if create {
		if err := parent.Mkdir(base, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	info, err := parent.Lstat(base)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder", name)
	}
	if err != nil {
		return nil, err
	}
	root, err := parent.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	if err := ours(root, name, info); err != nil {
		root.Close()
		return nil, err
	}
	return &Dir{root}, nil
}

// ours checks what was opened, which is what was looked at before.
func ours(root *os.Root, name string, seen fs.FileInfo) error {
	info, err := root.Stat(".")
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*unixStat)
	switch {
	case !os.SameFile(info, seen):
		return fmt.Errorf("%s was exchanged while it was opened", name)
	case ok && st.Uid != uint32(os.Geteuid()):
		return fmt.Errorf("%s belongs to user %d", name, st.Uid)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("%s can be written by others", name)
	}
	return nil
}

// Close closes the folder.
func (d *Dir) Close() error { return d.root.Close() }

// Write replaces a file in the folder, for our eyes only; whole or not at all.
func (d *Dir) Write(name, text string) error {
	tmp := name + "." + rand.Text() + ".new"
	f, err := d.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.root.Rename(tmp, name)
	}
	if err != nil {
		d.root.Remove(tmp)
	}
	return err
}

// Open opens a plain file of the folder, to lock it or to write at its end.
func (d *Dir) Open(name string, flag int) (*os.File, error) {
	f, err := d.root.OpenFile(name, flag|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(kind(info.Mode()) + " and not a file")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Has tells whether a name of the folder means the file that is open.
func (d *Dir) Has(name string, f *os.File) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := d.root.Lstat(name)
	return err == nil && os.SameFile(mine, now)
}

// Read reads a plain file of the folder, up to a limit.
func (d *Dir) Read(name string, limit int64) (string, error) {
	f, err := d.root.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(kind(info.Mode()) + " and not a file")
	}
	if err != nil {
		return "", err
	}
	return readOpen(f, info, name, limit)
}

// Remove removes a file of the folder.
func (d *Dir) Remove(name string) error { return d.root.Remove(name) }
