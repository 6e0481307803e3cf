package live

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

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

// netName is the name of a file that is about the calling thread's network namespace. The kernel
// gives the number of one that is gone to another.
func netName(what string) (string, error) {
	var st unix.Stat_t
	if err := unix.Stat("/proc/thread-self/ns/net", &st); err != nil {
		return "", err
	}
	return fmt.Sprintf("net-%d-%s", st.Ino, what), nil
}

// stateName is the name of a table's file.
func stateName(family, table string) (string, error) {
	return netName(family + "-" + strings.ReplaceAll(table, "/", "_"))
}

// inState calls fn with the state folder.
func inState(create bool, fn func(*safefile.Dir) error) error {
	if create {
		if err := os.MkdirAll(filepath.Dir(stateDir()), 0o755); err != nil {
			return err
		}
	}
	dir, err := safefile.OpenDir(stateDir(), create)
	if err != nil {
		return err
	}
	defer dir.Close()
	return fn(dir)
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
