package lab

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// toolTimeout bounds every program that the lab starts. Loading the largest rule sets that make
// sense takes seconds.
const toolTimeout = 60 * time.Second

// A ToolError is a program that could not be started, failed, or took longer than a minute.
type ToolError struct {
	Command string // program and arguments
	Stderr  string // what it said, trimmed
	Err     error  // how it ended
}

// Error gives the command, how it ended and what it wrote to standard error.
func (e *ToolError) Error() string {
	if e.Stderr == "" {
		return fmt.Sprintf("%s: %v", e.Command, e.Err)
	}
	return fmt.Sprintf("%s: %v: %s", e.Command, e.Err, e.Stderr)
}

// Unwrap gives how the program ended.
func (e *ToolError) Unwrap() error { return e.Err }

// Run starts a program inside the namespace, gives it stdin, waits for it and returns what it
// wrote to standard output. Messages are in English (LC_ALL=C). The error is a *[ToolError]; the
// output up to the failure is returned with it. The program is killed after a minute, and with
// the calling process.
func (n *Namespace) Run(stdin, name string, args ...string) (stdout string, err error) {
	err = n.Do(func() error {
		stdout, err = runTool(stdin, name, args)
		return err
	})
	return stdout, err
}

func runTool(stdin, name string, args []string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), toolTimeout)
	defer cancel()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &complaint
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = time.Second // a grandchild that keeps the pipes open must not hang us
	err := cmd.Run()
	if err == nil {
		return out.String(), nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	command := strings.Join(append([]string{name}, args...), " ")
	return out.String(), &ToolError{Command: command, Stderr: strings.TrimSpace(complaint.String()), Err: err}
}
