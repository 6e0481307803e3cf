package safefile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func put(t *testing.T, name, text string, mode fs.FileMode) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	return name
}

func hold(t *testing.T, name, want string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, want %q: %v", name, got, want, err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
		t.Errorf("%s has mode %v, want %v: %v", name, info.Mode(), mode, err)
	}
}

// alone holds that a folder has these files and no pieces.
func alone(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(want) {
		t.Errorf("%s has %v, want %v: %v", dir, entries, want, err)
	}
}

func TestWriteModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	dir := t.TempDir()
	secret, shared, fresh := put(t, dir+"/secret", "old", 0o600), put(t, dir+"/shared", "old", 0o664), dir+"/fresh"
	for _, name := range []string{secret, shared, fresh} {
		if err := Write(name, text("new")); err != nil {
			t.Fatal(err)
		}
	}
	hold(t, secret, "new", 0o600)
	hold(t, shared, "new", 0o664)
	hold(t, fresh, "new", 0o640)
	alone(t, dir, "secret", "shared", "fresh")
}

func TestWriteKeepsTheOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to give a file away")
	}
	name := put(t, t.TempDir()+"/f", "old", 0o640)
	if err := os.Chown(name, 65534, 65534); err != nil {
		t.Skip(err)
	}
	if err := Write(name, text("new")); err != nil {
		t.Fatal(err)
	}
	var st unix.Stat_t
	if err := unix.Stat(name, &st); err != nil || st.Uid != 65534 || st.Gid != 65534 {
		t.Errorf("the owner is %d:%d: %v", st.Uid, st.Gid, err)
	}
	hold(t, name, "new", 0o640)
}

func TestWriteFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(dir+"/sub", 0o755); err != nil {
		t.Fatal(err)
	}
	target := put(t, dir+"/sub/target", "old", 0o604)
	for link, to := range map[string]string{"one": "sub/target", "two": "one", "new": "sub/new", "loop": "loop"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, link := range []string{"/two", "/new"} {
		if err := Write(dir+link, text("new")); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Readlink(dir + link); err != nil {
			t.Errorf("the link is gone: %v", err)
		}
	}
	hold(t, target, "new", 0o604)
	if got, err := os.ReadFile(dir + "/sub/new"); err != nil || string(got) != "new" {
		t.Errorf("what a link leads to was not made: %q %v", got, err)
	}
	if err := Write(dir+"/loop", text("new")); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a loop of links: %v", err)
	}
}

// TestWriteRefusesPlantedLinks has a link of somebody else in a folder like /tmp.
func TestWriteRefusesPlantedLinks(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to make somebody else's link")
	}
	dir := t.TempDir()
	target := put(t, dir+"/precious", "old", 0o600)
	tmp := dir + "/tmp"
	if err := errors.Join(os.Mkdir(tmp, 0o700), os.Chmod(tmp, 0o777|fs.ModeSticky), os.Symlink(target, tmp+"/out"), os.Lchown(tmp+"/out", 65534, 65534)); err != nil {
		t.Skip(err)
	}
	if err := Write(tmp+"/out", text("new")); err == nil || !strings.Contains(err.Error(), "is not followed") {
		t.Errorf("error: %v", err)
	}
	hold(t, target, "old", 0o600)
	alone(t, tmp, "out")
	// A link where a temporary file could be is not written through either.
	if err := errors.Join(os.Symlink(target, tmp+"/f.recentc-fix"), Write(tmp+"/f", text("new"))); err != nil {
		t.Error(err)
	}
	hold(t, target, "old", 0o600)
}

func TestWriteKeepsTheOldOnErrors(t *testing.T) {
	dir := t.TempDir()
	name := put(t, dir+"/f", "old", 0o600)
	broken := errors.New("broken")
	err := Write(name, func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("error: %v", err)
	}
	hold(t, name, "old", 0o600)
	alone(t, dir, "f")
	if err := Write(dir, text("new")); err == nil {
		t.Error("a folder was written to")
	}
}

func TestWriteInPlace(t *testing.T) {
	dir := t.TempDir()
	if err := Write("/dev/null", text("new")); err != nil {
		t.Error(err)
	}
	if info, err := os.Lstat("/dev/null"); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Errorf("/dev/null is %v: %v", info.Mode(), err)
	}
	if err := Write("/dev/full", text("new")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("/dev/full: %v", err)
	}
	fifo := dir + "/fifo"
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		b, _ := os.ReadFile(fifo)
		got <- string(b)
	}()
	if err := Write(fifo, text("new")); err != nil {
		t.Error(err)
	}
	if s := <-got; s != "new" {
		t.Errorf("through the pipe came %q", s)
	}
}

// TestWriteToStandardOutput has the names of what a process has open.
func TestWriteToStandardOutput(t *testing.T) {
	if to := os.Getenv("SAFEFILE_TEST_WRITE"); to != "" {
		if err := Write(to, text("new")); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	for _, name := range []string{"/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"} {
		file := put(t, t.TempDir()+"/out", "before\n", 0o600)
		out, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0], "-test.run", "^TestWriteToStandardOutput$")
		cmd.Env = append(os.Environ(), "SAFEFILE_TEST_WRITE="+name)
		cmd.Stdout, cmd.Stderr = out, os.Stderr
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		io.WriteString(out, "\nafter")
		out.Close()
		hold(t, file, "before\nnew\nafter", 0o600)
	}
}

