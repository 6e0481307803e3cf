package nft_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	nftlib "github.com/google/nftables"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// TestKernelSets holds that the kernel has the sets that were meant: with the
// window as timeout, and with a size that is not allocated at once (which nft
// does below 65536, and for a set without a size).
func TestKernelSets(t *testing.T) {
	lab.Require(t)
	const rules = "*filter\n-A INPUT -m recent --set --name S\n-A INPUT -m recent --rcheck --seconds 60 --hitcount 2 --name S -j DROP\n-A INPUT -m recent --rcheck --name S -j DROP\nCOMMIT\n"
	out := translate(t, ast.IPv4, rules, nft.Options{})
	got := map[string]time.Duration{}
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		if _, err := ns.Run(out.Text, "nft", "-f", "-"); err != nil {
			return err
		}
		return ns.Do(func() error {
			conn, err := nftlib.New(nftlib.WithNetNSFd(ns.FD()))
			if err != nil {
				return err
			}
			sets, err := conn.GetSets(&nftlib.Table{Name: "recentc", Family: nftlib.TableFamilyIPv4})
			for _, s := range sets {
				got[s.Name] = s.Timeout.Round(10 * time.Millisecond) // the kernel keeps jiffies
				if s.Size < 65536 {
					t.Errorf("set %s has size %d and is allocated at once", s.Name, s.Size)
				}
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]time.Duration{
		"S": 0, "S_60s_2_s0": time.Minute, "S_60s_2_s1": time.Minute, "S_60s_2_t0": time.Minute,
		"S_60s_2_held": 50 * time.Millisecond, "S_60s_2_turned": 50 * time.Millisecond, "S_60s_2_watch": 100 * time.Millisecond,
		"S_60s_2_busy": 2 * time.Second,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
