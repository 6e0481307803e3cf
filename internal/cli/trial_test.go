package cli

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// seeded is a source of chance whose seed the log has.
func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("RECENTC_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("RECENTC_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// moment is a random time up to the one given.
func moment(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(most)))
}

// more tells whether a loop goes on: up to a number of tries, and a few times as long if one
// of the outcomes has not occurred.
func more(try, tries int, outcomes ...int) bool {
	return try < tries || try < 5*tries && slices.Contains(outcomes, 0)
}

// both holds that all outcomes occurred.
func both(t *testing.T, outcomes ...int) {
	t.Helper()
	if slices.Contains(outcomes, 0) {
		t.Errorf("not all that can happen did: %v", outcomes)
	}
}

// child is the process that pid has started with a hidden command, 0 if there is none.
func child(pid int, command string) int {
	for _, task := range glob("/proc/" + strconv.Itoa(pid) + "/task/*/children") {
		text, _ := os.ReadFile(task)
		for _, c := range strings.Fields(string(text)) {
			line, _ := os.ReadFile("/proc/" + c + "/cmdline")
			if slices.Contains(strings.Split(string(line), "\x00"), command) {
				n, _ := strconv.Atoi(c)
				return n
			}
		}
	}
	return 0
}

func glob(pattern string) []string {
	out, _ := filepath.Glob(pattern)
	return out
}

// trialProcesses are those of a trial by their names: t for the one at the terminal, w for the
// watcher, h for the heir.
func (s *started) trialProcesses() map[byte]int {
	all := map[byte]int{'t': s.cmd.Process.Pid}
	for range 200 {
		all['w'] = child(all['t'], "_watch")
		if all['h'] = child(all['w'], "_heir"); all['h'] != 0 {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	return all
}

// kill kills processes in their order.
func (s *started) kill(order string, all map[byte]int, pause func() time.Duration) {
	for i := range order {
		if i > 0 {
			time.Sleep(pause())
		}
		if pid := all[order[i]]; pid > 0 {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// trialKills are all that can be killed of a trial without an answer of the system's.
var trialKills = []string{"w", "t", "wt", "tw", "hw", "wh", "ht", "th", "twh", "wht", "hwt", "thw", "wth", "htw"}

// trialHost has an old and a new firewall, and a way to load and to compare them.
type trialHost struct {
	*host
	apply, back func(...string) []string
	shows       func() string
	old, new    string
}

// tableTrial is with tables, programTrial with BPF programs.
func tableTrial(t *testing.T) *trialHost {
	h := newHost(t)
	return newTrialHost(h, applyRules, newRules, h.firewall)
}

func programTrial(t *testing.T) *trialHost {
	h := newProgramHost(t)
	return newTrialHost(h, programRules, otherPrograms, func() string {
		return strings.NewReplacer("SSH   ip      1 ", "SSH   ip      N ", "SSH   ip      0 ", "SSH   ip      N ").Replace(h.programFirewall())
	}, "-b", "ebpf")
}

func newTrialHost(h *host, old, new string, shows func() string, options ...string) *trialHost {
	h.Helper()
	x := &trialHost{host: h, shows: shows}
	oldFile, newFile := h.file("rules.v4", old), h.file("new.v4", new)
	command := func(file string) func(...string) []string {
		return func(more ...string) []string { return slices.Concat([]string{"apply"}, options, more, []string{file}) }
	}
	x.apply, x.back = command(newFile), command(oldFile)
	h.must("", x.apply()...)
	x.new = shows()
	h.must("", x.back()...)
	x.old = shows()
	return x
}

// leftovers are the files of trials in the state folder.
func (x *trialHost) leftovers() (out []string) {
	x.do(func() error {
		link, err := os.Readlink("/proc/thread-self/ns/net")
		number := strings.Trim(strings.TrimPrefix(link, "net:"), "[]")
		for _, what := range []string{"trial", "before", "journal", "ended"} {
			out = append(out, glob(filepath.Join(os.Getenv("RUNTIME_DIRECTORY"), "net-"+number+"-"+what))...)
		}
		return err
	})
	return out
}

// TestTrialKilled kills the processes of a trial that waits, in every order, and holds that what
// stood before is back; if all are dead, at the next command. What was done to a list by hand
// is still done.
func TestTrialKilled(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *trialHost{"tables": tableTrial, "programs": programTrial} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := seeded(t)
			x := start(t)
			orders := trialKills
			if name == "programs" {
				orders = []string{"w", "wt", "hw", "twh", "htw"}
			}
			for _, order := range orders {
				s := x.start(x.apply("--confirm", "30s")...)
				s.waitFor("Press Enter")
				if got := x.shows(); got != x.new {
					t.Fatalf("%s: not the new firewall:\n%s", order, cmp.Diff(x.new, got))
				}
				x.must("", "list", "add", "SSH", "192.0.2.9")
				s.kill(order, s.trialProcesses(), func() time.Duration { return moment(r, 20*time.Millisecond) })
				code := s.wait()
				if want := map[bool]int{true: -1, false: exitFindings}[strings.Contains(order, "t")]; code != want {
					t.Errorf("%s: exit %d, want %d", order, code, want)
				}
				x.settle()
				if got := x.shows(); got != x.old {
					t.Fatalf("%s: what stood before is not back:\n%s", order, cmp.Diff(x.old, got))
				}
				if shown := x.must("", "list", "show", "SSH"); !strings.Contains(shown, "192.0.2.9") {
					t.Errorf("%s: what was added by hand is lost: %s", order, shown)
				}
				x.must("", "list", "del", "SSH", "192.0.2.9")
			}
		})
	}
}

// TestTrialKilledAnywhere kills processes of a trial at random moments, of its load, its wait
// and its answer, and holds that the firewall is wholly the old one or wholly the new one, and
// that what the command says is true.
func TestTrialKilledAnywhere(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *trialHost{"tables": tableTrial, "programs": programTrial} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := seeded(t)
			x := start(t)
			began := time.Now()
			x.must("\n", x.apply("--confirm", "30s")...)
			took := time.Since(began)
			x.must("", x.back()...)
			ended := map[string]int{}
			for try := 0; more(try, 14, ended["kept"], ended["restored"]); try++ {
				order := trialKills[r.IntN(len(trialKills))]
				if try < 2 {
					order = "h" // after which the new firewall is kept
				}
				s := x.start(x.apply("--confirm", "30s")...)
				io.WriteString(s.stdin, "\n")
				time.Sleep(moment(r, took*5/4))
				s.kill(order, s.trialProcesses(), func() time.Duration { return moment(r, 5*time.Millisecond) })
				code := s.wait()
				x.settle()
				switch got := x.shows(); {
				case got == x.old && code != exitOK:
					ended["restored"]++
				case got == x.new && code != exitFindings:
					ended["kept"]++
					x.must("", x.back()...)
				default:
					t.Fatalf("%s: exit %d, and this firewall:\n%s", order, code, cmp.Diff(x.old, got))
				}
			}
			both(t, ended["kept"], ended["restored"])
			if left := x.leftovers(); len(left) > 1 {
				t.Errorf("left behind: %v", left)
			}
			t.Logf("a trial takes %v; after a kill: %v", took, ended)
		})
	}
}