// inSmallFS runs f with a file system of 64 KiB, in a mount namespace that ends with it.
func inSmallFS(t *testing.T, f func(dir string)) {
	dir := t.TempDir()
	done := make(chan error)
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with its namespace
		err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS)
		if err == nil {
			err = unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
		}
		if err == nil {
			err = unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k")
		}
		if err != nil {
			done <- err
			return
		}
		f(dir)
		unix.Unmount(dir, unix.MNT_DETACH)
	}()
	if err := <-done; err != nil {
		t.Skipf("no file system of our own: %v", err)
	}
}

func TestWriteOnAFullDisk(t *testing.T) {
	inSmallFS(t, func(dir string) {
		name := put(t, dir+"/f", "old", 0o600)
		if err := Write(name, text(strings.Repeat("x", 1<<20))); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("error: %v", err)
		}
		hold(t, name, "old", 0o600)
		if err := Write(dir+"/g", text(strings.Repeat("x", 1<<20))); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("error: %v", err)
		}
		alone(t, dir, "f")
	})
}

// TestWriteOverAMountedFile has a file that cannot be replaced, as in a container.
func TestWriteOverAMountedFile(t *testing.T) {
	inSmallFS(t, func(dir string) {
		name, other := put(t, dir+"/f", "old", 0o600), put(t, dir+"/other", "a longer old text", 0o640)
		if err := unix.Mount(other, name, "", unix.MS_BIND, ""); err != nil {
			t.Errorf("mount: %v", err)
			return
		}
		defer unix.Unmount(name, unix.MNT_DETACH)
		if err := Write(name, text("new")); err != nil {
			t.Error(err)
		}
		hold(t, other, "new", 0o640)
		if err := Write(name, text(strings.Repeat("x", 1<<20))); err == nil {
			t.Error("a megabyte found room in 64 KiB")
		}
		hold(t, other, "new", 0o640)
		alone(t, dir, "f", "other")
	})
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	name := put(t, dir+"/f", "12345", 0o600)
	if s, err := Read(name, 5); s != "12345" || err != nil {
		t.Errorf("%q %v", s, err)
	}
	var large *TooLarge
	if _, err := Read(name, 4); !errors.As(err, &large) {
		t.Errorf("error: %v", err)
	}
	if _, err := Read("/dev/zero", 1<<20); !errors.As(err, &large) {
		t.Errorf("error: %v", err)
	}
	if _, err := ReadStream(strings.NewReader("12345"), "x", 4); !errors.As(err, &large) {
		t.Errorf("error: %v", err)
	}
	huge := put(t, dir+"/huge", "", 0o600)
	if err := os.Truncate(huge, 10<<30); err != nil {
		t.Skip(err)
	}
	if _, err := Read(huge, 256<<20); !errors.As(err, &large) {
		t.Errorf("error: %v", err)
	}
}

// TestReadRegular holds that what is no file is not opened: a pipe would wait for ever.
func TestReadRegular(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(unix.Mkfifo(dir+"/fifo", 0o600), os.Symlink("/dev/zero", dir+"/zero"), os.Symlink("fifo", dir+"/link")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/fifo", "/zero", "/link", ""} {
		if _, err := ReadRegular(dir+name, 1<<20); err == nil || !strings.Contains(err.Error(), "and not a file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := ReadRegular(put(t, dir+"/f", "text", 0o600), 10); s != "text" || err != nil {
		t.Errorf("%q %v", s, err)
	}
	if _, err := ReadRegular(dir+"/none", 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error: %v", err)
	}
}

func TestDir(t *testing.T) {
	parent := t.TempDir()
	name := parent + "/recentc"
	if _, err := OpenDir(name, false); err == nil {
		t.Error("a folder that is not there was opened")
	}
	d, err := OpenDir(name, true)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	precious := put(t, parent+"/precious", "old", 0o600)
	if err := os.Symlink("../precious", name+"/state"); err != nil {
		t.Fatal(err)
	}
	if s, err := d.Read("state", 100); err == nil {
		t.Errorf("a link out of the folder was read: %q", s)
	}
	// What happens to the path afterwards does not matter.
	if err := errors.Join(os.Rename(name, name+".away"), os.Symlink(parent, name)); err != nil {
		t.Fatal(err)
	}
	if err := d.Write("state", "new"); err != nil {
		t.Fatal(err)
	}
	hold(t, precious, "old", 0o600)
	hold(t, name+".away/state", "new", 0o600)
	alone(t, name+".away", "state")
	if s, err := d.Read("state", 100); s != "new" || err != nil {
		t.Errorf("%q %v", s, err)
	}
	if _, err := OpenDir(name, true); err == nil {
		t.Error("a link was taken for the folder")
	}
}

func TestDirOfOthers(t *testing.T) {
	name := t.TempDir() + "/recentc"
	if err := errors.Join(os.Mkdir(name, 0o700), os.Chmod(name, 0o777)); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(name, true); err == nil || !strings.Contains(err.Error(), "written by others") {
		t.Errorf("error: %v", err)
	}
	if err := errors.Join(os.Chmod(name, 0o755), os.Chown(name, 65534, 65534)); err != nil {
		t.Skip(err)
	}
	if _, err := OpenDir(name, true); err == nil || !strings.Contains(err.Error(), "belongs to user") {
		t.Errorf("error: %v", err)
	}
}
