package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

type unixStat = syscall.Stat_t

// mostLinks is how many links the kernel follows, too.
const mostLinks = 40

// follow is where the links at name lead, which may be nothing yet. The folders on the way
// are the kernel's to check when the file is opened.
func follow(name string) (string, error) {
	for range mostLinks {
		if opened(name) {
			return name, nil
		}
		info, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return name, nil
		}
		if err != nil {
			return "", err
		}
		if err := planted(name, info); err != nil {
			return "", err
		}
		to, err := os.Readlink(name)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Dir(name) + "/" + to // not Join, which takes "link/.." away
		}
		name = to
	}
	return "", &fs.PathError{Op: "open", Path: name, Err: syscall.ELOOP}
}

// planted refuses the link of somebody else in a folder where everybody may make one, as
// the kernel does with fs.protected_symlinks: it would choose what we write over.
func planted(name string, link fs.FileInfo) error {
	dir, err := os.Stat(filepath.Dir(name))
	if err != nil {
		return err
	}
	of, ok := link.Sys().(*unixStat)
	in, ok2 := dir.Sys().(*unixStat)
	if !ok || !ok2 || in.Mode&unix.S_ISVTX == 0 || in.Mode&0o002 == 0 || of.Uid == uint32(os.Geteuid()) || of.Uid == in.Uid {
		return nil
	}
	return fmt.Errorf("%s is a link that user %d made in a folder that all can write; it is not followed", name, of.Uid)
}

// openFile is the name of a file that a process has open.
var openFile = regexp.MustCompile(`^/(dev|proc/(self|thread-self|[0-9]+)(/task/[0-9]+)?)/fd/([0-9]+)$`)

// opened tells names such as /proc/self/fd/1, to which /dev/stdout is a link.
func opened(name string) bool { return openFile.MatchString(filepath.Clean(name)) }

// openPlace opens what is not to be replaced. An open file of our own is written where it
// is, behind what is in it; a pipe's or a socket's name cannot be opened again everywhere.
func openPlace(name string) (*os.File, error) {
	m := openFile.FindStringSubmatch(filepath.Clean(name))
	if m == nil || m[1] != "dev" && m[2] != "self" && m[2] != "thread-self" && m[2] != strconv.Itoa(os.Getpid()) {
		return os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	}
	n, err := strconv.Atoi(m[4])
	if err != nil {
		return nil, err
	}
	fd, err := unix.FcntlInt(uintptr(n), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}