// TestTrialEdits holds that every change of a list by hand during a trial is there
// afterwards, whether the new firewall is kept or not.
func TestTrialEdits(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *trialHost{"tables": tableTrial, "programs": programTrial} {
		for _, keep := range []bool{true, false} {
			t.Run(name+map[bool]string{true: " kept", false: " restored"}[keep], func(t *testing.T) {
				t.Parallel()
				x := start(t)
				x.must("", "list", "add", "SSH", "192.0.2.1", "192.0.2.2")
				s := x.start(x.apply("--confirm", "30s")...)
				s.waitFor("Press Enter")
				x.must("", "list", "add", "SSH", "192.0.2.8")
				x.must("", "list", "flush", "SSH")
				x.must("", "list", "add", "SSH", "192.0.2.2", "192.0.2.3", "192.0.2.3")
				x.must("", "list", "add", "SSH", "192.0.2.4")
				x.must("", "list", "del", "SSH", "192.0.2.2", "192.0.2.7")
				time.Sleep(1200 * time.Millisecond)
				io.WriteString(s.stdin, map[bool]string{true: "\n"}[keep])
				s.stdin.Close()
				s.wait()
				var entries []struct {
					Address string
					Windows []struct {
						Count int
						Ages  []float64
					}
				}
				shown := x.must("", "list", "--json", "show", "SSH")
				if err := json.Unmarshal([]byte(shown), &entries); err != nil {
					t.Fatal(err)
				}
				got := map[string]int{}
				for _, e := range entries {
					got[e.Address] = e.Windows[0].Count
					if age := e.Windows[0].Ages[0]; age < 1 || age > 20 {
						t.Errorf("%s: age %v", e.Address, age)
					}
				}
				if diff := cmp.Diff(map[string]int{"192.0.2.3": 2, "192.0.2.4": 1}, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// both runs recentc, which must succeed, and returns its output and its messages.
func (h *host) both(args ...string) string {
	h.Helper()
	return h.run("", "sh", append([]string{"-c", `"$@" 2>&1`, "sh"}, h.command(args)...)...)
}

// TestTrialShown holds that status and list tell of a trial, and of one that was left.
func TestTrialShown(t *testing.T) {
	x := tableTrial(t)
	left := func() float64 {
		var s struct{ Trial *struct{ Left float64 } }
		if err := json.Unmarshal([]byte(x.must("", "status", "--json")), &s); err != nil {
			t.Fatal(err)
		}
		if s.Trial == nil {
			return -1
		}
		return s.Trial.Left
	}
	if n := left(); n >= 0 {
		t.Errorf("a trial of %v s, and there is none", n)
	}
	s := x.start(x.apply("--confirm", "100s")...)
	s.waitFor("Press Enter")
	if n := left(); n < 60 || n > 100 {
		t.Errorf("%v s are left of 100", n)
	}
	if out := x.must("", "status"); !strings.Contains(out, "trial: this firewall waits to be confirmed: in 1m") {
		t.Errorf("status:\n%s", out)
	}
	var lists []struct{ Trial *struct{ Left float64 } }
	if err := json.Unmarshal([]byte(x.must("", "list", "--json")), &lists); err != nil || lists[0].Trial == nil {
		t.Errorf("list --json: %v, %v", lists, err)
	}
	for _, args := range [][]string{{"list"}, {"list", "show", "SSH"}, {"list", "add", "SSH", "192.0.2.1"}} {
		if out := x.both(args...); !strings.Contains(out, "waits to be confirmed: in 1m") {
			t.Errorf("%v: %s", args, out)
		}
	}
	s.kill("hwt", s.trialProcesses(), func() time.Duration { return 0 })
	s.wait()
	if out := x.must("", "status"); !strings.Contains(out, "trial: this firewall was not confirmed, and the processes") {
		t.Errorf("status of a trial that was left:\n%s", out)
	}
	if out := x.both("list", "flush", "SSH"); !strings.Contains(out, "what stood before it is restored") {
		t.Error(out)
	}
	if got := x.shows(); got != x.old {
		t.Error(cmp.Diff(x.old, got))
	}
}
