package cli

import (
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

// TestOrigin holds what version says of a build.
func TestOrigin(t *testing.T) {
	setting := func(pairs ...string) (out []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return out
	}
	for want, info := range map[string]*debug.BuildInfo{
		"":                             {Main: debug.Module{Version: "(devel)"}},
		"built from module m v0.2.0\n": {Main: debug.Module{Path: "m", Version: "v0.2.0"}},
		"built from commit 12ab of 2026-01-02T03:04:05Z\n": {
			Main:     debug.Module{Version: "v0.2.0"},
			Settings: setting("vcs.revision", "12ab", "vcs.time", "2026-01-02T03:04:05Z", "vcs.modified", "false"),
		},
		"built from commit 12ab of 2026-01-02T03:04:05Z, changed since\n": {
			Settings: setting("vcs.revision", "12ab", "vcs.time", "2026-01-02T03:04:05Z", "vcs.modified", "true"),
		},
	} {
		if got := origin(info); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestChangelog holds that the version has its notes.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\n## "+Version+"\n") {
		t.Errorf("CHANGELOG.md says nothing of %s", Version)
	}
}
