package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzTranslate holds that no input makes the translation panic, and that an
// error leaves no output.
func FuzzTranslate(f *testing.F) {
	dirs, _ := filepath.Glob(goldenDir + "/*/in.rules")
	for _, name := range dirs {
		if text, err := os.ReadFile(name); err == nil && len(text) < 4096 {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, args := range [][]string{{"translate", "-"}, {"translate", "--partial", "--family", "ip6", "--hitcount-mode", "meter", "-"}, {"translate", "-b", "ebpf", "--partial", "-"}} {
			code, stdout, stderr := run(text, args...)
			if code == exitUsage && (stdout != "" || stderr == "") {
				t.Fatalf("%q: exit %d with %d bytes of output and %q", text, code, len(stdout), stderr)
			}
			if code == exitSystem {
				t.Fatalf("%q: exit %d: %s", text, code, stderr)
			}
		}
	})
}

// FuzzRule feeds single rules, with an option of each kind among the seeds.
func FuzzRule(f *testing.F) {
	for _, s := range []string{
		"-p tcp -m tcp ! --dport 22:23 --tcp-flags SYN,ACK SYN -m recent --update --seconds 60 --hitcount 4 --name X --rttl -j DROP",
		"-m recent ! --rcheck --mask 255.255.0.0 --rdest -m recent --remove -j REJECT --reject-with icmp-host-prohibited",
		"-p icmp --icmp-type 3/4 -m limit --limit 5/min --limit-burst 3 -j LOG --log-prefix \"x: \" --log-level debug",
		"-m conntrack --ctstate NEW,DNAT -m multiport --ports 1,2:3 -m iprange --src-range 10.0.0.1-10.0.0.9 -j MARK --set-xmark 1/2",
		"-s 10.0.0.0/255.0.255.0,1.2.3.4 ! -i eth+ -f -m mac --mac-source 00:11:22:33:44:55 -m addrtype --dst-type LOCAL -g X",
		"-m ttl --ttl-gt 3 -m length --length 1:9 -m pkttype --pkt-type host -m mark ! --mark 0x1/0xf -m comment --comment \"é\" -j NFLOG --nflog-prefix a",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, family := range []string{"ip", "ip6"} {
			for _, table := range []string{"filter", "nat", "mangle"} {
				rules := "*" + table + "\n:X - [0:0]\n-A OUTPUT " + text + "\nCOMMIT\n"
				for _, b := range []string{"nft", "ebpf"} {
					if code, stdout, _ := run(rules, "translate", "-b", b, "--family", family, "-"); code == exitUsage && stdout != "" {
						t.Fatalf("%q: output in spite of an error", text)
					}
				}
			}
		}
	})
}
