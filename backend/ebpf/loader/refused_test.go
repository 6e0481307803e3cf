package loader

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/internal/lab"
)

// TestFeatures holds what is said on kernels that lack something.
func TestFeatures(t *testing.T) {
	there := func() error { return nil }
	absent := func() error { return fmt.Errorf("probe: %w", cilium.ErrNotSupported) }
	unclear := func() error { return errors.New("out of memory") }
	list := func(probes ...func() error) []feature {
		return []feature{{"ring buffers", "5.8", probes[0]}, {"netfilter programs", "6.4", probes[1]}}
	}
	for _, c := range []struct {
		list []feature
		want string
	}{
		{list(there, there), ""},
		{list(there, unclear), ""},
		{list(there, absent), "the running kernel (6.1.0) lacks netfilter programs: Linux 6.4 is the first that has it"},
		{list(absent, absent), "the running kernel (6.1.0) lacks netfilter programs: Linux 6.4 is the first that has it"},
		{list(absent, there), "the running kernel (6.1.0) lacks ring buffers: Linux 5.8 is the first that has it"},
	} {
		got := ""
		if err := lacking(c.list, "6.1.0"); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestProbes holds that this kernel, which runs the other tests, has everything, and
// that a function that no kernel has is missed.
func TestProbes(t *testing.T) {
	lab.Require(t)
	for _, at := range []ebpf.Attach{ebpf.Netfilter, ebpf.XDP, ebpf.TCIngress, ebpf.TCEgress} {
		if err := Supported(at); err != nil {
			t.Errorf("%v: %v", at, err)
		}
	}
	if err := probeFunction("bpf_no_such_function")(); !errors.Is(err, cilium.ErrNotSupported) {
		t.Error(err)
	}
}

// TestRefusal breaks the code of one rule and holds that the error names it and
// shows little else.
func TestRefusal(t *testing.T) {
	lab.Require(t)
	out := object(t, "*filter\n-A INPUT -s 10.0.0.1 -j DROP\n-A INPUT -p udp -m udp --dport 53 -j DROP\n-A INPUT -s 10.0.0.3 -j DROP\nCOMMIT\n")
	spec, err := cilium.LoadCollectionSpecFromReader(bytes.NewReader(out.Object))
	if err != nil {
		t.Fatal(err)
	}
	broken := false
	code := spec.Programs["v4_filter_input"].Instructions
	for i := range code {
		if s := code[i].Source(); s != nil && strings.Contains(s.String(), "--dport 53") {
			code[i].Offset, broken = 4000, true
			if code[i].OpCode.Class() != asm.LdXClass {
				t.Fatalf("the rule begins with %v", code[i])
			}
		}
	}
	_, err = cilium.NewCollection(spec)
	if err == nil || !broken {
		t.Fatalf("the kernel takes it: broken %v", broken)
	}
	var refusal *RuleError
	if !errors.As(refused("v4_filter_input", err), &refusal) {
		t.Fatalf("%T: %v", err, err)
	}
	if !strings.Contains(refusal.Rule, "--dport 53") || !strings.Contains(refusal.Error(), "+4000") || refusal.Complaint == "" || len(refusal.Log) > longestLog {
		t.Errorf("%v", refusal)
	}
	if strings.Contains(refusal.Error(), "10.0.0.") {
		t.Errorf("other rules are shown:\n%v", refusal)
	}
}

// TestClockRate holds that the measured rate is the one that the kernel was built with.
func TestClockRate(t *testing.T) {
	lab.Require(t)
	hz, err := ClockRate()
	if err != nil {
		t.Fatal(err)
	}
	config := configuration(t)
	if want := fmt.Sprintf("CONFIG_HZ=%d\n", hz); !strings.Contains(config, want) {
		t.Errorf("measured %d", hz)
	}
}

// configuration is that of the running kernel, from where an object takes it.
func configuration(t *testing.T) string {
	if text, err := os.ReadFile(bootConfig()); err == nil {
		return string(text)
	}
	f, err := os.Open("/proc/config.gz")
	if err != nil {
		t.Skip("there is nothing to compare the measured rate with: ", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
