package live

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

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

// stateFile is the file of a table in the calling thread's namespace.
func stateFile(what string) (string, error) {
	var st unix.Stat_t
	if err := unix.Stat("/proc/thread-self/ns/net", &st); err != nil {
		return "", err
	}
	return filepath.Join(stateDir(), fmt.Sprintf("net-%d-%s", st.Ino, what)), nil
}

// writeState keeps a text of a table, or removes it if it is empty. What cannot be
// kept is only missed in status.
func writeState(family, table, text string) {
	name, err := stateFile(family + "-" + strings.ReplaceAll(table, "/", "_"))
	if err != nil {
		return
	}
	if text == "" {
		os.Remove(name)
		os.Remove(filepath.Dir(name)) // if it is empty
		return
	}
	if os.MkdirAll(filepath.Dir(name), 0o755) != nil {
		return
	}
	tmp := name + ".new"
	if os.WriteFile(tmp, []byte(text), 0o600) == nil {
		os.Rename(tmp, name)
	}
}

// readState is the text that writeState kept, "" if there is none.
func readState(family, table string) string {
	name, err := stateFile(family + "-" + strings.ReplaceAll(table, "/", "_"))
	if err != nil {
		return ""
	}
	text, _ := os.ReadFile(name)
	return string(text)
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
