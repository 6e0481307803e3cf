package bounds

import (
	"fmt"
	"strings"
)

// wideInputs are one rule each.
func wideInputs() []input {
	var out []input
	for _, m := range []struct{ name, before, match string }{
		{"tcp", "-p tcp ", "-m tcp --dport 22 "}, {"udp", "-p udp ", "-m udp --dport 22 "},
		{"bare-tcp", "-p tcp ", "-m tcp "},
		{"mark", "", "-m mark --mark 22 "}, {"limit", "", "-m limit --limit 1/s "}, {"comment", "", "-m comment --comment hello "},
		{"time", "", "-m time --timestart 22:00 --timestop 06:00 "}, {"string", "", "-m string --string abcd --algo bm --to 36 "},
		{"not-string", "", "-m string ! --string abcd --algo bm --to 36 "},
		{"u32", "", "-m u32 --u32 0=1,2,3 "}, {"not-u32", "", "-m u32 ! --u32 0=1,2,3 "},
		{"bpf", "", "-m bpf --bytecode \"1,6 0 0 1\" "},
		{"conntrack", "", "-m conntrack ! --ctstate NEW --ctorigsrc 10.0.0.0/8 --ctproto tcp --ctorigdstport 5 "},
		{"ctstatus", "", "-m conntrack ! --ctstatus ASSURED,CONFIRMED ! --ctexpire 10:20 "},
		{"multiport", "-p tcp ", "-m multiport --dports 1,2,3:4 "}, {"not-multiport", "-p tcp ", "-m multiport ! --ports 1,2,3:4 "},
		{"multiport-both", "-p tcp ", "-m multiport --ports 1,2,3:4 "},
		{"iprange", "", "-m iprange --src-range 1.1.1.1-1.1.1.9 "}, {"hashlimit", "", "-m hashlimit --hashlimit-upto 5/s --hashlimit-name x --hashlimit-mode srcip "},
		{"connlimit", "", "-m connlimit --connlimit-above 3 "}, {"statistic", "", "-m statistic --mode nth --every 3 "},
		{"quota", "", "-m quota --quota 1000 "}, {"connbytes", "", "-m connbytes --connbytes 1: --connbytes-mode avgpkt --connbytes-dir both "},
		{"addrtype", "", "-m addrtype ! --src-type LOCAL --dst-type BROADCAST "}, {"set", "", "-m set --match-set s src "},
		{"policy", "", "-m policy --dir in --pol ipsec --proto esp "}, {"owner", "", "-m owner --uid-owner 0 "},
		{"length", "", "-m length --length 1:3 "}, {"ttl", "", "-m ttl --ttl-gt 3 "}, {"dscp", "", "-m dscp ! --dscp 3 "},
		{"mac", "", "-m mac --mac-source 00:11:22:33:44:55 "}, {"rpfilter", "", "-m rpfilter "}, {"tcpmss", "-p tcp ", "-m tcpmss --mss 1:3 "},
		{"socket", "", "-m socket --transparent "}, {"unknown", "", "-m nosuchmatch "}, {"icmp", "-p icmp ", "-m icmp --icmp-type any "},
		{"recent-set", "", "-m recent --set "}, {"recent-check", "", "-m recent --rcheck --seconds 60 --hitcount 5 "},
		{"recent-not", "", "-m recent ! --rcheck --seconds 60 --hitcount 5 "}, {"recent-update", "", "-m recent --update --seconds 60 --hitcount 5 "},
		{"recent-remove", "", "-m recent --remove "}, {"recent-not-update", "", "-m recent ! --update --seconds 9 "},
	} {
		out = append(out, wide("wide-"+m.name, m.before, same(m.match), "-j DROP"))
	}
	return append(append(out, wideLists()...), wideOptions()...)
}

// wideLists are one rule with many lists, and a few of each of others.
func wideLists() []input {
	return []input{
		wide("wide-lists-set", "", f("-m recent --set --name L%d "), "-j DROP"),
		wide("wide-lists-check", "", f("-m recent --rcheck --seconds 60 --hitcount 5 --name L%d "), "-j DROP"),
		wide("wide-lists-not", "", f("-m recent ! --rcheck --seconds 60 --hitcount 5 --name L%d "), "-j DROP"),
		wide("wide-lists-update", "", f("-m recent ! --update --seconds 60 --hitcount 5 --name L%d "), "-j RETURN"),
		wide("wide-strings", "", f("-m string --string abcd%d --algo bm --to 36 "), "-j DROP"),
		wide("wide-comments-all", "", f("-m comment --comment c%d "), ""),
		wide("wide-hashlimits", "", f("-m hashlimit --hashlimit-upto 5/s --hashlimit-name x%d --hashlimit-mode srcip "), "-j DROP"),
	}
}

