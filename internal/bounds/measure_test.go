package bounds

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What a command may take for an input of a megabyte.
const (
	mostSeconds = 5.0
	mostMiB     = 1024
	mostOutput  = 192 << 20
)

// commandLines are what is run, without the file.
var commandLines = [][]string{
	{"translate"},
	{"translate", "--json"},
	{"translate", "--partial"},
	{"translate", "-b", "ebpf", "-o", "out.o"},
	{"translate", "-b", "ebpf"},
	{"translate", "--hitcount-mode", "meter"},
	{"lint"}, {"lint", "--format", "json"}, {"lint", "--format", "sarif"}, {"lint", "--format", "github"}, {"lint", "--fix"},
	{"explain"}, {"explain", "--format", "json"}, {"explain", "--format", "dot"},
}

// TestMeasured runs the program on all inputs at a size of RECENTC_BOUNDS bytes and
// measures the processor time and the memory of each run. It takes an hour for a
// megabyte, and is not run without the variable.
func TestMeasured(t *testing.T) {
	size, err := strconv.Atoi(os.Getenv("RECENTC_BOUNDS"))
	if err != nil {
		t.Skip("RECENTC_BOUNDS is not set to a size in bytes, such as 1000000")
	}
	program := build(t)
	for _, in := range inputs() {
		t.Run(in.name, func(t *testing.T) {
			for _, args := range commandLines {
				// RECENTC_BOUNDS_ONLY names some of the commands, with commas.
				if only := os.Getenv("RECENTC_BOUNDS_ONLY"); only != "" && !strings.Contains(","+only+",", ","+strings.Join(args, " ")+",") {
					continue
				}
				measure(t, program, in, size, args)
			}
		})
	}
}

// build makes the program; RECENTC_BINARY is one that is there already.
func build(t *testing.T) string {
	if name := os.Getenv("RECENTC_BINARY"); name != "" {
		return name
	}
	name := filepath.Join(t.TempDir(), "recentc")
	out, err := exec.Command("go", "build", "-o", name, "github.com/recentc/recentc/cmd/recentc").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// counter counts what is written and keeps its beginning.
type counter struct {
	n    int
	head bytes.Buffer
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	c.head.Write(p[:min(len(p), max(0, 400-c.head.Len()))])
	return len(p), nil
}

// measure runs one command, stops it where it takes far too much, and compares what it
// took with the bounds.
func measure(t *testing.T, program string, in input, size int, args []string) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, in.file), []byte(in.text(size)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append(args, in.file)...)
	cmd.Dir = dir
	var out, said counter
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit(t, cmd.Process.Pid)
	timer := time.AfterFunc(5*time.Minute, func() { cmd.Process.Kill() })
	defer timer.Stop()
	cmd.Wait()
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	seconds := (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	line := fmt.Sprintf("%-28s %-30s exit %2d %6.2f s %5d MiB %7.1f MB written", in.name, strings.Join(args, " "),
		cmd.ProcessState.ExitCode(), seconds, usage.Maxrss>>10, float64(out.n+said.n)/1e6)
	switch {
	case cmd.ProcessState.ExitCode() < 0 || strings.Contains(said.head.String(), "goroutine "):
		t.Errorf("%s: crashed: %s", line, said.head.String())
	case seconds > mostSeconds || usage.Maxrss>>10 > mostMiB || out.n+said.n > mostOutput:
		t.Errorf("%s: TOO MUCH", line)
	default:
		t.Log(line)
	}
}

// limit bounds a process so that it cannot harm the machine.
func limit(t *testing.T, pid int) {
	for resource, most := range map[int]uint64{unix.RLIMIT_CPU: 7, unix.RLIMIT_AS: 4 << 30, unix.RLIMIT_CORE: 0} {
		if err := unix.Prlimit(pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
			t.Log(err)
		}
	}
}
