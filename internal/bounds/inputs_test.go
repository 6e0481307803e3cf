package bounds

import (
	"fmt"
	"slices"
	"strings"
)

// inputs are all of them.
func inputs() []input {
	return slices.Concat(ruleInputs(), listInputs(), wideInputs(), chainInputs(), commandInputs(), textInputs(), productInputs())
}

// ruleInputs are many rules of one kind.
func ruleInputs() []input {
	return []input{
		rules("same", same("-A INPUT -p tcp -m tcp --dport 22 -j DROP\n")),
		rules("short", same("-A INPUT\n")),
		rules("distinct", func(i int) string {
			return fmt.Sprintf("-A INPUT -s %s -p tcp --dport %d -j DROP\n", address(i), i%65536)
		}),
		rules("devices", f("-A INPUT -i eth%d -j DROP\n")),
		rules("not-devices", f("-A INPUT ! -i eth%d -j DROP\n")),
		rules("marks", func(i int) string { return fmt.Sprintf("-A INPUT -m mark --mark %d/%d -j DROP\n", i, i*7) }),
		rules("masks", func(i int) string { return fmt.Sprintf("-A INPUT -s %s/255.0.255.%d -j DROP\n", address(i), i%256) }),
		rules("strings", f("-A INPUT -m string --string \"abcd%d\" --algo bm --from 0 --to 36 -j DROP\n")),
		rules("hashlimits", f("-A INPUT -m hashlimit --hashlimit-upto 5/min --hashlimit-mode srcip --hashlimit-name h%d -j DROP\n")),
		rules("hashlimit-one", same("-A INPUT -m hashlimit --hashlimit-upto 5/min --hashlimit-mode srcip --hashlimit-name h -j DROP\n")),
		rules("connlimits", func(i int) string {
			return fmt.Sprintf("-A INPUT -p tcp --dport %d -m connlimit --connlimit-above %d -j DROP\n", i%65536, i)
		}),
		rules("limits", same("-A INPUT -m limit --limit 1/s -j ACCEPT\n")),
		rules("limit-return", same("-A INPUT -m limit --limit 1/s -j RETURN\n")),
		rules("logs", f("-A INPUT -j LOG --log-prefix \"x%d\"\n")),
		rules("sets", f("-A INPUT -m set --match-set s%d src -j DROP\n")),
		rules("ports", func(i int) string {
			var p []string
			for j := range 7 {
				p = append(p, fmt.Sprintf("%d:%d", (i*31+j*997)%60000, (i*31+j*997)%60000+3))
			}
			return "-A INPUT -p tcp -m multiport --dports " + strings.Join(p, ",") + " -j DROP\n"
		}),
		rules("ranges", func(i int) string {
			return fmt.Sprintf("-A INPUT -m iprange --src-range %s-10.255.255.255 -j DROP\n", address(i))
		}),
		rules("flags", same("-A INPUT -p tcp --tcp-flags ALL ACK,RST,SYN,FIN -j DROP\n")),
		rules("times", same("-A INPUT -m time --timestart 22:00 --timestop 06:00 --kerneltz -j DROP\n")),
		rules("comments", f("-A INPUT -m comment --comment \"number %d\" -j DROP\n")),
		rules("not-strings", same("-A INPUT -m string ! --string x --algo bm --to 40 -j DROP\n")),
		rules("established", same("-A INPUT -m conntrack --ctstate ESTABLISHED -j DROP\n")),
		rules("u32s", same("-A INPUT -m u32 --u32 \"6&0xFF=1&&0>>22&0x3C@0>>24=8\" -j DROP\n")),
		rules("bpfs", same("-A INPUT -m bpf --bytecode \"4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0\" -j DROP\n")),
		rules("counters", f("[1:%d] -A INPUT -j DROP\n")),
		rules("nat", func(i int) string { return fmt.Sprintf("-A INPUT -d %s -j DNAT --to %s\n", address(i), address(i+1)) }),
	}
}

