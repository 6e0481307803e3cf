package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const fail2banAction = "../../contrib/fail2ban/action.d/recentc.conf"

// banRules are the rules that fail2ban's action iptables-xt_recent-echo makes, in both families.
var banRules = [2]string{
	"*filter\n-A INPUT -m recent --update --seconds 3600 --name f2b-door -j DROP\nCOMMIT\n",
	"*filter\n-A INPUT -m recent --update --seconds 3600 --name f2b-door6 -j DROP\nCOMMIT\n",
}

// needs skips where a program is not installed. With RECENTC_TOOLS=require, as in CI, it fails instead.
func needs(t *testing.T, program string) {
	t.Helper()
	_, err := exec.LookPath(program)
	switch {
	case err == nil:
	case os.Getenv("RECENTC_TOOLS") == "require":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

// path puts a recentc in front of the others, for programs that call it by name.
func (h *host) path() string {
	h.Helper()
	bin := filepath.Join(h.dir, "bin")
	self, err := os.Executable()
	if err != nil {
		h.Fatal(err)
	}
	if err := os.MkdirAll(bin, 0o755); err != nil {
		h.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "recentc")); err != nil && !os.IsExist(err) {
		h.Fatal(err)
	}
	return bin + ":" + os.Getenv("PATH")
}

// shell runs a command as sh does, with recentc in its path, and returns all it prints.
func (h *host) shell(command string) (out string, ok bool) {
	h.Helper()
	out, err := h.ns.Run("", "env", "PATH="+h.path(), "sh", "-c", "cd "+h.dir+"\nexec 2>&1\n"+command)
	return out, err == nil
}

// actionCommands reads the commands of the action, for one family, as fail2ban does.
func actionCommands(t *testing.T, family string) func(name, ip string) string {
	t.Helper()
	text, err := os.ReadFile(fail2banAction)
	if err != nil {
		t.Fatal(err)
	}
	values, section := map[string]string{}, ""
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "[") {
			section = line
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") || strings.Contains(section, "?") && section != "[Init?family="+family+"]" {
			continue
		}
		values[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return func(name, ip string) string {
		command, ok := values[name]
		if !ok {
			t.Fatalf("the action has no %s", name)
		}
		for strings.Contains(command, "<") {
			before := command
			for tag, value := range values {
				command = strings.ReplaceAll(command, "<"+tag+">", value)
			}
			command = strings.NewReplacer("<ip>", ip, "<name>", "door").Replace(command)
			if command == before {
				t.Fatalf("%s has a tag that nobody sets: %s", name, command)
			}
		}
		return command
	}
}

// TestFail2banAction runs the commands of the action, without fail2ban.
func TestFail2banAction(t *testing.T) {
	h := newHost(t)
	for family, ip := range map[string]string{"inet4": "192.0.2.7", "inet6": "2001:db8::7"} {
		command := actionCommands(t, family)
		if out, ok := h.shell(command("actionstart", ip)); ok || !strings.Contains(out, "there is no list f2b-door") {
			t.Errorf("%s: a jail without its list starts: %s", family, out)
		}
	}
	h.must("", "apply", h.file("rules.v4", banRules[0]), h.file("rules.v6", banRules[1]))
	for list, ip := range map[string]string{"f2b-door": "192.0.2.7", "f2b-door6": "2001:db8::7"} {
		family := map[bool]string{true: "inet6", false: "inet4"}[strings.Contains(ip, ":")]
		command := actionCommands(t, family)
		for _, c := range []struct {
			name   string
			listed bool
		}{
			{"actionstart", false}, {"actioncheck", false},
			{"actionban", true}, {"actionban", true}, {"actioncheck", true}, {"actionunban", false}, {"actionunban", false},
			{"actionban", true}, {"actionflush", false}, {"actionstop", false},
		} {
			if out, ok := h.shell(command(c.name, ip)); !ok {
				t.Errorf("%s: %s", c.name, out)
			}
			if shown := h.must("", "list", "show", list); strings.Contains(shown, ip+" ") != c.listed {
				t.Errorf("%s after %s:\n%s", list, c.name, shown)
			}
		}
	}
}

// jail starts a fail2ban of its own, with a jail on a log file that has our action or
// one of its own, and returns its client.
func (h *host) jail(action string) (client string) {
	h.Helper()
	for _, dir := range []string{"fail2ban/filter.d", "fail2ban/action.d"} {
		if err := os.MkdirAll(filepath.Join(h.dir, dir), 0o755); err != nil {
			h.Fatal(err)
		}
	}
	for _, file := range []string{"iptables.conf", "iptables-xt_recent-echo.conf"} {
		if err := os.Symlink("/etc/fail2ban/action.d/"+file, filepath.Join(h.dir, "fail2ban/action.d", file)); err != nil {
			h.Fatal(err)
		}
	}
	text, err := os.ReadFile(fail2banAction)
	if err != nil {
		h.Fatal(err)
	}
	h.file("fail2ban/action.d/recentc.conf", string(text))
	h.file("fail2ban/fail2ban.conf", "[DEFAULT]\nallowipv6 = auto\n[Definition]\nloglevel = INFO\nlogtarget = "+h.dir+"/fail2ban.log\nsyslogsocket = auto\n"+
		"socket = "+h.dir+"/sock\npidfile = "+h.dir+"/pid\ndbfile = :memory:\ndbpurgeage = 1d\n")
	h.file("fail2ban/filter.d/door.conf", "[Definition]\nfailregex = ^ door: bad key from <HOST>$\ndatepattern = ^EPOCH\n")
	h.file("fail2ban/jail.conf", "[door]\nenabled = true\nbackend = polling\nfilter = door\nlogpath = "+h.dir+"/door.log\n"+
		"maxretry = 2\nfindtime = 600\nbantime = 600\naction = "+action+"[name=door]\n")
	h.file("door.log", "")
	run := "fail2ban-client -c " + h.dir + "/fail2ban -s " + h.dir + "/sock -p " + h.dir + "/pid "
	h.Cleanup(func() { h.shell(run + "stop") })
	if out, ok := h.shell(run + "start"); !ok {
		h.Fatal(out)
	}
	return run
}

// listed waits until a command that shows a list tells whether an address, or another word, is in it.
func (h *host) listed(show, ip string, want bool) {
	h.Helper()
	var out string
	for range 100 {
		if out, _ = h.shell(show); strings.Contains(out, ip+" ") == want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(h.dir, "fail2ban.log"))
	h.Fatalf("%s: %s listed is not %v:\n%s\n%s", show, ip, want, out, log)
}

// TestFail2ban lets fail2ban itself read a log, ban and unban.
func TestFail2ban(t *testing.T) {
	needs(t, "fail2ban-client")
	h := newHost(t)
	client := h.jail("recentc")
	// Not in silence.
	h.shell(client + "set door banip 192.0.2.7")
	h.listed("grep ERROR fail2ban.log", "there is no list f2b-door loaded;", true)
	h.shell(client + "set door unbanip 192.0.2.7")
	h.must("", "apply", h.file("rules.v4", banRules[0]), h.file("rules.v6", banRules[1]))
	var log strings.Builder
	for range 2 {
		for _, ip := range []string{"192.0.2.7", "2001:db8::7"} {
			fmt.Fprintf(&log, "%d door: bad key from %s\n", time.Now().Unix(), ip)
		}
	}
	h.file("door.log", log.String())
	h.listed("recentc list show f2b-door", "192.0.2.7", true)
	h.listed("recentc list show f2b-door6", "2001:db8::7", true)
	h.shell(client + "set door unbanip 192.0.2.7")
	h.listed("recentc list show f2b-door", "192.0.2.7", false)
	h.shell(client + "stop")
	h.listed("recentc list show f2b-door6", "2001:db8::7", false)
}

// TestFail2banHandover goes from the action that writes /proc/net/xt_recent to recentc's,
// as docs/migration.md says: bans stay, and the old rules go with the old action. A mere
// reload does not do: fail2ban 1.0 then drops the new action with the old one.
func TestFail2banHandover(t *testing.T) {
	needs(t, "fail2ban-client")
	h := newHost(t)
	client := h.jail("iptables-xt_recent-echo")
	must := func(command string) string {
		t.Helper()
		out, ok := h.shell(command)
		if !ok {
			t.Fatalf("%s: %s", command, out)
		}
		return out
	}
	must(client + "set door banip 192.0.2.7")
	h.listed("cat /proc/net/xt_recent/f2b-door", "192.0.2.7", true)
	must("iptables-save > rules.v4; recentc apply --import-lists rules.v4")
	h.listed("recentc list show f2b-door", "192.0.2.7", true)
	must("sed -i 's/^action = .*/action = recentc[name=door]/' fail2ban/jail.conf; " + client + "restart door")
	h.listed("recentc list show f2b-door", "192.0.2.7", true)
	if left := must("iptables-save"); strings.Contains(left, "recent") {
		t.Errorf("the old action's rules are left:\n%s", left)
	}
	if out := must(client + "get door actions"); !strings.Contains(out, "recentc") {
		t.Errorf("the jail's actions: %s", out)
	}
	must(client + "set door banip 192.0.2.8")
	h.listed("recentc list show f2b-door", "192.0.2.8", true)
	must(client + "set door unbanip 192.0.2.8")
	h.listed("recentc list show f2b-door", "192.0.2.8", false)
}
