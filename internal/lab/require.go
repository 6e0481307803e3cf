package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
)

// KernelEnv is the environment variable that makes Require fail instead of skip: set to "require"
// where the tests must not be skipped, as in CI.
const KernelEnv = "RECENTC_KERNEL"

// TB is the part of testing.TB that Require needs. The package is part of the program as well and
// does not import testing.
type TB interface {
	Helper()
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Require skips the test, with the reason, where a lab with legacy iptables rules cannot run. With
// RECENTC_KERNEL=require in the environment it fails the test instead.
func Require(t TB) {
	t.Helper()
	require(t, Usable())
}

func require(t TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv(KernelEnv) == "require":
		t.Fatalf("%s=require, but no packet lab here: %v", KernelEnv, err)
	default:
		t.Skipf("no packet lab here: %v", err)
	}
}

// Usable tells why a lab with legacy iptables rules cannot run on this machine, nil if it can: it
// needs root, nft, iptables-legacy-restore, xt_recent for both families, and nftables logging. The
// answer is found once for the process.
func Usable() error { return usable() }

var usable = sync.OnceValue(probe)

func probe() error {
	if os.Geteuid() != 0 {
		return errors.New("needs root")
	}
	for _, tool := range []string{"nft", "iptables-legacy-restore", "ip6tables-legacy-restore"} {
		if _, err := exec.LookPath(tool); err != nil {
			return err
		}
	}
	return WithNamespace(probeKernel)
}

func probeKernel(ns *Namespace) error {
	const rules = "*filter\n-A INPUT -m recent --name probe --set\nCOMMIT\n"
	if err := Legacy("", rules, rules).Load(ns); err != nil {
		return fmt.Errorf("xt_recent: %w", err)
	}
	o, err := observe(ns, Input)
	if err != nil {
		return err
	}
	return o.close()
}
