package lab

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// threadNS is the network namespace of the calling thread. /proc/self would be that of the main
// thread, which is another one while a goroutine visits a namespace.
const threadNS = "/proc/thread-self/ns/net"

// A Namespace is an anonymous network namespace with the loopback device up. The kernel removes it
// with all that is in it when the last user is gone: Close, or the end of the process.
type Namespace struct {
	file    *os.File
	onClose []func() error
}

// NewNamespace makes an empty network namespace. It needs CAP_SYS_ADMIN and CAP_NET_ADMIN.
func NewNamespace() (*Namespace, error) {
	n := &Namespace{}
	unshare := func() error { return os.NewSyscallError("unshare", unix.Unshare(unix.CLONE_NEWNET)) }
	err := visit(unshare, func() (err error) {
		n.file, err = os.Open(threadNS)
		return err
	})
	if err == nil {
		err = n.Do(loopbackUp)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("new network namespace: %w", err), n.Close())
	}
	return n, nil
}

// WithNamespace calls fn with a new namespace and removes the namespace afterwards, also when fn
// panics. It returns the error of fn, or of making or closing the namespace.
func WithNamespace(fn func(ns *Namespace) error) (err error) {
	ns, err := NewNamespace()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ns.Close()) }()
	return fn(ns)
}

// Do calls fn with the calling goroutine bound to a thread that is inside the namespace: sockets
// that fn opens and processes that it starts belong to the namespace, and its view of
// /proc/thread-self/net and /proc/sys/net is that of the namespace. Goroutines that fn starts are
// outside, and /proc/self and /proc/net are those of the main thread, wherever that is. Calls may
// nest. Do returns the error of fn.
func (n *Namespace) Do(fn func() error) error {
	enter := func() error {
		return os.NewSyscallError("setns", unix.Setns(n.FD(), unix.CLONE_NEWNET))
	}
	err := visit(enter, fn)
	runtime.KeepAlive(n)
	return err
}

// FD is the descriptor that holds the namespace, valid until Close.
func (n *Namespace) FD() int { return int(n.file.Fd()) }

// OnClose registers fn to be called by Close, last registered first. A candidate that holds more
// than rules, such as an attached program, lets go of it there.
func (n *Namespace) OnClose(fn func() error) { n.onClose = append(n.onClose, fn) }

// Close calls what OnClose registered and lets go of the namespace. Calling it twice is harmless.
func (n *Namespace) Close() error {
	var errs []error
	for i := len(n.onClose) - 1; i >= 0; i-- {
		errs = append(errs, n.onClose[i]())
	}
	n.onClose = nil
	if n.file != nil {
		errs = append(errs, n.file.Close())
		n.file = nil
	}
	return errors.Join(errs...)
}

// visit binds the goroutine to its thread, moves the thread with enter, calls fn and moves back,
// also when fn panics.
func visit(enter, fn func() error) (err error) {
	runtime.LockOSThread()
	home, err := os.Open(threadNS)
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer func() { err = errors.Join(err, goHome(home)) }()
	if err := enter(); err != nil {
		return err
	}
	return fn()
}

// goHome ends a visit. A thread that cannot go back stays bound to its goroutine, so that the
// runtime ends it with the goroutine instead of running others in the wrong namespace.
func goHome(home *os.File) error {
	defer home.Close()
	if err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); err != nil {
		return os.NewSyscallError("setns back", err)
	}
	runtime.UnlockOSThread()
	return nil
}

func loopbackUp() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.LinkSetUp(lo)
}
