package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/mdlayher/netlink"
	"github.com/recentc/recentc/internal/safefile"
	"golang.org/x/sys/unix"
)

// Who changes tables or programs holds a lock. It is a flock on a file in the state folder, in
// which nobody but root can open anything, with the number of the network namespace in its
// name: two containers that share the folder do not meet. The kernel takes it back with the
// process, so that a file that was left behind blocks nobody.
//
// Two that share the network but not the folder would not see each other's file. So there is an
// abstract socket as well, whose name belongs to the network namespace. Any user can bind
// it; it counts only where a process of root's has it.

// errBusy is the error while another recentc changes the tables, or waits for an answer.
var errBusy = errors.New("another recentc apply or remove is at work here, or waits to be confirmed; answer it first")

// A lock that was given back can be held for an instant more: by a copy of this
// process that is about to become nft. So it is tried again for a moment.
const (
	lockTries = 50
	lockPause = 10 * time.Millisecond
	lockFile  = "lock"
)

// lock keeps others from changing tables or programs in this namespace until unlock, or our
// end. What a trial has left of which all processes were killed is restored first.
func lock() (unlock func(), err error) {
	if unlock, err = lockAlone(lockTries * lockPause); err != nil {
		return nil, err
	}
	if _, _, err := restoreLeft(); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

// lockAlone takes the lock, and leaves what a trial has left.
func lockAlone(most time.Duration) (unlock func(), err error) {
	return lockBoth(lockFile, "@recentc", errBusy, most)
}

// lockBoth takes the file and the socket.
func lockBoth(file, socket string, busy error, most time.Duration) (unlock func(), err error) {
	release, err := lockState(file, busy, most)
	if err != nil {
		return nil, err
	}
	fd, err := bindName(socket, busy)
	if err != nil {
		release()
		return nil, err
	}
	return func() {
		if fd >= 0 {
			unix.Close(fd)
		}
		release()
	}, nil
}

// lockState takes the lock that is a file of the state folder, and waits for it as long as
// is given. The error is busy if others have it.
func lockState(what string, busy error, most time.Duration) (unlock func(), err error) {
	name, err := netName(what)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(most); ; time.Sleep(lockPause) {
		unlock, err = tryLock(name)
		switch {
		case err == nil:
			return unlock, nil
		case !errors.Is(err, unix.EWOULDBLOCK):
			return nil, fmt.Errorf("no lock can be taken in %s, so nothing is done: %w", stateDir(), err)
		case time.Now().After(end):
			return nil, busy
		}
	}
}

// tryLock takes the lock, or fails with EWOULDBLOCK.
func tryLock(name string) (unlock func(), err error) {
	var f *os.File
	err = inState(true, func(dir *safefile.Dir) (err error) {
		if f, err = dir.Open(name, os.O_RDWR|os.O_CREATE); err != nil {
			return err
		}
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil && !dir.Has(name, f) {
			err = unix.EWOULDBLOCK // who had it removed the file: the next one makes another
		}
		if err != nil {
			f.Close()
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = unix.EWOULDBLOCK // the folder was removed at this moment
	}
	if err != nil {
		return nil, err
	}
	return func() {
		removeState(name)
		f.Close()
	}, nil
}

// removeState removes files of the state folder, and the folder if nothing is left in it.
func removeState(names ...string) error {
	err := inState(false, func(dir *safefile.Dir) (err error) {
		for _, name := range names {
			if e := dir.Remove(name); !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
		return err
	})
	os.Remove(stateDir()) // which fails if it is not empty
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// bindName takes the name of an abstract socket. It returns -1 where a user who is not root has
// it, whom we do not wait for.
func bindName(name string, busy error) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	for try := 1; ; try++ {
		err = unix.Bind(fd, &unix.SockaddrUnix{Name: name})
		switch {
		case err == nil:
			return fd, nil
		case !errors.Is(err, unix.EADDRINUSE):
		case !boundByUs(name):
			unix.Close(fd)
			return -1, nil
		case try < lockTries:
			time.Sleep(lockPause)
			continue
		default:
			err = busy
		}
		unix.Close(fd)
		return -1, err
	}
}

// boundByUs tells whether the socket of a name belongs to our user, root. A kernel that does not
// say leaves it to the file.
func boundByUs(name string) (ours bool) {
	c, err := netlink.Dial(unix.NETLINK_SOCK_DIAG, nil)
	if err != nil {
		return false
	}
	defer c.Close()
	const byFamily, showNameAndOwner = 20, 1 | 1<<6
	question := []byte{unix.AF_UNIX, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}
	question = binary.NativeEndian.AppendUint32(question, showNameAndOwner)
	all, err := c.Execute(netlink.Message{
		Header: netlink.Header{Type: byFamily, Flags: netlink.Request | netlink.Dump},
		Data:   append(question, make([]byte, 8)...),
	})
	if err != nil {
		return false
	}
	for _, m := range all {
		ours = ours || len(m.Data) > diagHeader && diagOwner(m.Data[diagHeader:], name) == os.Geteuid()
	}
	return ours
}

// diagHeader is the size of what stands in front of a socket's attributes.
const diagHeader = 16

// diagOwner is the user who owns a socket of that name, -1 if it has another name.
func diagOwner(b []byte, name string) int {
	const nameAttr, ownerAttr = 0, 7
	owner, match := -1, false
	attrs(b, func(kind uint16, data []byte) {
		switch {
		case kind == nameAttr:
			match = string(data) == "\x00"+strings.TrimPrefix(name, "@")
		case kind == ownerAttr && len(data) == 4:
			owner = int(binary.NativeEndian.Uint32(data))
		}
	})
	if !match {
		return -1
	}
	return owner
}
