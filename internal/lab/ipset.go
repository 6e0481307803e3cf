package lab

import (
	"fmt"
	"os/exec"
	"sync"
)

// RequireIPSet is Require for tests that ask the kernel's ipset too.
func RequireIPSet(t TB) {
	t.Helper()
	Require(t)
	require(t, usableIPSet())
}

var usableIPSet = sync.OnceValue(func() error {
	if _, err := exec.LookPath("ipset"); err != nil {
		return err
	}
	return WithNamespace(func(ns *Namespace) error {
		if _, err := ns.Run("create probe hash:net\n", "ipset", "restore"); err != nil {
			return fmt.Errorf("ipset: %w", err)
		}
		return Legacy("", "*filter\n-A INPUT -m set --match-set probe src\nCOMMIT\n", "").Load(ns)
	})
})
