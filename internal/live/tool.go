package live

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/recentc/recentc/internal/command"
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

// The time that nft gets: the largest rule sets that make sense take seconds, and a slow
// machine gets more for a long script.
const (
	toolTimeout     = 2 * time.Minute
	toolBytesSecond = 20_000
)

func toolTime(script string) time.Duration {
	return toolTimeout + time.Duration(len(script)/toolBytesSecond)*time.Second
}

// tool runs nft on a script. It dies with us, so that nothing is loaded by nobody. After
// an error the script may have been loaded nevertheless: see [transact].
func tool(script string, args ...string) (string, error) {
	path, err := toolPath()
	if err != nil {
		return "", err
	}
	out, err := command.Run(toolTime(script), script, path, args...)
	var failed *command.Error
	if errors.As(err, &failed) {
		return "", fmt.Errorf("nft %s: %w", strings.Join(args, " "), said(failed))
	}
	return out, err
}

// said is what nft wrote, its first lines, or how it ended if it was silent or killed.
func said(failed *command.Error) error {
	lines := strings.SplitN(failed.Stderr, "\n", 7)
	var exit *exec.ExitError
	if lines[0] == "" || !errors.As(failed, &exit) || !exit.Exited() {
		return failed.Err
	}
	return errors.New(strings.Join(lines[:min(len(lines), 6)], "\n"))
}
