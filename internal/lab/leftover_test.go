package lab_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/lab"
	"github.com/vishvananda/netlink"
)

// deathEnv tells a child process of TestNothingIsLeft how to end.
const deathEnv = "RECENTC_LAB_DEATH"

// TestNothingIsLeft runs a lab in a child process whose home is a namespace of the test's own, so
// that nobody else's changes are seen. The candidate has a link to its home: when the link is gone
// the kernel has freed the candidate's namespace.
func TestNothingIsLeft(t *testing.T) {
	lab.Require(t)
	if death := os.Getenv(deathEnv); death != "" {
		die(t, death)
		return
	}
	for _, death := range []string{"close", "panic", "kill"} {
		t.Run(death, func(t *testing.T) {
			t.Parallel()
			err := lab.WithNamespace(func(home *lab.Namespace) error { return outlive(t, home, death) })
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// outlive runs the child and looks at its home afterwards.
func outlive(t *testing.T, home *lab.Namespace, death string) error {
	before, err := traces(home)
	if err != nil {
		return err
	}
	out, err := home.Run("", "env", deathEnv+"="+death, os.Args[0], "-test.run=^TestNothingIsLeft$", "-test.v")
	if !strings.Contains(out, "the lab is up") || (err == nil) != (death == "close") {
		t.Errorf("child: %v\n%s", err, out)
	}
	after := ""
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if after, err = traces(home); err != nil || after == before {
			return err
		}
	}
	return fmt.Errorf("before:\n%s\nafter:\n%s", before, after)
}

// traces is what a lab could leave behind in a namespace.
func traces(ns *lab.Namespace) (string, error) {
	return ns.Run("", "sh", "-ec", "ip -o link; nft list ruleset; cat /proc/net/ip_tables_names")
}

// die is the child: it makes a lab and ends.
func die(t *testing.T, death string) {
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{{Name: "a", Load: linkTo(home)}}})
	run(t, l, lab.Trace{{{}}})
	if _, err := netlink.LinkByName("home"); err != nil {
		t.Fatal(err)
	}
	fmt.Println("the lab is up and linked to its home")
	switch death {
	case "panic":
		panic("as told")
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// linkTo connects a candidate with the namespace home.
func linkTo(home *os.File) func(ns *lab.Namespace) error {
	return func(ns *lab.Namespace) error {
		return ns.Do(func() error {
			return netlink.LinkAdd(&netlink.Veth{
				LinkAttrs:     netlink.LinkAttrs{Name: "away"},
				PeerName:      "home",
				PeerNamespace: netlink.NsFd(home.Fd()),
			})
		})
	}
}

// TestPanicComesHome panics inside a namespace: the thread must be back and the namespace closed.
func TestPanicComesHome(t *testing.T) {
	lab.Require(t)
	before := threadNS(t)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = lab.WithNamespace(func(ns *lab.Namespace) error {
			return ns.Do(func() error {
				if threadNS(t) == before {
					t.Error("Do stayed at home")
				}
				panic("as told")
			})
		})
	}()
	if after := threadNS(t); after != before {
		t.Errorf("thread in %s, before in %s", after, before)
	}
}

func threadNS(t *testing.T) string {
	t.Helper()
	name, err := os.Readlink("/proc/thread-self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	return name
}
