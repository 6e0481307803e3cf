package live

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/recentc/recentc/internal/safefile"
	"golang.org/x/sys/unix"
)

// The kernel does not keep the comments of a script, in which the iptables text of
// each rule stands. Beside the tables, apply keeps the script in a folder that is gone
// with them at the next boot, under the number of the network namespace. Without it, or where it is
// of another load, status shows the rules without their iptables text.

// stateDir is RUNTIME_DIRECTORY, as systemd sets it, or /run/recentc.
func stateDir() string {
	if dir, _, _ := strings.Cut(os.Getenv("RUNTIME_DIRECTORY"), ":"); dir != "" {
		return dir
	}
	return "/run/recentc"
}

// stateName is the name of a table's file in the calling thread's namespace.
func stateName(family, table string) (string, error) {
	var st unix.Stat_t
	if err := unix.Stat("/proc/thread-self/ns/net", &st); err != nil {
		return "", err
	}
	return fmt.Sprintf("net-%d-%s-%s", st.Ino, family, strings.ReplaceAll(table, "/", "_")), nil
}

// writeState keeps a text of a table, or removes it if it is empty. What cannot be
// kept is only missed in status. A folder of which somebody else is the owner is not used.
func writeState(family, table, text string) {
	name, err := stateName(family, table)
	if err != nil {
		return
	}
	dir, err := safefile.OpenDir(stateDir(), text != "")
	if err != nil {
		return
	}
	defer dir.Close()
	if text != "" {
		dir.Write(name, text)
		return
	}
	dir.Remove(name)
	os.Remove(stateDir()) // if it is empty
}

// maxState bounds what is read back; a script of a million rules has some 200 MB.
const maxState = 1 << 30

// readState is the text that writeState kept, "" if there is none.
func readState(family, table string) string {
	name, err := stateName(family, table)
	if err != nil {
		return ""
	}
	dir, err := safefile.OpenDir(stateDir(), false)
	if err != nil {
		return ""
	}
	defer dir.Close()
	text, _ := dir.Read(name, maxState)
	return text
}

// errBusy is the error while another recentc changes the tables, or waits for an answer.
var errBusy = errors.New("another recentc apply or remove is at work here, or waits to be confirmed; answer it first")

// A lock that was given back can be held for an instant more: by a copy of this
// process that is about to become nft. So it is tried again for a moment.
const (
	lockTries = 50
	lockPause = 10 * time.Millisecond
)

// lock keeps others from changing tables in this namespace until unlock, or our end.
// The name of an abstract socket belongs to the network namespace, and to one process.
func lock() (unlock func(), err error) { return lockName("@recentc", errBusy) }

// lockName takes a name, which gives busy while another process has it.
func lockName(name string, busy error) (unlock func(), err error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		err := unix.Bind(fd, &unix.SockaddrUnix{Name: name})
		switch {
		case err == nil:
			return func() { unix.Close(fd) }, nil
		case errors.Is(err, unix.EADDRINUSE) && try < lockTries:
			time.Sleep(lockPause)
			continue
		case errors.Is(err, unix.EADDRINUSE):
			err = busy
		}
		unix.Close(fd)
		return nil, err
	}
}
