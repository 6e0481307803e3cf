package live

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
	"golang.org/x/sys/unix"
)

// inside runs a test in a network namespace, with a state folder and hooks of its own.
func inside(t *testing.T, fn func() error) {
	t.Helper()
	lab.Require(t)
	t.Setenv("RUNTIME_DIRECTORY", filepath.Join(t.TempDir(), "run"))
	betweenLookAndLoad = func() {}
	t.Cleanup(func() { betweenLookAndLoad = func() {} })
	if err := lab.WithNamespace(func(ns *lab.Namespace) error { return ns.Do(fn) }); err != nil {
		t.Fatal(err)
	}
}

func aTable(rule string) Request {
	return Request{Proc: "/nonexistent", Tables: []nft.Table{{Family: "ip", Name: "recentc", Chains: "\tchain INPUT {\n\t\t" + rule + "\n\t}\n"}}}
}

func ruleset(t *testing.T) string {
	t.Helper()
	out, err := tool("", "list", "ruleset")
	if err != nil {
		t.Error(err)
	}
	return out
}

// TestForeignTableBetweenLookAndLoad makes a stranger's table of our name at the worst moment. It
// is like ours but for the comment.
func TestForeignTableBetweenLookAndLoad(t *testing.T) {
	for _, loaded := range []bool{false, true} {
		inside(t, func() error {
			if loaded {
				l, err := Load(aTable("counter accept"))
				if err != nil {
					return err
				}
				l.Keep()
			}
			betweenLookAndLoad = func() {
				tool("table ip recentc\ndelete table ip recentc\ntable ip recentc {\n chain INPUT {\n  counter drop\n }\n}\n", "-f", "-")
			}
			_, err := Load(aTable("counter continue"))
			if err == nil || !strings.Contains(err.Error(), "recentc did not make") {
				t.Errorf("loaded before: %v: %v", loaded, err)
			}
			if now := ruleset(t); strings.Contains(now, "continue") || !strings.Contains(now, "drop") || strings.Contains(now, markPrefix) {
				t.Errorf("loaded before: %v:\n%s", loaded, now)
			}
			return nil
		})
	}
}

// TestFlushBetweenLookAndLoad flushes the rule set once, as a restart of nftables.service does.
func TestFlushBetweenLookAndLoad(t *testing.T) {
	inside(t, func() error {
		l, err := Load(aTable("counter accept"))
		if err != nil {
			return err
		}
		l.Keep()
		betweenLookAndLoad = func() {
			betweenLookAndLoad = func() {}
			tool("flush ruleset", "-f", "-")
		}
		if l, err = Load(aTable("counter continue")); err != nil {
			return err
		}
		if now := ruleset(t); !strings.Contains(now, "continue") || strings.Contains(now, "accept") {
			t.Error(now)
		}
		return l.Keep()
	})
}

// TestNFTFailsAfterIt has an nft that fails after, or before, it has loaded.
func TestNFTFailsAfterIt(t *testing.T) {
	real, err := toolPath()
	if err != nil {
		t.Skip(err)
	}
	for _, c := range []struct {
		name, script string
		loaded       bool
	}{
		{"after", real + ` "$@"; kill -9 $$`, true},
		{"before", `kill -9 $$`, false},
		{"a child keeps its output", real + ` "$@"; sleep 20 & exit 1`, true},
	} {
		inside(t, func() error {
			dir := t.TempDir()
			text := "#!/bin/sh\ncase \"$*\" in '-f -') ;; *) exec " + real + " \"$@\";; esac\n" + c.script + "\n"
			if err := os.WriteFile(filepath.Join(dir, "nft"), []byte(text), 0o755); err != nil {
				return err
			}
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			l, err := Load(aTable("counter continue"))
			t.Setenv("PATH", strings.TrimPrefix(os.Getenv("PATH"), dir+":"))
			if (err == nil) != c.loaded || strings.Contains(ruleset(t), "continue") != c.loaded {
				t.Errorf("%s: %v\n%s", c.name, err, ruleset(t))
			}
			if err != nil {
				return nil
			}
			if !strings.Contains(strings.Join(l.Report.Notes, "\n"), "so it is loaded") {
				t.Errorf("%s: notes %q", c.name, l.Report.Notes)
			}
			return l.Keep()
		})
	}
}

// TestLock holds that one process of root's has the lock, that nobody else can have it, and
// that a file that is left is in nobody's way.
func TestLock(t *testing.T) {
	inside(t, func() error {
		name, err := netName(lockFile)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(stateDir(), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(stateDir(), name), nil, 0o600); err != nil {
			return err
		}
		unlock, err := lock()
		if err != nil {
			return err
		}
		if _, err := lock(); err != errBusy {
			t.Errorf("the second: %v", err)
		}
		own := os.Getenv("RUNTIME_DIRECTORY")
		t.Setenv("RUNTIME_DIRECTORY", filepath.Join(t.TempDir(), "other"))
		if _, err := lock(); err != errBusy {
			t.Errorf("from another folder: %v", err)
		}
		t.Setenv("RUNTIME_DIRECTORY", own)
		err = lab.WithNamespace(func(ns *lab.Namespace) error {
			return ns.Do(func() error {
				other, err := lock()
				if err == nil {
					other()
				}
				return err
			})
		})
		if err != nil {
			t.Errorf("another network namespace: %v", err)
		}
		unlock()
		if _, err := os.Stat(stateDir()); err == nil {
			t.Error("the folder is left behind")
		}
		return nil
	})
}

// TestLockOfUser has a user who is not root hold the socket's name.
func TestLockOfUser(t *testing.T) {
	inside(t, func() error {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if err := unix.Fchown(fd, 65534, 65534); err != nil {
			return err
		}
		if err := unix.Bind(fd, &unix.SockaddrUnix{Name: "@recentc"}); err != nil {
			return err
		}
		unlock, err := lock()
		if err != nil {
			return err
		}
		if _, err := lock(); err != errBusy {
			t.Errorf("the second: %v", err)
		}
		unlock()
		return nil
	})
}
