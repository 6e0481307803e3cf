// Package safefile reads and writes files of which others may have chosen the name, the
// kind or the size: rules in somebody's checkout, outputs in a folder that all can write.
//
// A file appears whole or not at all, with the permissions of the one that it replaces.
// [Write] is for files that a user names, [Dir] for a folder of our own, [Read] for input.
package safefile

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Write replaces the file name by what output writes, or makes it.
//
// The new content is written beside the old one, synced, and renamed: an error, a full
// disk or a kill leaves the old file as it was. Mode and owner of an old file are kept; a
// new one gets what the umask leaves. Where name is a link, the link stays and the file
// that it leads to is replaced. A device, a pipe and what the process has open (/dev/stdout)
// are written as they are. So is a file in a folder in which we may not make another, all
// at once and after output has ended.
func Write(name string, output func(io.Writer) error) error {
	target, err := follow(name)
	if err != nil {
		return err
	}
	info, err := os.Lstat(target)
	switch {
	case opened(target), err == nil && !info.Mode().IsRegular():
		return inPlace(target, output)
	case errors.Is(err, fs.ErrNotExist):
		info = nil
	case err != nil:
		return err
	}
	return replace(target, info, output)
}

// replace writes a file beside target and renames it. info is the old file's, or nil.
func replace(target string, info fs.FileInfo, output func(io.Writer) error) error {
	tmp, err := beside(target, info)
	if info != nil && denied(err) {
		return overwrite(target, output)
	}
	if err != nil {
		return err
	}
	err = output(tmp)
	if err == nil && info != nil {
		err = like(tmp, info)
	}
	if err == nil {
		err = tmp.Sync()
	}
	err = errors.Join(err, tmp.Close())
	if err == nil {
		if err = os.Rename(tmp.Name(), target); info != nil && errors.Is(err, unix.EBUSY) {
			err = overwrite(target, output) // a file that is mounted, as in a container
		} else if err == nil {
			return syncDir(filepath.Dir(target))
		}
	}
	os.Remove(tmp.Name())
	return err
}

// beside makes a file in target's folder. The kernel applies the umask to a new one; the
// follower of an old one is nobody else's to read until it has that one's mode.
func beside(target string, info fs.FileInfo) (*os.File, error) {
	mode := fs.FileMode(0o666)
	if info != nil {
		mode = 0o600
	}
	for range 100 {
		name := filepath.Join(filepath.Dir(target), ".recentc-"+rand.Text())
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s: no temporary file can be made beside it", target)
}

// denied tells that a folder takes no new file.
func denied(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EROFS)
}

// like gives a file the owner and the mode of another. Where the group cannot be kept,
// ours gets nothing.
func like(f *os.File, info fs.FileInfo) error {
	mode := info.Mode().Perm()
	if st, ok := info.Sys().(*unixStat); ok && f.Chown(int(st.Uid), int(st.Gid)) != nil && f.Chown(-1, int(st.Gid)) != nil {
		mode &^= 0o070
	}
	return f.Chmod(mode)
}

// overwrite writes over a file that cannot be replaced.
func overwrite(target string, output func(io.Writer) error) error {
	var text bytes.Buffer
	if err := output(&text); err != nil {
		return err
	}
	f, err := os.OpenFile(target, os.O_WRONLY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	// The room is there before the first byte of the old text goes.
	err = unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, max(1, int64(text.Len())))
	if errors.Is(err, unix.EOPNOTSUPP) {
		err = nil
	}
	if err == nil {
		_, err = f.Write(text.Bytes())
	}
	if err == nil {
		err = f.Truncate(int64(text.Len()))
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// inPlace writes to a device, a pipe or an open file.
func inPlace(target string, output func(io.Writer) error) error {
	f, err := openPlace(target)
	if err != nil {
		return err
	}
	return errors.Join(output(f), f.Close())
}

// syncDir makes a rename last. Some file systems cannot; the file is there all the same.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	d.Sync()
	return d.Close()
}
