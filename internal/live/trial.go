package live

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	bpf "github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/internal/safefile"
	"golang.org/x/sys/unix"
)

// A trial is a load that can be taken back. What is needed for that stands in the state folder
// before anything is loaded, so that whoever outlives the watcher can do it. The record is
// there as long as the trial lasts, and the watcher has the lock as long as it lives. So one
// rule is enough: who gets the lock and finds a record restores.
//
// The record's end is the end of the trial: the new firewall is kept when the record is removed
// and nothing was restored. Who restores first says so in another file, for those who ask later.
const (
	trialFile   = "trial"   // what the trial is; written last, removed first
	beforeFile  = "before"  // what stood before
	journalFile = "journal" // how lists were changed by hand meanwhile
	endedFile   = "ended"   // the last trial that was restored
	editsFile   = "edits"   // the lock of changes by hand
)

// trial is the record.
type trial struct {
	ID string
	// Boot and Net tell the network namespace from others that had its number.
	Boot string
	Net  uint64
	// Deadline is in the kernel's monotonic time.
	Deadline time.Duration
	// Waits tells that the load is done.
	Waits bool

	confirm  time.Duration
	asks     bool
	timer    bool
	recorded bool
	lost     bool // what stood before is not back
	unlock   func()
	heir     *keeper
	notes    []string
}

// before is what stood.
type before struct {
	Tables   []savedTable
	Programs *bpf.Before `json:",omitempty"`
}

func newTrial(id string, confirm time.Duration, asks bool) *trial {
	return &trial{ID: id, Boot: bootID(), Net: netCookie(), confirm: confirm, asks: asks}
}

func newTrialID() string { return rand.Text() }

// bootID tells this boot from others.
func bootID() string {
	b, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(b))
}

// netCookie is the number of the network namespace, which no other gets before the next boot;
// 0 where the kernel has none.
func netCookie() uint64 {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	cookie, _ := unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
	return cookie
}

// monotonic is the kernel's time since the boot.
func monotonic() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// begin is before anything is looked at: from now on nobody changes lists by hand, until loaded.
func (t *trial) begin() (err error) {
	if t == nil {
		return nil
	}
	if t.unlock, err = lockEdits(); err != nil {
		return err
	}
	if t.heir, err = keep(t.ID); err != nil {
		t.unlock()
		t.unlock = nil
		return fmt.Errorf("the process that restores if others are killed cannot be started, so nothing is loaded: %w", err)
	}
	return nil
}

// record writes down what stands, before it is replaced.
func (t *trial) record(tables []*snapshot, programs *bpf.Before) error {
	if t == nil {
		return nil
	}
	b := before{Programs: programs}
	for _, s := range tables {
		b.Tables = append(b.Tables, s.save())
	}
	t.Deadline = monotonic() + t.confirm
	t.recorded = true
	removeRecords(journalFile, endedFile)
	if err := errors.Join(writeRecord(beforeFile, b), writeRecord(trialFile, t)); err != nil {
		return fmt.Errorf("the way back cannot be written to %s, so nothing is loaded: %w", stateDir(), err)
	}
	if t.asks {
		t.notes = append(t.notes, t.startTimer()...)
	}
	return nil
}

// loaded is after the load. From now on lists can be changed by hand, and a journal is kept of it.
func (t *trial) loaded(err error) error {
	if t == nil {
		return err
	}
	if t.unlock == nil {
		return err
	}
	defer t.unlock()
	switch {
	case err == nil:
		t.Deadline, t.Waits = monotonic()+t.confirm, true
		writeRecord(trialFile, t) // without, only status knows less
	case t.lost || errors.Is(err, bpf.ErrNotBack): // so others try again
	case t.recorded:
		dropTrial()
		t.stopTimer()
	}
	return err
}

// stuck notes that what stood before is not back after a load that failed.
func (t *trial) stuck() {
	if t != nil {
		t.lost = true
	}
}

// keep ends the trial: the new firewall stays.
func (t *trial) keep() error {
	defer lockEditsFor(restoreWait)()
	if err := removeRecords(trialFile); err != nil {
		return fmt.Errorf("the record of the trial cannot be removed, so the new firewall is not kept: %w", err)
	}
	t.stopTimer()
	return removeRecords(beforeFile, journalFile)
}

// takeBack ends the trial: what stood before comes back, with the changes by hand since.
func (t *trial) takeBack(l *Loaded) (notes []string, err error) {
	defer lockEditsFor(restoreWait)()
	if err := l.restore(); err != nil {
		return nil, err
	}
	notes = replay(l.before, l.change != nil)
	t.stopTimer()
	return notes, restored(t.ID)
}

// restoreWait is how long a restore waits for a change by hand that does not end.
const restoreWait = 10 * time.Second

// lockEditsFor takes the lock of changes by hand if it comes in time.
func lockEditsFor(most time.Duration) (unlock func()) {
	unlock, err := lockState(editsFile, errEditing, most)
	if err != nil {
		return func() {}
	}
	return unlock
}

// dropTrial removes the record. The file that says that there is one goes first.
func dropTrial() error {
	if err := removeRecords(trialFile); err != nil {
		return err
	}
	return removeRecords(beforeFile, journalFile)
}

// restored ends the trial as one that was taken back, and says so to those who ask.
func restored(id string) error {
	return errors.Join(writeRecord(endedFile, ended{id, monotonic()}), dropTrial())
}

// ended is a trial that was restored, and when.
type ended struct {
	ID string
	At time.Duration
}

// hasEnded tells whether a trial that is over was restored.
func hasEnded(id string) bool {
	var e ended
	there, err := readRecord(endedFile, &e)
	return err == nil && there && e.ID == id
}

