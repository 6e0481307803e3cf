package command

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	out, err := Run(time.Minute, strings.Repeat("x", 1<<20), "sh", "-c", "wc -c; echo no >&2; exit 3")
	var failed *Error
	var exit *exec.ExitError
	if !errors.As(err, &failed) || failed.Stderr != "no" || !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("%v", err)
	}
	if strings.TrimSpace(out) != "1048576" {
		t.Errorf("output %q", out)
	}
	if _, err := Run(time.Minute, "", "/no/such/program"); err == nil {
		t.Error("a program that is not there ran")
	}
}

// TestRunIsNotHeldUp runs programs that do not read, that leave a child with their output, and
// that hang.
func TestRunIsNotHeldUp(t *testing.T) {
	for _, c := range []struct {
		name, script string
		most         time.Duration
		out          string
		late         bool
	}{
		{"does not read", "echo done", time.Minute, "done\n", false},
		{"child keeps the output", "echo done; sleep 5 & exit 0", time.Minute, "done\n", false},
		{"hangs", "echo begun; exec sleep 20", 300 * time.Millisecond, "begun\n", true},
		{"hangs with a child", "echo begun; sleep 20", 300 * time.Millisecond, "begun\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			out, err := Run(c.most, strings.Repeat("x\n", 1<<20), "sh", "-c", c.script)
			if out != c.out || errors.Is(err, context.DeadlineExceeded) != c.late {
				t.Errorf("%q, %v", out, err)
			}
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