// wideOptions are one option that is given often, or has many values.
func wideOptions() []input {
	list := func(name, before string, item func(int) string, behind string) input {
		return input{"list-" + name, "in.rules", func(size int) string {
			return heads + "-A INPUT " + before + strings.TrimSuffix(fill(size, item), ",") + behind + "\nCOMMIT\n"
		}}
	}
	port := func(i int) string { return fmt.Sprintf("%d,", i%65536) }
	out := []input{
		list("multiport", "-p tcp -m multiport --dports ", port, " -j DROP"),
		list("multiport-ranges", "-p tcp -m multiport --dports ", func(i int) string { return fmt.Sprintf("%d:%d,", i%60000, i%60000+2) }, " -j DROP"),
		list("tcp-flags", "-p tcp --tcp-flags ", same("SYN,"), " SYN -j DROP"),
		list("tcp-flags-two", "-p tcp --tcp-flags SYN ", same("SYN,"), " -j DROP"),
		list("ctstate", "-m conntrack --ctstate ", same("NEW,"), " -j DROP"),
		list("state", "-m state --state ", same("NEW,"), " -j DROP"),
		list("ctstatus", "-m conntrack --ctstatus ", same("ASSURED,"), " -j DROP"),
		list("addrtype", "-m addrtype --src-type ", same("LOCAL,"), " -j DROP"),
		list("weekdays", "-m time --weekdays ", same("Mo,"), " -j DROP"),
		list("monthdays", "-m time --monthdays ", same("3,"), " -j DROP"),
		list("sources", "-s ", func(i int) string { return address(i) + "," }, " -j DROP"),
		list("sources-same", "-s ", same("1.1.1.1,"), " -j DROP"),
		list("sources-recent", "-s ", func(i int) string { return address(i) + "," }, " -m recent --update --seconds 60 --hitcount 5 --name L -j DROP"),
		list("sources-bad", "-s ", f("x%d,"), " -j DROP"),
		list("hashlimit-mode", "-m hashlimit --hashlimit-upto 5/s --hashlimit-name x --hashlimit-mode ", same("srcip,"), " -j DROP"),
		list("set-flags", "-m set --match-set s ", same("src,"), " -j DROP"),
		list("u32-values", "-m u32 --u32 0=", func(i int) string { return fmt.Sprintf("%d,", i*3) }, " -j DROP"),
		list("u32-ranges", "-m u32 --u32 0=", func(i int) string { return fmt.Sprintf("%d:%d,", i*5, i*5+2) }, " -j DROP"),
		list("u32-tests", "-m u32 --u32 ", func(i int) string {
			if i == 0 {
				return "0=1"
			}
			return "&&4=1"
		}, " -j DROP"),
		list("u32-moves", "-m u32 --u32 0>>22&0x3C", same("@0>>24"), "=8 -j DROP"),
		list("u32-masks", "-m u32 --u32 0", same("&0xff"), "=8 -j DROP"),
		list("tcp-option-strip", "-p tcp -j TCPOPTSTRIP --strip-options ", same("3,"), ""),
		list("rt", "-m rt --rt-0-addrs ", same("::1,"), " -j DROP"),
		list("dst-opts", "-m dst --dst-opts ", same("1:2,"), " -j DROP"),
		list("policy", "-m policy --dir in --pol ipsec ", same("--proto esp --next "), " -j DROP"),
	}
	for _, o := range []string{
		"-s 1.1.1.1", "-d 1.1.1.1", "-p tcp", "-i eth0", "-o eth0", "-j DROP", "-g C", "-c 1 2", "-f", "!", "-4", "-t filter", "-m", "--dport 22", "--bogus x",
		"--bogus", "\"\"", "x", "-A INPUT", "-w", "--set", "-m recent --set --seconds 3", "--name x", "'", "\"", "--p", "-m recent --rcheck --mask 1.1.1.1 --mask 1.1.1.2", "--comment \"x\"", "\\",
	} {
		out = append(out, wide("again "+o, "", same(o+" "), "-j DROP"))
	}
	return out
}
