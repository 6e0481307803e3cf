package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestContainerfile holds what can be held without a container engine: the toolchain is
// that of go.mod, the build command builds a static program, and it is what is started.
func TestContainerfile(t *testing.T) {
	text, err := os.ReadFile("../../packaging/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	one := func(pattern string, text []byte) string {
		t.Helper()
		found := regexp.MustCompile(`(?m)`+pattern).FindAllSubmatch(text, -1)
		if len(found) != 1 {
			t.Fatalf("%s is found %d times", pattern, len(found))
		}
		return string(found[0][1])
	}
	if image, want := one(`^ARG GO=golang:(\S+)$`, text), one(`^go (\d+\.\d+)`, mod); image != want {
		t.Errorf("golang:%s, but go.mod asks for %s", image, want)
	}
	if to, start := one(`^COPY --from=build /recentc (\S+)$`, text), one(`^ENTRYPOINT \["(\S+)"\]$`, text); to != start {
		t.Errorf("%s is copied, %s is started", to, start)
	}
	built := filepath.Join(t.TempDir(), "recentc")
	build := exec.Command("sh", "-c", strings.Replace(one(`^RUN (CGO_ENABLED=.*)$`, text), "/recentc ", built+" ", 1))
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	// A root in which there is nothing else: a program that needs a library does not start there.
	run := exec.Command("chroot", filepath.Dir(built), "/recentc", "version")
	if os.Geteuid() != 0 {
		run = exec.Command(built, "version")
	}
	run.Env = nil
	if out, err := run.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "recentc "+Version) {
		t.Errorf("%v %s", err, out)
	}
}
