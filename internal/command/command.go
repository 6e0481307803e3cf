// Package command runs other programs: bounded in time, and never held up by what they leave
// behind.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Error is a program that could not be started, failed, or took too long.
type Error struct {
	Command string // program and arguments
	Stderr  string // what it said, trimmed
	Err     error  // how it ended
}

// Error gives the command, how it ended and what it wrote to standard error.
func (e *Error) Error() string {
	if e.Stderr == "" {
		return fmt.Sprintf("%s: %v", e.Command, e.Err)
	}
	return fmt.Sprintf("%s: %v: %s", e.Command, e.Err, e.Stderr)
}

// Unwrap gives how the program ended.
func (e *Error) Unwrap() error { return e.Err }

// giveUp is how long a program that was killed is waited for. One that hangs in the kernel
// does not die.
const giveUp = 5 * time.Second

// Run starts a program in the network namespace of the calling thread, gives it stdin, waits
// for its end and returns what it wrote to standard output. Messages are in English. The error
// is an *[Error]; the output up to the failure is returned with it. The program is killed, with
// what it started, after the time given, and when we end.
//
// Input and output are files in memory and not pipes: a program that does not read cannot
// block us, and a child of it that lives on cannot keep an end open that we wait for.
func Run(most time.Duration, stdin, name string, args ...string) (stdout string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	files, err := attach(cmd, stdin)
	defer files.close()
	if err == nil {
		err = wait(ctx, cmd, most)
	}
	if err != nil {
		err = &Error{Command: strings.Join(cmd.Args, " "), Stderr: strings.TrimSpace(files.text(2)), Err: err}
	}
	return files.text(1), err
}

// wait starts the program and waits for its end.
func wait(ctx context.Context, cmd *exec.Cmd, most time.Duration) error {
	runtime.LockOSThread() // the end of the thread that starts a program kills it
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late := fmt.Errorf("it did not end within %v, so it was killed: %w", most, ctx.Err())
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	select {
	case <-ended:
		return late
	case <-time.After(giveUp):
		return errors.Join(late, errors.New("it did not die"))
	}
}

// files are standard input, output and error of a program.
type files [3]*os.File

func attach(cmd *exec.Cmd, stdin string) (f files, err error) {
	for i := range f {
		fd, err := unix.MemfdCreate("recentc", unix.MFD_CLOEXEC)
		if err != nil {
			return f, os.NewSyscallError("memfd_create", err)
		}
		f[i] = os.NewFile(uintptr(fd), "memory")
	}
	if _, err := io.WriteString(f[0], stdin); err != nil {
		return f, err
	}
	_, err = f[0].Seek(0, io.SeekStart)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = f[0], f[1], f[2]
	return f, err
}

// text is what was written to a file up to now.
func (f files) text(i int) string {
	if f[i] == nil {
		return ""
	}
	b, _ := io.ReadAll(io.NewSectionReader(f[i], 0, 1<<40))
	return string(b)
}

func (f files) close() {
	for _, file := range f {
		if file != nil {
			file.Close()
		}
	}
}
