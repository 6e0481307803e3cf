package loader_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/internal/lab"
)

// objectFile writes an object as -o does.
func objectFile(t *testing.T, out *ebpf.Output) string {
	path := filepath.Join(t.TempDir(), "fw.o")
	if err := os.WriteFile(path, out.Object, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTools puts what -o writes at a device with the tools that administrators have.
func TestTools(t *testing.T) {
	lab.Require(t)
	xdp := objectFile(t, translate(t, deviceRules, "", ebpf.Options{Attach: ebpf.XDP}))
	tc := objectFile(t, translate(t, deviceRules, "", ebpf.Options{Attach: ebpf.TCIngress}))
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		for _, command := range []string{
			"ip link set lo xdpgeneric obj " + xdp + " sec xdp",
			"tc qdisc add dev lo clsact",
			"tc filter add dev lo ingress bpf da obj " + tc + " sec tc",
		} {
			if text, err := ns.Run("", "sh", "-c", command); err != nil {
				t.Errorf("%s: %v\n%s", command, err, text)
			}
		}
		shown, err := ns.Run("", "tc", "filter", "show", "dev", "lo", "ingress")
		if err == nil && !strings.Contains(shown, "tc_ingress") {
			t.Errorf("not there: %s", shown)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBpftool has bpftool load and pin an object of each kind, show its programs, and show
// each rule above its instructions.
func TestBpftool(t *testing.T) {
	lab.Require(t)
	for _, at := range []ebpf.Attach{ebpf.Netfilter, ebpf.XDP, ebpf.TCIngress, ebpf.TCEgress} {
		t.Run(at.String(), func(t *testing.T) {
			if at == ebpf.Netfilter && !knowsNetfilter(t) {
				t.Skip("this bpftool does not know programs for netfilter hooks")
			}
			dumpWithBpftool(t, at)
		})
	}
}

// knowsNetfilter tells whether the libbpf in bpftool is 1.3 or later.
func knowsNetfilter(t *testing.T) bool {
	var major, minor int
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		text, err := ns.Run("", "bpftool", "version")
		_, version, _ := strings.Cut(text, "libbpf v")
		fmt.Sscanf(version, "%d.%d", &major, &minor)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return major > 1 || major == 1 && minor >= 3
}

func dumpWithBpftool(t *testing.T, at ebpf.Attach) {
	rules, pins := deviceRules, t.TempDir()
	if at == ebpf.TCEgress {
		rules = strings.NewReplacer("INPUT", "OUTPUT", "PREROUTING", "POSTROUTING").Replace(rules)
	}
	out := translate(t, rules, "", ebpf.Options{Attach: at})
	// In a mount namespace of its own: bpftool pins into a file system that nobody else sees.
	script := "set -e; mount -t bpf bpf " + pins + "; bpftool prog loadall " + objectFile(t, out) + " " + pins + "/fw\n"
	for _, p := range out.Programs {
		pin := filepath.Join(pins, "fw", p.Name)
		script += "bpftool prog show pinned " + pin + "; bpftool prog dump xlated pinned " + pin + " linum\n"
	}
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		text, err := ns.Run(script, "unshare", "-m", "sh")
		if err != nil {
			return err
		}
		for _, p := range out.Programs {
			if !strings.Contains(text, "name "+p.Name[:min(len(p.Name), 15)]) {
				t.Errorf("program %s is not shown:\n%.500s", p.Name, text)
			}
		}
		for _, r := range out.Rules {
			if !strings.Contains(text, "; "+r.Rule.Source+" [file:rules.v4 line_num:") {
				t.Errorf("the rule %q is not shown", r.Rule.Source)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
