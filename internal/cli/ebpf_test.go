package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/recentc/recentc/internal/lab"
)

// TestObjectFile holds that -o writes the object, whole or not at all, and that
// without it the listing is printed.
func TestObjectFile(t *testing.T) {
	object := filepath.Join(t.TempDir(), "fw.o")
	code, stdout, _ := run(goodRules, "translate", "-b", "ebpf", "-o", object, "-")
	written, err := os.ReadFile(object)
	if code != exitOK || stdout != "" || err != nil || !strings.HasPrefix(string(written), "\x7fELF") {
		t.Errorf("exit %d, %v, %d bytes, %q", code, err, len(written), stdout)
	}
	if code, stdout, _ := run(goodRules, "translate", "-b", "ebpf", "-"); code != exitOK || !strings.HasPrefix(stdout, "# Made by recentc") {
		t.Errorf("exit %d: %q", code, stdout)
	}
	os.Remove(object)
	if code, _, _ := run("*filter\n-A INPUT -j REJECT\nCOMMIT\n", "translate", "-b", "ebpf", "-o", object, "-"); code != exitUsage {
		t.Errorf("exit %d", code)
	}
	if _, err := os.Stat(object); err == nil {
		t.Error("there is an object in spite of an error")
	}
}

// TestEBPFOptions holds which options are refused.
func TestEBPFOptions(t *testing.T) {
	for _, args := range [][]string{
		{"--lru", "other"}, {"--attach", "eth0"}, {"--hz", "99999"}, {"--table", "x"}, {"--hitcount-mode", "meter"}, {"--fragments"},
	} {
		code, stdout, stderr := run(goodRules, append(append([]string{"translate", "-b", "ebpf"}, args...), "-")...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d\n%s%s", args, code, stdout, stderr)
		}
	}
}

// TestGoldenLoadsAsPrograms translates the input of every golden case to eBPF and,
// where there is an object, lets the kernel check it.
func TestGoldenLoadsAsPrograms(t *testing.T) {
	lab.Require(t)
	loaded := 0
	for _, name := range goldenCases(t) {
		dir := filepath.Join(goldenDir, name)
		args := []string{"-b", "ebpf"}
		if own := goldenArgs(dir); slices.Contains(own, "ebpf") {
			args = own
		} else if slices.Contains(own, "--family") {
			args = append(args, "--family", own[slices.Index(own, "--family")+1])
		}
		object := filepath.Join(t.TempDir(), "fw.o")
		code, _, _ := run("", slices.Concat([]string{"translate", "-o", object}, args, []string{filepath.Join(dir, "in.rules")})...)
		if code != exitOK {
			if _, err := os.Stat(object); err == nil && code != exitFindings {
				t.Errorf("%s: an object is left in spite of exit %d", name, code)
			}
			continue
		}
		loaded++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, err := ebpf.LoadCollectionSpec(object)
			if err != nil {
				t.Fatal(err)
			}
			coll, err := ebpf.NewCollection(spec)
			if err != nil {
				t.Fatalf("%+v", err)
			}
			coll.Close()
		})
	}
	if loaded < 50 {
		t.Errorf("only %d cases have an object", loaded)
	}
}
