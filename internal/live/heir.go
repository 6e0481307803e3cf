package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// HeirCommand is the hidden command of recentc that runs [Inherit].
const HeirCommand = "_heir"

// The heir is a process that waits for the watcher's end, and restores if the trial is not over
// then. It writes to the same pipe as the watcher, so that the command at the terminal does not
// see the pipe's end before both are gone.

const (
	heirStarts = 10 * time.Second // how long the heir may take until it is there
	heirWaits  = 10 * time.Minute // how long it waits for the lock
)

// keeper has an heir as long as the trial lasts: one that is killed gets a successor.
type keeper struct {
	id    string
	done  chan struct{}
	close func()
}

func keep(id string) (*keeper, error) {
	k := &keeper{id: id, done: make(chan struct{})}
	k.close = sync.OnceFunc(func() { close(k.done) })
	cmd, err := startHeir(id)
	if err != nil {
		return nil, err
	}
	go k.watch(cmd)
	return k, nil
}

func (k *keeper) release() {
	if k != nil {
		k.close()
	}
}

func (k *keeper) watch(cmd *exec.Cmd) {
	for {
		cmd.Wait()
		next, err := (*exec.Cmd)(nil), errors.New("none yet")
		for err != nil {
			select {
			case <-k.done:
				return
			case <-time.After(lockPause):
			}
			next, err = startHeir(k.id)
		}
		cmd = next
	}
}

// startHeir returns once the heir waits.
func startHeir(id string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	theirs, ours, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer ours.Close()
	cmd := exec.Command(self, HeirCommand, id, strconv.Itoa(os.Getpid()))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Stdin, cmd.Stdout = theirs, os.Stdout
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		return nil, err
	}
	ours.SetReadDeadline(time.Now().Add(heirStarts))
	if _, err := io.ReadFull(ours, make([]byte, 1)); err != nil {
		cmd.Process.Kill()
		return nil, errors.Join(fmt.Errorf("it did not start: %w", err), cmd.Wait())
	}
	return cmd, nil
}

func socketPair() (a, b *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(fds[0]), "heir"), os.NewFile(uintptr(fds[1]), "watcher"), nil
}

// Inherit is the heir: it waits for the end of the process parent, if that is not 0, restores
// unless the trial is over, and tells it to out.
func Inherit(id string, parent int, out io.Writer) error {
	ignoreSignals()
	if parent != 0 {
		waitForEnd(parent, func() { os.Stdin.Write([]byte{1}) })
	}
	w, err := inherit(id)
	json.NewEncoder(out).Encode(w)
	wasRestored(id) // which all know now who ask
	return err
}

func ignoreSignals() {
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGPIPE, syscall.SIGTSTP)
}

// waitForEnd waits until our parent has ended, and with it all that it has started and that
// dies with it.
func waitForEnd(parent int, ready func()) {
	fd, err := unix.PidfdOpen(parent, 0)
	if err == nil {
		defer unix.Close(fd)
	}
	for first := true; os.Getppid() == parent; first = false {
		if first {
			ready()
		}
		if err != nil {
			time.Sleep(lockPause)
			continue
		}
		unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 1000)
	}
}

// inherit ends a trial whose watcher is gone, and tells how it ended.
func inherit(id string) (w word, err error) {
	unlock, err := lockAlone(heirWaits)
	if err != nil {
		return word{Error: err.Error()}, err
	}
	defer unlock()
	did, notes, err := restoreLeft()
	switch {
	case err != nil:
		return word{Error: err.Error()}, err
	case did == id, hasEnded(id):
		return word{Restored: "the process that watched over the new firewall was ended", Notes: notes}, nil
	}
	return word{Kept: true}, nil
}
