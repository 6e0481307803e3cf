package cli

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/recentc/recentc/internal/lab"
)

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
