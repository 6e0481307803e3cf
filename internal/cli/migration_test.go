package cli

import (
	"os"
	"strings"
	"testing"
)

// oldFirewall is a way to load rules that docs/migration.md leaves behind.
type oldFirewall struct {
	// program is what has to be installed, or unpacked from RECENTC_DEBS.
	program string
	// setup makes the host as it was.
	setup string
}

// The rules of a firewall without its IPv6 half, which is shorter.
const loadRules = `
cp /examples/ssh.rules /etc/iptables/rules.v4
grep -v -e recent -e '-j LOG' /etc/iptables/rules.v4 > /etc/iptables/rules.v6
`

const stampSSH = "for a in 192.0.2.7 192.0.2.7 192.0.2.8; do echo +$a > /proc/net/xt_recent/SSH; done\n"

// oldFirewalls are by the page's headings.
var oldFirewalls = map[string]oldFirewall{
	"netfilter-persistent": {"netfilter-persistent", loadRules + "systemctl enable netfilter-persistent; netfilter-persistent start\n" + stampSSH},
	"ufw": {"ufw", "ufw limit ssh; ufw allow 80/tcp; ufw --force enable; systemctl enable ufw\n" +
		"echo +192.0.2.7 > /proc/net/xt_recent/DEFAULT\n"},
	"A script, or iptables-restore by hand": {"sh", `
mkdir -p /etc/network/if-pre-up.d
cat > /etc/network/if-pre-up.d/firewall <<'END'
#!/bin/sh
iptables -F
iptables -P INPUT DROP
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name SSH -j DROP
iptables -A INPUT -p tcp --dport 22 -m recent --set --name SSH -j ACCEPT
END
chmod +x /etc/network/if-pre-up.d/firewall; /etc/network/if-pre-up.d/firewall
iptables -A INPUT -p tcp --dport 25 -j ACCEPT
`},
	"fail2ban": {"sh", loadRules + "iptables-restore < /etc/iptables/rules.v4; recentc apply /etc/iptables/rules.v4; recentc list add SSH 192.0.2.7\n"},
	"At boot":  {"sh", "mkdir -p /etc/recentc; cp /examples/ssh.rules /etc/recentc/rules.v4; touch /etc/nftables.conf\n"},
}

// machine is a script that makes a root to throw away, over that of this machine, and runs
// /trial there. The tools of iptables are those of the backend.
const machine = `
set -e
exec 2>&1
mkdir -p m
mount -t tmpfs tmpfs m
mkdir m/upper m/work m/root
mount -t overlay overlay -o lowerdir=/,upperdir=m/upper,workdir=m/work m/root
for d in proc sys dev; do mount --rbind /$d m/root/$d; done
mount -t tmpfs tmpfs m/root/run
mkdir -p m/root/etc/iptables m/root/examples m/root/usr/lib/systemd/system
cp "$(readlink -f bin/recentc)" m/root/usr/bin/recentc
cp service m/root/usr/lib/systemd/system/recentc.service
cp ssh.rules m/root/examples/
for tool in tables tables-save tables-restore; do
	for ip in ip ip6; do ln -sf /usr/sbin/${ip}tables-BACKEND${tool#tables} m/root/usr/sbin/$ip$tool; done
done
for deb in ${RECENTC_DEBS:+$RECENTC_DEBS/*.deb}; do dpkg-deb --fsys-tarfile $deb | tar -x --keep-directory-symlink -C m/root; done
cp trial m/root/trial
printf '\n' > m/root/enter
exec env -u RUNTIME_DIRECTORY PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot m/root bash /trial
`

// TestMigrationDocs runs every command that docs/migration.md shows, on a host that was
// loaded as its section says, and holds that it prints what is shown there.
func TestMigrationDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/migration.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		title, body, _ := strings.Cut(section, "\n")
		old, known := oldFirewalls[title]
		if !known {
			if strings.Contains(body, "```console") {
				t.Errorf("nobody tries the commands of %q", title)
			}
			continue
		}
		seen++
		for _, backend := range []string{"legacy", "nft"} {
			t.Run(title+"/"+backend, func(t *testing.T) {
				migrate(t, old, backend, body)
			})
		}
	}
	if seen != len(oldFirewalls) {
		t.Errorf("%d sections are tried", seen)
	}
}

func migrate(t *testing.T, old oldFirewall, backend, body string) {
	needs(t, "systemctl")
	if os.Getenv("RECENTC_DEBS") == "" {
		needs(t, old.program)
	}
	h := newHost(t)
	h.path() // makes bin/recentc
	for from, to := range map[string]string{"../../examples/ssh.rules": "ssh.rules", serviceUnit: "service"} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		h.file(to, string(text))
	}
	sessions := consoleSessions(t, h.file("section.md", body))
	trial := "set -e\n{ " + old.setup + "\n} > /setup.log 2>&1 || { cat /setup.log; exit 1; }\nset +e\n"
	for _, s := range sessions {
		trial += "echo @@@\n{ " + s.command + "\n} < /enter 2> /err || echo exit $?; cat /err\n"
	}
	h.file("trial", trial)
	out, ok := h.shell("exec unshare -m bash -c '" + strings.ReplaceAll(strings.ReplaceAll(machine, "BACKEND", backend), "'", `'\''`) + "'")
	parts := strings.Split(out, "@@@\n")
	if !ok || len(parts) != len(sessions)+1 {
		t.Fatal(out)
	}
	for i, s := range sessions {
		got := parts[i+1]
		if missing, ok := shown(s.lines, strings.Split(strings.TrimSuffix(got, "\n"), "\n")); !ok || strings.Contains(got, "\nexit ") || strings.HasPrefix(got, "exit ") {
			t.Errorf("$ %s\nprints, without %q where docs/migration.md shows it:\n%s", s.command, missing, got)
		}
	}
}
