package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/lab"
	"golang.org/x/sys/unix"
)

// beRecentc makes the test program behave as recentc, so that tests can start it in
// network namespaces, and it can start itself.
const beRecentc = "RECENTC_TEST_BE_RECENTC"

func TestMain(m *testing.M) {
	if os.Getenv(beRecentc) != "" && !fuzzes(os.Args) {
		c := Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
		os.Exit(c.Main(os.Args[1:]))
	}
	dir, err := os.MkdirTemp("", "recentc")
	if err != nil {
		panic(err)
	}
	os.Setenv(beRecentc, "1")
	os.Setenv("RUNTIME_DIRECTORY", filepath.Join(dir, "run"))
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// fuzzes tells whether the engine of go test started this process to try inputs. It
// inherits the variable from the process that TestMain has set it in.
func fuzzes(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-test.fuzzworker") })
}

// host is a machine of its own, as far as its network goes.
type host struct {
	*testing.T
	ns  *lab.Namespace
	dir string
	// enter is what recentc is started by, if it is to see more of its own than its network.
	enter []string
}

func newHost(t *testing.T) *host {
	t.Helper()
	lab.Require(t)
	ns, err := lab.NewNamespace()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.Close() })
	return &host{T: t, ns: ns, dir: t.TempDir()}
}

// file writes a file of rules and returns its name.
func (h *host) file(name, text string) string {
	h.Helper()
	name = filepath.Join(h.dir, name)
	write(h.T, name, text)
	return name
}

// recentc runs recentc and returns how it ended.
func (h *host) recentc(stdin string, args ...string) (code int, stdout, stderr string) {
	h.Helper()
	command := h.command(args)
	stdout, err := h.ns.Run(stdin, command[0], command[1:]...)
	var failed *lab.ToolError
	if errors.As(err, &failed) {
		var exit *exec.ExitError
		if !errors.As(failed.Err, &exit) {
			h.Fatal(err)
		}
		return exit.ExitCode(), stdout, failed.Stderr
	}
	return 0, stdout, ""
}

// command is how recentc is started.
func (h *host) command(args []string) []string {
	h.Helper()
	self, err := os.Executable()
	if err != nil {
		h.Fatal(err)
	}
	return slices.Concat(h.enter, []string{self}, args)
}

// must runs recentc and expects it to succeed.
func (h *host) must(stdin string, args ...string) string {
	h.Helper()
	code, stdout, stderr := h.recentc(stdin, args...)
	if code != 0 {
		h.Fatalf("recentc %s: exit %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout
}

// run runs another program, which must succeed.
func (h *host) run(stdin, name string, args ...string) string {
	h.Helper()
	out, err := h.ns.Run(stdin, name, args...)
	if err != nil {
		h.Fatal(err)
	}
	return out
}

// do calls fn inside.
func (h *host) do(fn func() error) {
	h.Helper()
	if err := h.ns.Do(fn); err != nil {
		h.Fatal(err)
	}
}

// foreign is what others have on a machine: legacy rules with lists, and tables as
// docker and libvirt make them.
const (
	foreignLegacy = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -m recent --set --name SSH\n" +
		"-A INPUT -m recent --rcheck --seconds 60 --hitcount 4 --name SSH -j DROP\n-A INPUT -m recent --set --name theirs\nCOMMIT\n"
	foreignNFT = `table ip nat {
		chain DOCKER { return; }
		chain PREROUTING { type nat hook prerouting priority dstnat; policy accept; fib daddr type local counter jump DOCKER; }
	}
	table ip filter {
		chain DOCKER-USER { counter return; }
		chain FORWARD { type filter hook forward priority filter; policy accept; counter jump DOCKER-USER; }
	}
	table inet libvirt_network {
		set guests { type ipv4_addr; flags timeout; timeout 1d; elements = { 192.168.122.2 } }
		chain guest_output { ip saddr 192.168.122.0/24 counter accept; }
		chain forward { type filter hook forward priority filter; policy accept; counter jump guest_output; }
	}
	`
)

var passing = regexp.MustCompile(` expires [0-9dhms]+`)

// others is all on the machine that is not recentc's, but for what grows by itself.
func (h *host) others() string {
	h.Helper()
	var b strings.Builder
	for _, table := range strings.Split(strings.TrimSpace(h.run("", "nft", "list", "tables")), "\n") {
		if strings.HasSuffix(table, " recentc") || table == "" {
			continue
		}
		b.WriteString(h.run("", "nft", append([]string{"-a", "list"}, strings.Fields(table)...)...))
	}
	b.WriteString(h.run("", "iptables-legacy-save"))
	h.do(func() error {
		files, err := filepath.Glob("/proc/thread-self/net/xt_recent/*")
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s\n%s", filepath.Base(f), text)
		}
		return err
	})
	return comments.ReplaceAllString(passing.ReplaceAllString(b.String(), ""), "")
}

// comments of iptables-save hold the time.
var comments = regexp.MustCompile(`(?m)^# .*\n`)

// stamp writes "+address" to a list of xt_recent.
func (h *host) stamp(list string, addrs ...string) {
	h.Helper()
	h.do(func() error {
		for _, a := range addrs {
			if err := os.WriteFile("/proc/thread-self/net/xt_recent/"+list, []byte("+"+a+"\n"), 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// sendSYN sends the first packet of a TCP connection, once. It is no error that nobody answers.
func sendSYN(addr string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	to := netip.MustParseAddrPort(addr)
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
	if errors.Is(err, unix.EINPROGRESS) || errors.Is(err, unix.ECONNREFUSED) {
		return nil
	}
	return err
}

func addrOf(s string) netip.Addr { return netip.MustParseAddr(s) }
