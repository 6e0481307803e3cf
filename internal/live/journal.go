package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	bpf "github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/internal/safefile"
	"golang.org/x/sys/unix"
)

// A restored list holds what it held before the trial. What an administrator has done to it
// meanwhile must not be lost with that: someone was banned. So a change by hand is written to a
// journal first, and whoever restores does it again, with the age that it has by then.

// handChange is a change of a list by hand.
type handChange struct {
	// What is "add", "del" or "flush", Backend "nft" or "ebpf".
	What, Backend string
	Table         string `json:",omitempty"`
	List          string
	Addrs         []netip.Addr `json:",omitempty"`
	// At is in the kernel's monotonic time.
	At time.Duration
}

var errEditing = errors.New("another recentc loads, restores or changes lists at this moment, and does not end")

// editsWait is how long a change by hand waits for a load, and a load for changes.
const editsWait = toolTimeout

// lockEdits keeps lists from being changed by hand.
func lockEdits() (unlock func(), err error) { return lockState(editsFile, errEditing, editsWait) }

// byHand does a change of a list. During a trial it is in the journal before it is done.
func byHand(c handChange, do func() error) error {
	unlock, err := lockEdits()
	if err != nil && !errors.Is(err, errEditing) {
		return withoutJournal(err, do)
	}
	if err != nil {
		return err
	}
	defer unlock()
	t, err := readTrial()
	switch {
	case err != nil:
		return leftError(err)
	case t == nil:
		return do()
	}
	c.At = monotonic()
	takeBack, err := journalize(c)
	if err != nil {
		return fmt.Errorf("a firewall waits to be confirmed, and a change of a list cannot be kept for the case that it is not: %w; nothing was changed", err)
	}
	if err := do(); err != nil {
		return errors.Join(err, takeBack())
	}
	return nil
}

// withoutJournal is where the state folder cannot be written to, which is no matter
// unless there is a trial.
func withoutJournal(reason error, do func() error) error {
	t, err := readTrial()
	if err != nil {
		return fmt.Errorf("whether a firewall waits to be confirmed cannot be read: %w; nothing was changed", err)
	}
	if t != nil {
		return fmt.Errorf("a firewall waits to be confirmed, and a change of a list cannot be kept for the case that it is not: %w; nothing was changed", reason)
	}
	return do()
}

// journalize writes a change to the journal's end, and returns what takes it back.
func journalize(c handChange) (takeBack func() error, err error) {
	name, err := netName(journalFile)
	if err != nil {
		return nil, err
	}
	line, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	size := int64(0)
	cut := func() error {
		return inState(false, func(dir *safefile.Dir) error {
			f, err := dir.Open(name, os.O_WRONLY)
			if err != nil {
				return err
			}
			return errors.Join(f.Truncate(size), f.Close())
		})
	}
	err = inState(true, func(dir *safefile.Dir) error {
		f, err := dir.Open(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND)
		if err != nil {
			return err
		}
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
		_, err = f.Write(append(line, '\n'))
		return errors.Join(err, f.Close())
	})
	if err != nil {
		return nil, errors.Join(err, cut())
	}
	return cut, nil
}

// readJournal are the changes by hand since the trial began. A line that a kill has cut short
// is of a change that was not done.
func readJournal() (out []handChange, err error) {
	name, err := netName(journalFile)
	if err != nil {
		return nil, err
	}
	text := ""
	err = inState(false, func(dir *safefile.Dir) (err error) {
		text, err = dir.Read(name, maxState)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for line := range strings.Lines(text) {
		var c handChange
		if json.Unmarshal([]byte(line), &c) == nil {
			out = append(out, c)
		}
	}
	return out, err
}

// replay does the changes by hand again, to the lists that were restored. What cannot be done
// again is told.
func replay(tables []*snapshot, programs bool) (notes []string) {
	all, err := readJournal()
	if err != nil {
		return []string{fmt.Sprintf("changes of lists by hand are lost: %v", err)}
	}
	for _, c := range all {
		switch {
		case c.Backend == "ebpf" && programs:
			err = c.replayPrograms()
		case c.Backend == "nft":
			err = c.replayTables(tables)
		}
		if err != nil {
			notes = append(notes, fmt.Sprintf("list %s: %s by hand could not be done again in what is restored: %v", c.List, c.What, err))
		}
	}
	return notes
}

// replayTables leaves alone the tables that the trial did not replace.
func (c handChange) replayTables(tables []*snapshot) error {
	var families []string
	for _, s := range tables {
		if s.name == c.Table {
			families = append(families, s.family)
		}
	}
	if len(families) == 0 {
		return nil
	}
	lists, err := Named(c.Table, c.List)
	if err != nil {
		return errors.New("it has no such list")
	}
	lists = slices.DeleteFunc(lists, func(l *List) bool { return !slices.Contains(families, l.Family) })
	if c.What == "flush" {
		return flushLists(lists)
	}
	var lost []string
	for _, a := range c.Addrs {
		if slices.Contains(families, familyOf(a)) && !slices.ContainsFunc(lists, func(l *List) bool { return l.Family == familyOf(a) }) {
			lost = append(lost, a.String())
		}
	}
	if _, err = editLists(lists, c.Addrs, c.What == "add", monotonic()-c.At); err == nil && len(lost) > 0 {
		err = fmt.Errorf("it has no such list for %s", strings.Join(lost, ", "))
	}
	return err
}

func (c handChange) replayPrograms() error {
	if c.What == "flush" {
		return flushProgramList(c.List)
	}
	return withEditor(c.List, func(in *bpf.Installed, e *bpf.Editor) error {
		rate, err := e.Rate()
		if err != nil {
			return err
		}
		now, err := bpf.Now()
		if err != nil {
			return err
		}
		at := now - uint64((monotonic()-c.At).Seconds()*float64(rate))
		l := in.Lists[slices.IndexFunc(in.Lists, listNamed(c.List))]
		for _, a := range c.Addrs {
			if c.What == "add" {
				err = errors.Join(err, e.Add(c.List, l.Masked(a), 0, at))
			} else if _, e := e.Forget(c.List, l.Masked(a)); e != nil {
				err = errors.Join(err, e)
			}
		}
		return err
	})
}

// lockHeld tells whether somebody has the lock of loads.
func lockHeld() bool {
	name, err := netName(lockFile)
	if err != nil {
		return false
	}
	held := false
	inState(false, func(dir *safefile.Dir) error {
		f, err := dir.Open(name, os.O_RDWR)
		if err != nil {
			return err
		}
		defer f.Close()
		held = errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
		return nil
	})
	return held
}