// listInputs use -m recent.
func listInputs() []input {
	const set = "-A INPUT -m recent --set --name L\n"
	return []input{
		rules("recent-same", same("-A INPUT -m recent --update --seconds 60 --hitcount 4 --name SSH -j DROP\n")),
		rules("recent-set", same(set)),
		rules("recent-set-drop", same("-A INPUT -m recent --set --name L -j DROP\n")),
		rules("recent-set-return", f("-A INPUT -s 10.0.0.1 -m recent --set --name L%d -j RETURN\n")),
		rules("recent-remove", same("-A INPUT -m recent --remove --name L -j DROP\n")),
		rules("lists", func(i int) string {
			return fmt.Sprintf("-A INPUT -m recent --set --name L%d\n-A INPUT -m recent --update --seconds 60 --hitcount 4 --name L%d -j DROP\n", i, i)
		}),
		rules("lists-short", f("-A INPUT -m recent --set --name L%d\n")),
		rules("lists-1024", func(i int) string {
			return fmt.Sprintf("-A INPUT -m recent --set --name L%d\n-A INPUT -m recent --update --seconds 60 --hitcount 1024 --name L%d -j DROP\n", i, i)
		}),
		rules("lists-65535", func(i int) string {
			return fmt.Sprintf("-A INPUT -m recent --set --name L%d\n-A INPUT -m recent --rcheck --hitcount 65535 --name L%d -j DROP\n", i, i)
		}),
		rules("windows", func(i int) string {
			return fmt.Sprintf(set+"-A INPUT -m recent --update --seconds %d --hitcount %d --name L -j DROP\n", i+2, i%1000+2)
		}),
		rules("windows-one", f("-A INPUT -m recent --update --seconds %d --name L -j DROP\n")),
		rules("windows-20", func(i int) string {
			return fmt.Sprintf("-A INPUT -p tcp --dport %d -m recent --set --name L\n-A INPUT -m recent --rcheck --seconds %d --hitcount 20 --name L -j DROP\n", i%65536, i+2)
		}),
		rules("windows-255", func(i int) string {
			return fmt.Sprintf("-A INPUT -m recent --update --seconds %d --hitcount 255 --name L -j DROP\n", i+2)
		}),
		rules("hitcounts", func(i int) string {
			return fmt.Sprintf(set+"-A INPUT -m recent --rcheck --seconds 60 --hitcount %d --name L -j DROP\n", i%65535+1)
		}),
		rules("recent-masks", func(i int) string {
			return fmt.Sprintf("-A INPUT -m recent --update --seconds 60 --hitcount 3 --name L --mask 255.255.%d.%d -j DROP\n", i>>8&255, i&255)
		}),
		rules("recent-sides", func(i int) string {
			return fmt.Sprintf("-A INPUT -m recent --rcheck --rttl --seconds %d --hitcount 3 --name L%d --rdest -j DROP\n", i+1, i%7)
		}),
		rules("recent-reap", f("-A INPUT -m recent --update --seconds %d --reap --name L -j DROP\n")),
		rules("recent-not", f("-A INPUT -m recent ! --update --seconds %d --hitcount 4 --name L -j DROP\n")),
		rules("recent-log", f("-A INPUT -m recent --update --seconds %d --hitcount 4 --name L -j LOG\n")),
		rules("knock", func(i int) string {
			return fmt.Sprintf("-A INPUT -p tcp --dport %d -m recent --rcheck --name K%d -m recent --set --name K%d -j DROP\n", i%65536, i, i+1)
		}),
		chained("shared-lists", 150, func(i, n int) string {
			return fmt.Sprintf("-A C%d -m recent --rcheck --seconds %d --name L -j DROP\n-A C%d -m recent --set --name L -j C%d\n", i, i+1, i, min(i+1, n-1))
		}),
		{"list-name", "in.rules", func(size int) string {
			return heads + "-A INPUT -m recent --set --name \"" + strings.Repeat("x", size) + "\" -j DROP\nCOMMIT\n"
		}},
		rules("list-names", func(i int) string {
			return fmt.Sprintf("-A INPUT -m recent --set --name %s%d\n", strings.Repeat("x", 180), i)
		}),
		rules("list-names-cut", func(i int) string {
			return fmt.Sprintf("-A INPUT -m recent --set --name %s%d\n", strings.Repeat("x", 220), i)
		}),
	}
}
