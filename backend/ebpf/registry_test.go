package ebpf

import (
	"testing"

	"github.com/recentc/recentc/compile"
)

// elsewhere are the matches that registry_matches.go does not translate: lists
// have recent.go, and a comment has no effect.
var elsewhere = map[string]bool{"recent": true, "comment": true}

// TestEveryExtensionIsDecided holds that every match and target that compile
// builds is translated or has its reason, and none has both.
func TestEveryExtensionIsDecided(t *testing.T) {
	for _, m := range compile.Coverage(false) {
		done := stepTests[m.Name] != nil || elsewhere[m.Name]
		if m.Reason == "" && done == (stepsWithout[m.Name] != "") || m.Reason != "" && done {
			t.Errorf("-m %s: translated %v, reason %q", m.Name, done, stepsWithout[m.Name])
		}
	}
	for _, m := range compile.Coverage(true) {
		done := targetCode[m.Name] != nil
		if m.Reason == "" && done == (targetsWithout[m.Name] != "") || m.Reason != "" && done {
			t.Errorf("-j %s: translated %v, reason %q", m.Name, done, targetsWithout[m.Name])
		}
	}
}