// wasRestored tells it, and forgets it then.
func wasRestored(id string) bool {
	if !hasEnded(id) {
		return false
	}
	removeRecords(endedFile)
	return true
}

// forgetEnded removes what nobody has asked for within a minute.
func forgetEnded() {
	var e ended
	if there, err := readRecord(endedFile, &e); there && (err != nil || monotonic()-e.At > time.Minute || monotonic() < e.At) {
		removeRecords(endedFile)
	}
}

// readTrial is the trial that is recorded here, nil if there is none.
func readTrial() (*trial, error) {
	var t trial
	there, err := readRecord(trialFile, &t)
	if !there {
		return nil, err
	}
	if err == nil && (t.Boot != bootID() || t.Net != netCookie()) {
		return nil, nil // of another namespace that had this number
	}
	return &t, err
}

func writeRecord(what string, v any) error {
	name, err := netName(what)
	if err != nil {
		return err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return inState(true, func(dir *safefile.Dir) error { return dir.Write(name, string(text)) })
}

func readRecord(what string, v any) (there bool, err error) {
	name, err := netName(what)
	if err != nil {
		return false, err
	}
	text := ""
	err = inState(false, func(dir *safefile.Dir) (err error) {
		text, err = dir.Read(name, maxState)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), v)
	}
	if err != nil {
		err = fmt.Errorf("%s/%s: %w", stateDir(), name, err)
	}
	return true, err
}

func removeRecords(what ...string) error {
	var names []string
	for _, w := range what {
		name, err := netName(w)
		if err != nil {
			return err
		}
		names = append(names, name)
	}
	return removeState(names...)
}

// restoreLeft restores what stood before a trial whose watcher is gone. The lock is ours, so
// nobody else does. id is the trial's, "" if there is none.
func restoreLeft() (id string, notes []string, err error) {
	t, err := readTrial()
	if t == nil || err != nil {
		forgetEnded()
		return "", nil, leftError(err)
	}
	defer lockEditsFor(restoreWait)()
	letKilledEnd()
	if notes, err = putBackRecord(); err != nil {
		return "", nil, leftError(err)
	}
	return t.ID, notes, restored(t.ID)
}

// leftError says how to go on without what cannot be restored.
func leftError(err error) error {
	if err == nil {
		return nil
	}
	name, _ := netName(trialFile)
	return fmt.Errorf("a firewall that was not confirmed is still loaded, and what stood before it cannot be restored: %w. To keep what is loaded, remove %s/%s", err, stateDir(), name)
}

// putBackRecord restores what is recorded, and what was changed by hand meanwhile.
func putBackRecord() (notes []string, err error) {
	var b before
	switch there, err := readRecord(beforeFile, &b); {
	case err != nil:
		return nil, err
	case !there:
		return nil, errors.New("the record of it was removed")
	}
	var all []*snapshot
	for _, s := range b.Tables {
		all = append(all, s.snapshot())
	}
	if err := restore(all); err != nil {
		return nil, err
	}
	if b.Programs != nil {
		if err := b.Programs.Restore(); err != nil {
			return nil, err
		}
	}
	return replay(all, b.Programs != nil), nil
}

// letKilledEnd waits until the kernel has done what a killed process has asked of it: its
// nft may be in the middle of a transaction, behind which ours gets its turn.
func letKilledEnd() {
	time.Sleep(5 * lockPause)
	b := newBatch()
	b.message(unix.NFT_MSG_DELCHAIN, 0, markChain(&present{family: "ip", name: "recentc-nobody"}, "nobody"))
	b.commit() // which fails, in its turn
}

// Recover restores what a trial has left whose processes were all killed, and tells it. While
// one of them lives, it does nothing.
func Recover() (notes []string, err error) {
	if t, err := readTrial(); t == nil && err == nil {
		return nil, nil
	}
	unlock, err := lockAlone(lockTries * lockPause)
	if errors.Is(err, errBusy) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer unlock()
	id, notes, err := restoreLeft()
	if id != "" {
		notes = append([]string{"a firewall waited to be confirmed, and the processes that watched over it are gone: what stood before it is restored"}, notes...)
	}
	return notes, err
}

// Trial is a firewall that waits to be confirmed.
type Trial struct {
	// Left is how many seconds there are until what stood before is restored.
	Left float64 `json:"left"`
	// Loading tells that it is not wholly loaded yet.
	Loading bool `json:"loading,omitempty"`
	// Abandoned tells that the processes are gone that watched over it. The next apply, remove
	// or change of a list restores what stood before.
	Abandoned bool `json:"abandoned,omitempty"`
}

// ReadTrial is the trial that goes on here, nil if there is none.
func ReadTrial() (*Trial, error) {
	t, err := readTrial()
	if err != nil {
		return nil, leftError(err)
	}
	if t == nil {
		return nil, nil
	}
	left := max(0, t.Deadline-monotonic()).Round(100 * time.Millisecond)
	return &Trial{Left: left.Seconds(), Loading: !t.Waits, Abandoned: !lockHeld()}, nil
}

// String says it in a sentence.
func (t *Trial) String() string {
	left := time.Duration(t.Left * float64(time.Second)).Round(time.Second)
	switch {
	case t.Abandoned:
		return "this firewall was not confirmed, and the processes that watched over it are gone: the next recentc apply, remove or change of a list restores what stood before"
	case t.Loading:
		return "a firewall is being loaded that is to be confirmed"
	case left <= 0:
		return "this firewall was not confirmed: what stood before is being restored"
	}
	return fmt.Sprintf("this firewall waits to be confirmed: in %v what stood before is restored", left)
}
