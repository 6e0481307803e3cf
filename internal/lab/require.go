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

// RequireNFT is Require for a test whose candidates are nftables rules alone.
func RequireNFT(t TB) {
	t.Helper()
	require(t, CanSend())
}

// RequireTools is Require for tests that run these programs as well.
func RequireTools(t TB, tools ...string) {
	t.Helper()
	Require(t)
	require(t, lookFor(tools...))
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
// needs what CanSend needs, iptables-legacy-restore, and xt_recent for both families. The answer is
// found once for the process.
func Usable() error { return usable() }

// CanSend tells why no lab can run on this machine, nil if one can: it needs root, nft, and nftables
// logging. The answer is found once for the process.
func CanSend() error { return canSend() }

var usable, canSend = sync.OnceValue(probeLegacy), sync.OnceValue(probe)

func probeLegacy() error {
	if err := CanSend(); err != nil {
		return err
	}
	if err := lookFor("iptables-legacy-restore", "ip6tables-legacy-restore"); err != nil {
		return err
	}
	return WithNamespace(func(ns *Namespace) error {
		const rules = "*filter\n-A INPUT -m recent --name probe --set\nCOMMIT\n"
		if err := Legacy("", rules, rules).Load(ns); err != nil {
			return fmt.Errorf("xt_recent: %w", err)
		}
		return nil
	})
}

func probe() error {
	if os.Geteuid() != 0 {
		return errors.New("needs root")
	}
	if err := lookFor("nft"); err != nil {
		return err
	}
	return WithNamespace(func(ns *Namespace) error {
		o, err := observe(ns, Input)
		if err != nil {
			return err
		}
		return o.close()
	})
}

func lookFor(tools ...string) error {
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			return err
		}
	}
	return nil
}
