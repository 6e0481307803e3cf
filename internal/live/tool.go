package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// InputError is a request that cannot be met as it is: what was asked is wrong, and
// nothing was changed. Every other error of the package is the system's.
type InputError struct{ Reason string }

// Error gives the reason.
func (e *InputError) Error() string { return e.Reason }

func wrong(format string, args ...any) error { return &InputError{fmt.Sprintf(format, args...)} }

// Ready tells in one sentence why nothing can be done here, nil if all is there: root
// and nft.
func Ready() error {
	if err := Root(); err != nil {
		return err
	}
	return HaveNFT()
}

// Root tells in one sentence that we are not root, nil if we are.
func Root() error {
	if os.Geteuid() != 0 {
		return errors.New("this needs root, because the kernel's tables are for nobody else to see")
	}
	return nil
}

// HaveNFT tells in one sentence that nft is not there, nil if it is.
func HaveNFT() error {
	_, err := toolPath()
	return err
}

// toolPath finds nft, also where PATH leaves out the folders of root's programs.
func toolPath() (string, error) {
	for _, name := range []string{"nft", "/usr/sbin/nft", "/sbin/nft"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("nft is not installed; it comes with the package nftables")
}

// toolTimeout bounds a run of nft. The largest rule sets that make sense take seconds.
const toolTimeout = 2 * time.Minute

// tool runs nft on a script. It dies with us, so that nothing is loaded by nobody.
func tool(script string, args ...string) (string, error) {
	path, err := toolPath()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), toolTimeout)
	defer cancel()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(script), &out, &complaint
	runtime.LockOSThread() // the end of the thread that starts it is what kills it
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("nft %s: %w", strings.Join(args, " "), errors.Join(ctx.Err(), said(complaint.String(), err)))
	}
	return out.String(), nil
}

// said is what nft wrote, its first lines, or how it ended if it was silent.
func said(complaint string, err error) error {
	lines := strings.SplitN(strings.TrimSpace(complaint), "\n", 7)
	if lines[0] == "" {
		return err
	}
	return errors.New(strings.Join(lines[:min(len(lines), 6)], "\n"))
}
