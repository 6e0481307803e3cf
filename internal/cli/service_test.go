package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const serviceUnit = "../../contrib/systemd/recentc.service"

// unitValue is what the unit says for a name, the last time that it does.
func unitValue(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(serviceUnit)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^`+name+`=(.*)$`).FindAllStringSubmatch(string(text), -1)
	if found == nil {
		t.Fatalf("the unit says nothing of %s", name)
	}
	return found[len(found)-1][1]
}

// confined runs a command as the unit would: with its capabilities alone, no new
// privileges, and nothing to write to but the runtime directory.
func (h *host) confined(capabilities, command string) (out string, ok bool) {
	h.Helper()
	var keep []string
	for _, c := range strings.Fields(capabilities) {
		keep = append(keep, "+"+strings.ToLower(strings.TrimPrefix(c, "CAP_")))
	}
	bounds := strings.Join(append([]string{"-all"}, keep...), ",")
	script := `here=$PWD; mkdir -p run && mount --bind "$here" "$here" && mount --bind "$here/run" "$here/run" &&
		mount -o remount,bind,ro / && mount -o remount,bind,ro "$here" && cd "$here" || exit 99
		export RUNTIME_DIRECTORY="$here/run"
	` +
		"exec setpriv --no-new-privs --inh-caps -all --bounding-set " + bounds + " " + command
	return h.shell("exec unshare -m sh -c '" + script + "'")
}

// TestService runs what recentc.service runs under its restrictions; contrib/systemd/try-boot
// does so under systemd itself.
func TestService(t *testing.T) {
	h := newHost(t)
	h.file("rules.v4", applyRules)
	start := strings.Replace(unitValue(t, "ExecStart"), "$RECENTC_APPLY", "rules.v4", 1)
	start = strings.Replace(start, "/usr/bin/recentc", "recentc", 1)
	if !strings.HasPrefix(start, "recentc apply rules.v4") || unitValue(t, "ExecReload") != unitValue(t, "ExecStart") {
		t.Fatal(start)
	}
	capabilities := unitValue(t, "CapabilityBoundingSet")
	for _, lax := range []string{"cp rules.v4 other", "cp rules.v4 /etc/other", "chown 1 rules.v4"} {
		if out, ok := h.confined(capabilities, lax); ok || !strings.Contains(out, "other") && !strings.Contains(out, "rules.v4") {
			t.Fatalf("%s is not refused: %s", lax, out)
		}
	}
	if out, ok := h.confined("", start); ok || !strings.Contains(out, "not permitted") {
		t.Errorf("without a capability: %v %s", ok, out)
	}
	for _, when := range []string{"start", "reload"} {
		if out, ok := h.confined(capabilities, start); !ok || !strings.Contains(out, "loaded: table ip recentc") {
			t.Fatalf("%s: %s", when, out)
		}
		h.must("", "list", "add", "SSH", "192.0.2.7")
	}
	if out, _ := h.shell("RUNTIME_DIRECTORY=" + h.dir + "/run recentc status; recentc list show SSH"); !strings.Contains(out, "rules.v4:3 -A INPUT") || !strings.Contains(out, "192.0.2.7") {
		t.Error(out)
	}
}

// TestServiceIsAUnit lets systemd read the unit.
func TestServiceIsAUnit(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip(err)
	}
	text, err := os.ReadFile(serviceUnit)
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "recentc.service")
	write(t, unit, strings.ReplaceAll(string(text), "/usr/bin/recentc", "/bin/true"))
	if out, err := exec.Command("systemd-analyze", "verify", "--man=no", unit).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v %s", err, out)
	}
}
