package cli

import (
	"strings"
	"testing"
)

// TestTooMuchEnds holds that a script in which sets get too many entries ends at that
// line: in a loop it would take as long again for each further command.
func TestTooMuchEnds(t *testing.T) {
	script := "#!/bin/bash\nipset create s hash:ip maxelem 4294967295\nwhile :; do\nipset add s 10.0.0.0/16\nipset flush s\ndone\n"
	code, stdout, stderr := run(script, "translate", "-")
	if code != exitUsage || stdout != "" || strings.Count(stderr, "error[") != 1 || !strings.Contains(stderr, ":4:1: error[RC1507]") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
