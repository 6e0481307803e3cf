package loader

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"golang.org/x/sys/unix"
)

// withRoot calls fn on a thread of its own, with a BPF file system that nobody
// else sees and in a network namespace of its own. root is in the file system.
func withRoot(t *testing.T, fn func(root string, ns *lab.Namespace)) {
	t.Helper()
	lab.Require(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends here
		dir := t.TempDir()
		err := errors.Join(
			os.NewSyscallError("unshare", unix.Unshare(unix.CLONE_FS|unix.CLONE_NEWNS)),
			unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
			unix.Mount("bpf", dir, "bpf", 0, ""),
		)
		if err != nil {
			t.Error(err)
			return
		}
		defer unix.Unmount(dir, unix.MNT_DETACH)
		err = lab.WithNamespace(func(ns *lab.Namespace) error {
			return ns.Do(func() error {
				fn(filepath.Join(dir, "recentc"), ns)
				return nil
			})
		})
		if err != nil {
			t.Error(err)
		}
	}()
	<-done
}

// object makes the object for rules of one family on this machine.
func object(t *testing.T, rules string) *ebpf.Output { return objectWith(t, rules, ebpf.Options{}) }

func objectWith(t *testing.T, rules string, opts ebpf.Options) *ebpf.Output {
	t.Helper()
	var err error
	if opts.HZ, err = RateFor(); err != nil {
		t.Fatal(err)
	}
	f, diags := grammar.ParseFile("rules.v4", rules)
	programs, l := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4})
	out, m := ebpf.Translate(programs, opts)
	if diags = append(append(diags, l...), m...); diags.HasErrors() {
		t.Fatalf("%s\n%v", rules, diags)
	}
	return &out
}

// arrives sends a UDP packet over the loopback device and tells whether it comes.
func arrives(t *testing.T) bool {
	t.Helper()
	in, out := pipe(t)
	defer in.Close()
	defer out.Close()
	if _, err := out.Write([]byte("x")); err != nil && !errors.Is(err, unix.EPERM) {
		t.Error(err)
	}
	in.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	_, err := in.Read(make([]byte, 9))
	return err == nil
}

// pipe is a receiver and a sender in the namespace of the thread.
func pipe(t *testing.T) (in *net.UDPConn, out net.Conn) {
	t.Helper()
	in, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	out, err = net.Dial("udp4", in.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	return in, out
}

const (
	dropping = "*filter\n-A INPUT -p udp -m recent --name A --set -j DROP\nCOMMIT\n"
	passing  = "*filter\n-A INPUT -p udp -m conntrack --ctstate NEW -m recent --name A --set -j ACCEPT\nCOMMIT\n"
)

// TestInstall installs, replaces and removes rules, each of which stays when
// everything that the process holds of it is closed.
func TestInstall(t *testing.T) {
	withRoot(t, func(root string, ns *lab.Namespace) {
		if err := Remove(root); !errors.Is(err, ErrNotInstalled) {
			t.Errorf("removed nothing: %v", err)
		}
		for i, step := range []struct {
			rules  string
			passes bool
		}{{dropping, false}, {passing, true}, {passing, true}, {dropping, false}} {
			if err := Install(object(t, step.rules), root); err != nil {
				t.Errorf("step %d: %v", i, err)
				return
			}
			if got := arrives(t); got != step.passes {
				t.Errorf("step %d: a packet arrives: %v", i, got)
			}
			checkInstalled(t, root, step.rules)
		}
		if err := Remove(root); err != nil {
			t.Error(err)
		}
		if !arrives(t) {
			t.Error("what was removed still drops")
		}
		if text, err := ns.Run("", "nft", "list", "ruleset"); err != nil || strings.Contains(text, trackerTable) {
			t.Errorf("left behind: %s%v", text, err)
		}
		if _, err := os.Stat(root); err == nil {
			t.Errorf("%s is left", root)
		}
	})
}

// TestWithoutAdmin installs and replaces rules with no more rights than the systemd unit
// and a container have.
func TestWithoutAdmin(t *testing.T) {
	withRoot(t, func(root string, _ *lab.Namespace) {
		var before [2]unix.CapUserData
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		if err := unix.Capget(&header, &before[0]); err != nil {
			t.Error(err)
			return
		}
		few := before
		few[0].Effective, few[1].Effective = 0, 0
		for _, c := range []int{unix.CAP_NET_ADMIN, unix.CAP_BPF, unix.CAP_PERFMON} {
			few[c/32].Effective |= 1 << (c % 32)
		}
		for _, at := range []ebpf.Attach{ebpf.Netfilter, ebpf.XDP, ebpf.TCIngress} {
			image := NewImage(objectWith(t, dropping, ebpf.Options{Attach: at}), "lo")
			err := errors.Join(
				unix.Capset(&header, &few[0]),
				replace(image, root), replace(image, root), Remove(root),
				unix.Capset(&header, &before[0]),
			)
			if err != nil {
				t.Errorf("%v: %v", at, err)
			}
		}
	})
}

// replace installs an image and keeps it.
func replace(img *Image, root string) error {
	c, err := Prepare(img, root)
	if err != nil {
		return err
	}
	if err := c.Switch(); err != nil {
		return err
	}
	return c.Keep()
}

func checkInstalled(t *testing.T, root, rules string) {
	t.Helper()
	in, err := Open(root)
	if err != nil {
		t.Error(err)
		return
	}
	defer in.Close()
	counters, err := in.Counters()
	if err != nil || counters[0].Packets != 1 || counters[0].Bytes == 0 {
		t.Errorf("counters %v, %v", counters, err)
	}
	if r := in.Rules[0]; r.Place != "rules.v4:2" || !strings.Contains(rules, r.Text) || r.Chain != "INPUT" {
		t.Errorf("rule %+v", r)
	}
	entries, err := in.Entries("A")
	if err != nil || len(entries) != 1 || entries[0].Addr.String() != "127.0.0.1" {
		t.Errorf("entries %v, %v", entries, err)
	}
}

// TestNoGap holds that no packet passes while rules that drop it are replaced by
// others that do.
func TestNoGap(t *testing.T) {
	withRoot(t, func(root string, _ *lab.Namespace) {
		if err := Install(object(t, dropping), root); err != nil {
			t.Error(err)
			return
		}
		in, out := pipe(t)
		defer in.Close()
		defer out.Close()
		var stop atomic.Bool
		stopped := make(chan struct{})
		go func() {
			for !stop.Load() {
				out.Write([]byte("x"))
				time.Sleep(50 * time.Microsecond)
			}
			close(stopped)
		}()
		for range 5 {
			if err := Install(object(t, dropping), root); err != nil {
				t.Error(err)
			}
		}
		stop.Store(true)
		<-stopped
		in.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if _, err := in.Read(make([]byte, 9)); err == nil {
			t.Error("a packet came through")
		}
		if err := Remove(root); err != nil {
			t.Error(err)
		}
	})
}

// TestNoFileSystem holds that a root outside of a BPF file system is refused with
// what to do.
func TestNoFileSystem(t *testing.T) {
	err := Install(object(t, dropping), filepath.Join(t.TempDir(), "recentc"))
	if err == nil || !strings.Contains(err.Error(), "mount -t bpf") {
		t.Error(err)
	}
}
