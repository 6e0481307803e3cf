package compile_test

import "strings"

// numberRule is a rule with "@" in place of the value of one option. Each value
// of its kinds is tried there.
type numberRule struct {
	families string // "4", "6" or "46"
	table    string
	rule     string
	kinds    string
}

// numberRules has every option whose value is a number, an address, a time, a
// set of flags or the like; TestNumberOptions holds that none is missing.
var numberRules = parseNumberRules(`
46 filter num,proto | -A INPUT -p @
46 filter num,proto | -A INPUT ! -p @
4 filter num,addr4,range4 | -A INPUT -s @
4 filter num,addr4,range4 | -A INPUT ! -d @
6 filter num,addr6,range6 | -A INPUT -s @
6 filter num,addr6,range6 | -A INPUT ! -d @
46 filter num,pair | -A INPUT -c @ 5
46 filter num,pair | -A INPUT -c 5 @
46 filter device | -A INPUT -i @
46 filter device | -A FORWARD ! -o @

46 filter num,port,list | -A INPUT -p tcp --dport @
46 filter num,port | -A INPUT -p tcp ! --sport @
46 filter num,port,list | -A INPUT -p udp --dport @
46 filter num,port | -A INPUT -p udp ! --sport @
46 filter num,port | -A INPUT -p udplite -m multiport --dports @
46 filter num,port | -A INPUT -p sctp --dport @
46 filter num,port | -A INPUT -p sctp ! --sport @
46 filter num,port | -A INPUT -p dccp --dport @
46 filter num,port | -A INPUT -p dccp ! --sport @
46 filter dccp | -A INPUT -p dccp --dccp-types @
46 filter num,port,list | -A INPUT -p tcp -m multiport --dports @
46 filter num,port,list | -A INPUT -p udp -m multiport ! --sports @
46 filter num,port,list | -A INPUT -p sctp -m multiport --ports @
46 filter flags,num | -A INPUT -p tcp --tcp-flags @ SYN
46 filter flags,num | -A INPUT -p tcp --tcp-flags ALL @
46 filter num | -A INPUT -p tcp --tcp-option @
46 filter num,span | -A INPUT -p tcp -m tcpmss --mss @
4 filter num,span | -A INPUT -p ah -m ah --ahspi @
6 filter num,span | -A INPUT -m ah --ahspi @
6 filter num,span | -A INPUT -m ah ! --ahspi @
6 filter num,span | -A INPUT -m ah --ahlen @
6 filter num,span | -A INPUT -m ah ! --ahlen @
46 filter num,span | -A INPUT -p esp -m esp --espspi @
46 filter num,span | -A INPUT -p esp -m esp ! --espspi @
46 filter num,span | -A INPUT -p ipcomp -m ipcomp --ipcompspi @
4 filter num,icmp,mask | -A INPUT -p icmp --icmp-type @
4 filter num,icmp,mask | -A INPUT -p icmp ! --icmp-type @
6 filter num,icmp,mask | -A INPUT -p ipv6-icmp --icmpv6-type @
6 filter num,icmp,mask | -A INPUT -p ipv6-icmp ! --icmpv6-type @
6 filter num,span,mh | -A INPUT -p mh -m mh --mh-type @
6 filter num,span | -A INPUT -m frag --fragid @
6 filter num,span | -A INPUT -m frag ! --fragid @
6 filter num,span | -A INPUT -m frag --fraglen @
6 filter num,span | -A INPUT -m rt --rt-type @
6 filter num,span | -A INPUT -m rt ! --rt-type @
6 filter num,span | -A INPUT -m rt --rt-segsleft @
6 filter num,span | -A INPUT -m rt --rt-len @
6 filter num,span | -A INPUT -m hbh --hbh-len @
6 filter num,span | -A INPUT -m hbh ! --hbh-len @
6 filter num,span | -A INPUT -m dst --dst-len @

46 filter num,span,port | -A INPUT -m conntrack --ctproto tcp --ctorigsrcport @
46 filter num,span,port | -A INPUT -m conntrack ! --ctorigdstport @
46 filter num,span,port | -A INPUT -m conntrack --ctreplsrcport @
46 filter num,span,port | -A INPUT -m conntrack --ctrepldstport @
4 filter num,addr4,range4 | -A INPUT -m conntrack --ctorigsrc @
4 filter num,addr4 | -A INPUT -m conntrack ! --ctorigdst @
4 filter num,addr4 | -A INPUT -m conntrack --ctreplsrc @
4 filter num,addr4 | -A INPUT -m conntrack --ctrepldst @
6 filter num,addr6,range6 | -A INPUT -m conntrack --ctorigsrc @
6 filter num,addr6 | -A INPUT -m conntrack ! --ctorigdst @
6 filter num,addr6 | -A INPUT -m conntrack --ctreplsrc @
6 filter num,addr6 | -A INPUT -m conntrack --ctrepldst @
46 filter num,proto | -A INPUT -m conntrack --ctproto @
46 filter num,span | -A INPUT -m conntrack --ctexpire @
46 filter state | -A INPUT -m conntrack --ctstate @
46 filter state | -A INPUT -m conntrack --ctstatus @
46 filter state | -A INPUT -m conntrack --ctdir @
46 filter state | -A INPUT -m state --state @
46 filter num,span | -A INPUT -m connbytes --connbytes @ --connbytes-dir both --connbytes-mode bytes
46 filter num,span | -A INPUT -m connbytes ! --connbytes @ --connbytes-dir both --connbytes-mode bytes
46 filter name | -A INPUT -m connbytes --connbytes 5 --connbytes-dir @ --connbytes-mode bytes
46 filter name | -A INPUT -m connbytes --connbytes 5 --connbytes-dir both --connbytes-mode @
46 filter num | -A INPUT -m connlabel --label @
46 filter num,mask | -A INPUT -m connlimit --connlimit-upto @
46 filter num,mask | -A INPUT -m connlimit --connlimit-above @
46 filter num,mask | -A INPUT -m connlimit --connlimit-above 5 --connlimit-mask @
46 filter num,mask | -A INPUT -m connmark --mark @
46 filter num,mask | -A INPUT -m mark --mark @
46 filter num,mask | -A INPUT -m mark ! --mark @
46 filter num | -A INPUT -m cpu --cpu @
46 filter num,mask | -A INPUT -m devgroup --src-group @
46 filter num,mask | -A FORWARD -m devgroup ! --dst-group @
46 filter num | -A OUTPUT -m cgroup --cgroup @
46 filter num | -A INPUT -m dscp --dscp @
46 filter name | -A INPUT -m dscp --dscp-class @
46 filter num | -A INPUT -m ecn --ecn-ip-ect @
4 filter addr4,range4,num | -A INPUT -m iprange --src-range @
4 filter addr4,range4 | -A INPUT -m iprange ! --dst-range @
6 filter addr6,range6,num | -A INPUT -m iprange --src-range @
6 filter addr6,range6 | -A INPUT -m iprange ! --dst-range @
46 filter num,span | -A INPUT -m length --length @
46 filter num,span | -A INPUT -m length ! --length @
46 filter rate,num | -A INPUT -m limit --limit @
46 filter num | -A INPUT -m limit --limit 5/s --limit-burst @
46 filter mac,num | -A INPUT -m mac --mac-source @
46 filter mac | -A INPUT -m mac ! --mac-source @
46 filter num,span,owner | -A OUTPUT -m owner --uid-owner @
46 filter num,span,owner | -A OUTPUT -m owner ! --gid-owner @
46 filter name | -A INPUT -m pkttype --pkt-type @
46 filter num | -A INPUT -m quota --quota @
46 filter num,mask | -A INPUT -m realm --realm @
46 filter num | -A INPUT -m recent --rcheck --seconds @
46 filter num | -A INPUT -m recent --rcheck --hitcount @
46 filter num | -A INPUT -m recent --set --hitcount @
4 filter num,addr4 | -A INPUT -m recent --rcheck --mask @
6 filter num,addr6 | -A INPUT -m recent --rcheck --mask @
46 filter num | -A INPUT -m set --match-set numbers src --packets-eq @
46 filter num | -A INPUT -m set --match-set numbers src --packets-gt @
46 filter num | -A INPUT -m set --match-set numbers src --bytes-lt @
46 filter dirs | -A INPUT -m set --match-set numbers @
46 filter num,prob | -A INPUT -m statistic --mode random --probability @
46 filter num | -A INPUT -m statistic --mode nth --every @ --packet 0
46 filter num | -A INPUT -m statistic --mode nth --every 3 --packet @
46 filter num | -A INPUT -m statistic --mode nth --every @
46 filter num | -A INPUT -m string --string ab --algo bm --to 60 --from @
46 filter num | -A INPUT -m string --string ab --algo bm --from 40 --to @
46 filter hex | -A INPUT -m string --algo bm --from 40 --to 60 --hex-string @
46 filter date,num | -A INPUT -m time --datestart @
46 filter date,num | -A INPUT -m time --datestop @
46 filter clock,num | -A INPUT -m time --timestart @
46 filter clock,num | -A INPUT -m time --timestop @
46 filter days,num | -A INPUT -m time --weekdays @
46 filter days,num | -A INPUT -m time ! --weekdays @
46 filter num,mask,tos | -A INPUT -m tos --tos @
4 filter num | -A INPUT -m ttl --ttl-eq @
4 filter num | -A INPUT -m ttl --ttl-lt @
4 filter num | -A INPUT -m ttl --ttl-gt @
6 filter num | -A INPUT -m hl --hl-eq @
6 filter num | -A INPUT -m hl --hl-lt @
6 filter num | -A INPUT -m hl --hl-gt @
46 filter u32 | -A INPUT -m u32 --u32 @
46 filter name | -A INPUT -m addrtype --src-type @
46 filter name | -A INPUT -m statistic --mode @ --probability 0.5
46 filter rate,num | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode srcip --hashlimit-upto @
46 filter rate | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode srcip --hashlimit-above @
46 filter num,burst | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode srcip --hashlimit-upto 5/s --hashlimit-burst @
46 filter num,mask | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode srcip --hashlimit-upto 5/s --hashlimit-srcmask @
46 filter num | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode dstip --hashlimit-upto 5/s --hashlimit-dstmask @
46 filter small | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode srcip --hashlimit-upto 5/s --hashlimit-htable-size @
46 filter num | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode srcip --hashlimit-upto 5/s --hashlimit-htable-max @
46 filter num | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode srcip --hashlimit-upto 5/s --hashlimit-htable-expire @
46 filter num | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-mode srcip --hashlimit-upto 5/s --hashlimit-htable-gcinterval @
46 filter keys | -A INPUT -m hashlimit --hashlimit-name numbers --hashlimit-upto 5/s --hashlimit-mode @

4 nat num,addr4,range4,nat4 | -A PREROUTING -p tcp -j DNAT --to-destination @
4 nat addr4,nat4 | -A PREROUTING -j DNAT --to-destination @
4 nat num,addr4,range4,nat4 | -A POSTROUTING -p udp -j SNAT --to-source @
6 nat num,addr6,range6,nat6 | -A PREROUTING -p tcp -j DNAT --to-destination @
6 nat addr6,nat6 | -A PREROUTING -j DNAT --to-destination @
6 nat num,addr6,range6,nat6 | -A POSTROUTING -p udp -j SNAT --to-source @
46 nat num,port,natport | -A PREROUTING -p tcp -j REDIRECT --to-ports @
46 nat num,port,natport | -A PREROUTING -p udp -j REDIRECT --to-ports @
46 nat natport | -A PREROUTING -j REDIRECT --to-ports @
46 nat natport | -A PREROUTING -j REDIRECT --to-ports @ -p tcp
46 nat natport | -A PREROUTING -p icmp -j REDIRECT --to-ports @
46 nat num,port,natport | -A POSTROUTING -p tcp -j MASQUERADE --to-ports @
46 nat natport | -A POSTROUTING -j MASQUERADE --to-ports @
46 nat natport | -A POSTROUTING -j MASQUERADE --to-ports @ -p tcp
4 nat num,addr4 | -A PREROUTING -d 10.0.0.0/24 -j NETMAP --to @
6 nat num,addr6 | -A PREROUTING -d fd00::/64 -j NETMAP --to @

46 mangle num,mask | -A PREROUTING -j MARK --set-mark @
46 mangle num,mask | -A PREROUTING -j MARK --set-xmark @
46 mangle num,mask | -A PREROUTING -j MARK --and-mark @
46 mangle num,mask | -A PREROUTING -j MARK --or-mark @
46 mangle num,mask | -A PREROUTING -j MARK --xor-mark @
46 mangle num,mask | -A PREROUTING -j CONNMARK --set-mark @
46 mangle num,mask | -A PREROUTING -j CONNMARK --set-xmark @
46 mangle num | -A PREROUTING -j CONNMARK --and-mark @
46 mangle num | -A PREROUTING -j CONNMARK --or-mark @
46 mangle num | -A PREROUTING -j CONNMARK --xor-mark @
46 mangle num,mask | -A PREROUTING -j CONNMARK --save-mark --mask @
46 mangle num | -A PREROUTING -j CONNMARK --save-mark --nfmask @
46 mangle num | -A PREROUTING -j CONNMARK --restore-mark --ctmask @
46 mangle num | -A PREROUTING -j CONNMARK --save-mark --left-shift-mark @
46 mangle num | -A PREROUTING -j CONNMARK --save-mark --right-shift-mark @
46 mangle class,num | -A POSTROUTING -j CLASSIFY --set-class @
46 mangle num | -A PREROUTING -j DSCP --set-dscp @
46 mangle name | -A PREROUTING -j DSCP --set-dscp-class @
4 mangle num | -A PREROUTING -j ECN --ecn-ip-ect @
4 mangle num | -A PREROUTING -p tcp -j ECN --ecn-tcp-cwr @
4 mangle num | -A PREROUTING -p tcp -j ECN --ecn-tcp-ece @
46 mangle num,mask,tos | -A PREROUTING -j TOS --set-tos @
46 mangle num,mask | -A PREROUTING -j TOS --and-tos @
46 mangle num,mask | -A PREROUTING -j TOS --or-tos @
46 mangle num,mask | -A PREROUTING -j TOS --xor-tos @
4 mangle num | -A PREROUTING -j TTL --ttl-set @
4 mangle num | -A PREROUTING -j TTL --ttl-inc @
4 mangle num | -A PREROUTING -j TTL --ttl-dec @
6 mangle num | -A PREROUTING -j HL --hl-set @
6 mangle num | -A PREROUTING -j HL --hl-inc @
6 mangle num | -A PREROUTING -j HL --hl-dec @
46 mangle num | -A FORWARD -p tcp --syn -j TCPMSS --set-mss @
46 mangle num,list,tcpopt | -A PREROUTING -p tcp -j TCPOPTSTRIP --strip-options @
4 mangle num,addr4 | -A PREROUTING -j TEE --gateway @
6 mangle num,addr6 | -A PREROUTING -j TEE --gateway @
46 mangle num,port | -A PREROUTING -p tcp -j TPROXY --on-port @
4 mangle num,addr4 | -A PREROUTING -p tcp -j TPROXY --on-port 80 --on-ip @
6 mangle num,addr6 | -A PREROUTING -p tcp -j TPROXY --on-port 80 --on-ip @
46 mangle num,mask | -A PREROUTING -p tcp -j TPROXY --on-port 80 --tproxy-mark @
46 mangle num | -A PREROUTING -j SET --add-set numbers src --timeout @
46 raw num | -A PREROUTING -j CT --zone @
46 raw num | -A PREROUTING -j CT --zone-orig @
46 raw num | -A PREROUTING -j CT --zone-reply @
46 filter num,level | -A INPUT -j LOG --log-level @
46 filter num | -A INPUT -j NFLOG --nflog-group @
46 filter num | -A INPUT -j NFLOG --nflog-size @
46 filter num | -A INPUT -j NFLOG --nflog-range @
46 filter num | -A INPUT -j NFLOG --nflog-threshold @
46 filter num | -A INPUT -j NFQUEUE --queue-num @
46 filter num,span | -A INPUT -j NFQUEUE --queue-balance @
46 filter reject | -A INPUT -j REJECT --reject-with @
46 filter num | -A INPUT -p tcp -j SYNPROXY --wscale @
46 filter num | -A INPUT -p tcp -j SYNPROXY --mss @
46 filter name | -A INPUT -j AUDIT --type @
`)

func parseNumberRules(text string) (out []numberRule) {
	for _, line := range strings.Split(text, "\n") {
		head, rule, ok := strings.Cut(line, " | ")
		if ok {
			f := strings.Fields(head)
			out = append(out, numberRule{f[0], f[1], rule, f[2]})
		}
	}
	return out
}

// numberValues are the spellings of each kind of value.
var numberValues = map[string][]string{
	"num": {
		"", "0", "1", "010", "08", "0400", "0x", "0x10", "0X1f", "0xfg", "ff", "+1", "+010", "-1", "-0", "-2", "-", " 1", "\t1", "1 ", " ", "1_0", "1.5", "1e3", "1a", "0b1", "1,5", "1:2", "1-2", "1/2",
		"2", "4", "5", "14", "15", "16", "31", "32", "63", "64", "127", "128", "255", "256", "65515", "65516", "65535", "65536", "2147483648", "4294967294", "4294967295", "4294967296", "4294967301",
		"18446744073709551615", "18446744073709551616", "-4294967295", "any", "mark",
	},
	"small": {"", "0", "1", "010", "0x10", "+1", "-1", "1024", "1048576", " 8", "8 ", "4294967296"},
	"pair":  {"007", "[1", "1]", "1:1"},
	"span": {
		"1:2", "2:1", "2:2", ":", "1:", ":2", "::", "1:2:3", "1: 2", "1 :2", " 1:2", "1:2 ", "1-2", "2-1", "1-", "-1:2", "1:-2", "+1:+2", "010:020", "0x1:0x2", "1:a", "a:1",
		"1:65535", "1:65536", "0:4294967295", "0:4294967296", "1:18446744073709551615", "1:18446744073709551616", "0:0", "0:", ":0", "255:256", "4294967295:1", "1,2", "0-0", "1000-2000", "1000:2000",
		"1-1", "2000-1000",
	},
	"port": {
		"http", "HTTP", "Http", "https", "ssh", "domain", "www", "syslog", "shell", "tftp", "snmp", "ntp", "http:https", "https:http", "80:https", "http:443", "http:", ":http", "ftp-data", "ftp-data:ftp",
		"nosuch", "80:nosuch", "http-alt", "1024:65535", "65535:1024", "80:", ":80", ":", "::", "80:80", "80:90:100", "80: 90", "80 :90", " 80:90", "80:90 ", "80-90", "90-80", "80-", "-80", "010:020", "020:010",
		"0x50:0x5a", "0:0", "0:65535", "0:65536", "1:", ":65535", "+80:+90", "80,90", "tcp", "bootps", "rsync", "imap2", "who", "exec", "login", "printer", "biff", "1-65535", "http-https", "xmpp-client", "sip", "ircd", "x11-1",
		"-1:80", "80:-1", "80:90:", "0080", "00080:0x60", "443:80",
	},
	"list": {
		"80,443", "80, 443", "80 ,443", ",80", "80,", "80,,443", ",", "1:2,3", "1,2:3,4", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "1:2,3:4,5:6,7:8,9:10,11:12,13:14,15",
		"1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16", "http,https", "http,nosuch", "80,80", "3:1,2", "1:2:3,4", "010,0x10", "80;443", "80 443",
	},
	"proto": {
		"tcp", "TCP", "Tcp", "udp", "icmp", "ICMP", "icmpv6", "ipv6-icmp", "icmp6", "all", "ALL", "any", "ip", "esp", "ah", "gre", "sctp", "dccp", "udplite", "mh", "mobility-header", "ipv6-mh", "ipv6", "ospf", "vrrp", "nosuch", "tcp ", " tcp", "tc",
		"ipencap", "hopopt", "igmp", "ipv6-frag", "ipv6-nonxt", "pim", "l2tp", "ipcomp", "comp", "OSPF", "tcp,udp", "6,17", "006", "0x06", "06",
	},
	"device": {"eth0", "", "+", "eth+", "e+h", "a b", "abcdefghijklmno", "abcdefghijklmnop", "eth/0", "eth0:1", "lo\t", "."},
	"addr4": {
		"1.2.3.4", "10.1", "10.1.2", "10.1.2.3.4", "10.", "10..1", ".1", "10.1.", "10.1.2.", "10.1.2.3.", "010.0.0.1", "10.010.0.1", "08.0.0.1", "0x0a.0.0.1", "0xa000001", "0x0A.1", "167772161", "256.1.1.1", "10.0.0.256",
		"10.256", "10.65536", "10.16777215", "10.16777216", "10.0.256", "10.0.65535", "10.0.65536", "0.0.0.0", "255.255.255.255", "255.255.255.0", "0.0.0.255", "255.0.255.0", "+10.0.0.1", "10.0.0.+1", "10.0.0.-1", "10.0.0.1 ", " 10.0.0.1", "10. 0.0.1",
		"10.0.0.1x", "10.0.0.1 x", "::1", "::ffff:10.0.0.1", "10,0,0,1", "1.2.3.04", "001.002.003.004", "1.2.3.0377",
		"10.1.2.3/0", "10.1.2.3/8", "10.1.2.3/24", "10.1.2.3/32", "10.1.2.3/33", "10.1.2.3/08", "10.1.2.3/010", "10.1.2.3/0x10", "10.1.2.3/+8", "10.1.2.3/-1", "10.1.2.3/ 8", "10.1.2.3/8 ", "10.1.2.3/", "10.1.2.3/8/8",
		"10.1.2.3/255.255.255.0", "10.1.2.3/255.0.255.0", "10.1.2.3/0.0.0.255", "10.1.2.3/0.0.0.0", "10.1.2.3/255.255", "10.1.2.3/255", "10.1.2.3/255.255.255.256", "10.1.2.3/0377.0.0.0", "10.1.2.3/4294967295", "10.1.2.3/0xffffff00",
		"10/8", "10.1/16", "10.1/24", "10.1/255.255.0.0", "any/0", "0/0", "x/0", "/0", "/8", "1/0.0.0.0", "10.1.2.3/255.255.255.255", "10.1.2.3/x", "0x0a.1/16", "167772161/8", "10.1.2.3/32.0.0.0", "10.0.0.0/00", "10.0.0.0/024",
		"1.2.3.4,5.6.7.8", "1.2.3.4, 5.6.7.8", "1.2.3.4 ,5.6.7.8", "1.2.3.4,", ",1.2.3.4", "1.2.3.4,,5.6.7.8", ",", "1.2.3.4/8,5.6.7.8/16", "10.1,10.2", "1.2.3.4,x/0",
	},
	"addr6": {
		"::1", "::", "1::2", "1::2::3", "2001:DB8::1", "2001:db8::00001", "2001:db8::0001", "2001:db8:0:0:0:0:0:1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7::", "::1:2:3:4:5:6:7", "::1:2:3:4:5:6:7:8", ":1", "1:", ":", ":::",
		"::ffff:1.2.3.4", "::1.2.3.4", "::ffff:1.2.3", "::ffff:1.2.3.256", "::ffff:01.2.3.4", "1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "fe80::1%eth0", "fe80::1%1", "[::1]", " ::1", "::1 ", "::g", "::12345", "2001:db8::1/64x",
		"ffff:ffff:ffff:ffff::", "ffff::ffff",
		"2001:db8::1/0", "2001:db8::1/1", "2001:db8::1/64", "2001:db8::1/128", "2001:db8::1/129", "2001:db8::1/064", "2001:db8::1/0x40", "2001:db8::1/+64", "2001:db8::1/-1", "2001:db8::1/ 64", "2001:db8::1/64 ", "2001:db8::1/", "2001:db8::1/64/64", "2001:db8::1/00",
		"2001:db8::1/ffff::", "2001:db8::1/ffff:0:ffff::", "2001:db8::1/::", "2001:db8::1/::ffff", "2001:db8::1/255.0.0.0", "2001:db8::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "any/0", "x/0", "0/0", "/0", "/64", "::/0", "2001:db8::1/x", "::ffff:1.2.3.4/96", "1.2.3.4/24",
		"::1,::2", "::1, ::2", "::1,", ",::1", "::1,,::2", "::1/64,::2/128", "1.2.3.4/0",
	},
	"range4": {
		"10.0.0.1-10.0.0.9", "10.0.0.9-10.0.0.1", "10.0.0.1-10.0.0.1", "10.0.0.1-", "-10.0.0.1", "-", "10.1-10.2", "10.0.0.1-9", "10-20", "10.0.0.1 - 10.0.0.2", "10.0.0.1- 10.0.0.2", "10.0.0.1-10.0.0.2-10.0.0.3", "010.0.0.1-010.0.0.2",
		"0.0.0.0-255.255.255.255", "10.0.0.1-10.0.0.256", "10.0.0.0/24-10.0.1.0/24", "::1-::2", "10.0.0.1-10.0.0.2/24", "10.0.0.1--10.0.0.2", "10.0.0.1:10.0.0.2",
	},
	"range6": {
		"::1-::9", "::9-::1", "::1-::1", "::1-", "-::1", "-", "::1 - ::2", "::1- ::2", "::1-::2-::3", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::1-2", "::1-1.2.3.4", "::ffff:1.2.3.4-::ffff:1.2.3.5", "::1/64-::2/64", "1::1-2::g", "[::1]-[::2]",
	},
	"nat4": {
		"1.2.3.4:80", "1.2.3.4:80-90", "1.2.3.4:90-80", "1.2.3.4:80-80", "1.2.3.4:80-", "1.2.3.4:-80", "1.2.3.4:0", "1.2.3.4:65535", "1.2.3.4:65536", "1.2.3.4:0-65535", "1.2.3.4:1-65536", "1.2.3.4:010", "1.2.3.4:0x50", "1.2.3.4:+80", "1.2.3.4: 80", "1.2.3.4:80 ", "1.2.3.4:http",
		"1.2.3.4:https-http", "1.2.3.4:http-https", "1.2.3.4:", ":80", ":80-90", ":", ":http", "::80", "1.2.3.4:80:90", "1.2.3.4-1.2.3.9:80", "1.2.3.4-1.2.3.9:80-90", "1.2.3.9-1.2.3.4:80", "1.2.3.4:80-90/80", "1.2.3.4:80-90/", "1.2.3.4:80-90/0", "1.2.3.4:80-90/100", "1.2.3.4:80-90/65536", "1.2.3.4:80-90/http", "1.2.3.4:80/80", "1.2.3.4:80-90-100",
		"1.2.3.4:08", "1.2.3.4:1_0", "1.2.3.4:ftp-data", "1.2.3.4:010-020", "1.2.3.4:+1-+5", "1.2.3.4:0-0", "1.2.3.4:syslog", "1.2.3.4:shell", "1.2.3.4:80,90", ":0", "0.0.0.0:80", "1.2.3.4 :80", "10.1:80", "1.2.3.4:4294967376", "[1.2.3.4]:80", "1.2.3.4-:80", "-1.2.3.4:80", "1.2.3.4:0-80",
	},
	"nat6": {
		"[::1]:80", "[::1]:80-90", "[::1]:90-80", "[::1]", "[::1]:", "[::1", "::1]", "[::1]80", "[]:80", ":80", ":80-90", "::80", "[::1]-[::2]:80", "[::1-::2]:80", "[::1-::2]:80-90", "[::2-::1]:80", "::1-::2", "[::1]:http", "[::1]:65536", "[::1]:0", "[::1]:010", "[::1]:0x50", "[::1]:+80", "[::1]: 80", "[::1]:80 ",
		"[ ::1]:80", "[1.2.3.4]:80", "[::ffff:1.2.3.4]:80", "[::1]:80:90", "[::1]:80-90/80", "[fe80::1%lo]:80", ":", ":0", "[::1]x:80", "[[::1]]:80", "[::1]:https-http",
	},
	"natport": {
		"80", "80-90", "90-80", "80-80", "80-", "-80", "0", "65535", "65536", "010", "010-020", "+80", " 80", "80 ", "http", "http-https", "https-http", "80-90/80", "80-90/", "80/80", "80:90", ":80", "", "0-0", "0-65535", "1-65536", "0x50", "ftp-data", "ftp-data-80", "80-90-100", "-1", "4294967376", "08", "1_0", "syslog",
	},
	"state": {
		"", "NEW", "new", "N", "NEW,ESTABLISHED", "NEW, ESTABLISHED", "NEW,", ",NEW", "NEW,,NEW", ",", "REL", "UNTRACKED", "SNAT", "sn", "NONE", "EXPECTED", "ASSURED,NONE", "seen_reply", "CON", "FOO", " NEW", "NEW ", "ORIGINAL", "orig", "REPLY", "Rep",
	},
	"name": {
		"", "both", "BOTH", "packets", "bytes", "avgpkt", "Bytes", "CS0", "cs1", "EF", "BE", "AF11", "af43", "AF44", "unicast", "UNICAST", "Broadcast", "multi", "bcast", "host", "otherhost", "u", "b", "m", "random", "nth", "rand", "Random", "accept", "ACCEPT", "drop", "rej",
		"UNSPEC", "LOC", "LOCAL,UNICAST", "LOCAL,", ",LOCAL", "ANYCAST", "BLACKHOLE", "PROHIBIT", "THROW", "XRESOLVE", "UNREACHABLE", " LOCAL", "LOCAL, UNICAST",
	},
	"dccp": {"REQUEST", "request,data", "REQ", "INVALID,DATA", "INVALID", "SYNCACK", "REQUEST,", ",DATA", "DATA,,ACK", "DATA, ACK", " DATA", "FOO", ""},
	"keys": {"", "srcip", "srcip,dstip", "srcip,", ",srcip", "SRCIP", "srcport", "srcip, dstip", "src", "srcip,srcip"},
	"reject": {
		"", "icmp-port-unreachable", "icmp-port", "port-unreach", "PORT-UNREACH", "tcp-reset", "tcp-rst", "host-prohib", "icmp6-no-route", "no-route", "adm-prohibited", "icmp", "icmp-", "icmp-h", "echo-reply", "policy-fail", "reject-route", "p", "n", " icmp-port", "i",
	},
	"dirs":  {"", "src", "dst", "SRC", "src,dst", "src,", ",src", "src,,dst", "src, dst", "src,dst,src,dst,src,dst", "src,dst,src,dst,src,dst,src", "s", "source", "dest", " src", "src "},
	"flags": {"SYN", "syn", "SYN,ACK", "SYN, ACK", "SYN,", ",SYN", "SYN,,ACK", "SYN,SYN", "ALL", "all", "NONE", "none", "NONE,SYN", "ALL,SYN", "FIN,SYN,RST,ACK", "FOO", "SYN FIN", "S", "ECE", "CWR", ",", " SYN", "SYN ", "PSH,URG", "SYN|ACK", "Syn,aCK"},
	"icmp": {
		"echo-request", "ECHO-REQUEST", "echo-req", "echo", "ping", "pong", "any", "ANY", "an", "8/0", "8/", "/8", "8/-1", "8/255", "8/256", "255", "255/0", "256", "010", "0x8", "08", "8/010", "8/0x1", "8 /0", "8/ 0", "8/0 ", "8/0/0", "3/1", "network-unreachable", "host-unreachable", "destination-unreachable", "router-solicitation", "redirect",
		"time-exceeded", "ttl-exceeded", "ttl-zero-during-transit", "parameter-problem", "neighbour-solicitation", "neighbor-solicitation", "neigh", "packet-too-big", "no-route", "port-unreachable", "port", "timestamp-request", "timestamp", "address-mask-request", "TOS-network-redirect", "tos-network", "source-quench", "bad-header", "128", "128/0", "mld-listener-query", "133/0", "-1/0", "+8/0", "8/+0",
		"fragmentation-needed", "ip-header-bad", "echo-request/0", "a", "e", "t", "time", "router", "h",
	},
	"mh": {"binding-refresh-request", "brr", "BRR", "home-test-init", "hoti", "hot", "home", "home-test", "careof-test-init", "coti", "cot", "bu", "ba", "be", "binding-update", "binding", "bu:ba", "ba:bu", "be:", ":be", "brr:3", "b", "h", "c", "0:7", "5:5", "10"},
	"rate": {
		"1", "5/s", "5/sec", "5/second", "5/seconds", "5/S", "5/Second", "5/m", "5/min", "5/minute", "5/mins", "5/h", "5/hour", "5/d", "5/day", "5/days", "5/week", "5/", "/s", "5/ s", "5 /s", " 5/s", "5/s ", "05/s", "010/s", "0x10/s", "+5/s", "-5/s", "0/s", "0.5/s", "5.5/s", "5x/s", "5,5/s", "1e2/s", "10000/s", "10001/s", "1000000/s", "1000001/s",
		"1/day", "4294967295/s", "4294967296/s", "4294967301/s", "2147483648/s", "99999999999/s", "3/7s", "5/s/m", "5//s", "3000/s", "3333/s", "7/m", "11/hour", "59/minute", "60/minute", "61/minute", "86400/day", "86401/day", "100/sec", "3600/hour", "1/hour", "0/day", "10kb/s", "10b/s", "512kb/s", "1mb/s", "5/ms", "5/us", "5/mi", "5/se", "600000/m", "600001/m",
		"36000000/h", "864000000/d",
	},
	"burst": {"1k", "1kb", "5b", "1m", "1mb", "1K", "2m", "976k", "977k", "1000000", "1000001", "5kk", "b", "k", "1 k", "1024k", "0k", "5bb", "1bk", "1g"},
	"mac": {
		"00:11:22:33:44:55", "00:11:22:33:44:5G", "0:1:2:3:4:5", "00:11:22:33:44", "00:11:22:33:44:55:66", "00-11-22-33-44-55", "001122334455", "AA:BB:CC:DD:EE:FF", "aa:bb:cc:dd:ee:ff", "00::22:33:44:55", "::::: ", ":::::", "00:11:22:33:44:", ":11:22:33:44:55", "000:11:22:33:44:55", "100:11:22:33:44:55", "+1:11:22:33:44:55", "-1:11:22:33:44:55", "0x1:11:22:33:44:55",
		" 0:11:22:33:44:55", "0 :11:22:33:44:55", "00:11:22:33:44:55 ", "00:11:22:33:44:55/24", "0011:22:33:44:55", "00:11:22:33:44:055", "ff:ff:ff:ff:ff:ff", "00:11:22:33:44:0x", "00:11:22:33:44:5 ", "x0:11:22:33:44:55", "1:1:1:1:1:1", "00:0x:22:33:44:55", "00:1G:22:33:44:55", "01:23:45:67:89:ab", "00:11:22:33:44:ff1",
	},
	"owner": {"root", "daemon", "abc", "ABC", "root-daemon", "0-", "1000-", ":1000", "0-4294967294", "0-4294967295", "4294967294", "-1", "nobody", "www-data", "0:0", "1 - 2", "no body", "root:1"},
	"prob":  {"0.5", ".5", "0.", "1", "1.0", "1.1", "0", "0.0", "-0.1", "-0", "+0.5", " 0.5", "0.5 ", "0,5", "0.1_0", "5e-1", "5E-1", "0x1p-1", "0x.8", "inf", "nan", "NaN", "-nan", "1e-10", "0.0000000001", "0.99999999999", "0.33333333333", "0.5x", "", "1/2", "50%", "0.5.5", "1e400", "1e-400", "infinity", "nan(1)", "0.0000000005", "1.0000000001", "0x1", "01", "00.5"},
	"hex": {
		"|61 62|", "|6162|", "a|62|", "|61|b", "||ab", "|ab", "ab|", "|6|", "|616|", "|61 6|", "|g1|", "|6g|", "ab", "", "||", "|||", "| 61 |", "|61|62|", "\\|ab", "a\\|b", "ab\\", "ab\\\\", "|61\t62|", "|0x61|", "|61,62|", "|+1|", "|-1|", "| 1|", "|1 |", "|00|", "|FF|", "|ff|a|fe|", "\\\\|61|", "a\\b", "|61 62", "|6 1|", "ab||", "a||b",
	},
	"date": {
		"2026-01-01", "2026", "2026-01", "2026-1-1", "2026-01-01T00", "2026-01-01T00:00", "2026-01-01T00:00:00", "2026-01-01T23:59:59", "2026-01-01T24:00:00", "2026-01-01T23:60:00", "2026-01-01T23:59:60", "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32", "1969-12-31", "1970-01-01", "2038-01-19", "2038-01-19T03:14:07", "2038-01-19T03:14:08", "2038-12-31", "2039-01-01", "1970", "2038",
		"2026-", "2026-01-", "2026-01-01T", "2026-01-01T10:", "2026-01-01T10:20:", "2026-01-01 10:20", "2026/01/01", "01-01-2026", "2026-01-01T10:20:30Z", "2026-01-01T10:20:30:40", "+2026-01-01", " 2026-01-01", "2026-01-01 ", "02026-01-01", "2026-+1-01", "2026- 1-01", "2026-01-01t10", "2026-010-010", "2026-01-08", "2026-08-09", "20260101", "2026-01-01T1:2:3", "2026-01-01T08:09:08", "", "T", "-", "2026T10", "2026-01T10", "0x7ea-01-01", "2026-01-01x",
		"2038-01-18", "2026-01-01T10:20x", "26-01-01",
	},
	"clock": {
		"00:00", "06:00", "6:00", "6:0", "06:", "06", "06:00:00", "06:00:", ":06", "23:59:59", "24:00", "23:60", "23:59:60", "0:0:0", "08:09:08", "1:2:3:4", "12:30pm", " 06:00", "06:00 ", "06: 00", "06 :00", "+6:00", "-6:00", "06:+1", "06:-1", "006:00", "06:000", "010:010", "0x6:00", "06:00:00.5", "6.5", "", ":", "::", "25:00", "00:00:01", "06:00x", "06:00:00x", "x", "06;00", "T06:00", "6", "23", "24", "12:5:9", "1:1", "06::00",
		"17:30", "0:00:59",
	},
	"days": {
		"Mon", "mon", "MON", "Mo", "M", "Monday", "monday", "Mond", "Mon,Tue", "Mon, Tue", "Mon ,Tue", "Mon,", ",Mon", "Mon,,Tue", ",", "", "0", "1", "7", "8", "1,7", "1,2,3,4,5,6,7", "1-5", "Mon-Fri", "Su", "Sa", "Th", "Tu", "We", "Fr", "Sun", "Moo", "Foo", "01", "+1", " 1", "1 ", "0x1", "1x", "-1", "Mon Tue", "Mon;Tue", "Weekday", "Frog", "Sunny", "1:5", "010", "1.5",
	},
	"mask": {
		"0x1/0x3", "1/3", "1/", "/1", "/", "1/2/3", "1 /2", "1/ 2", " 1/2", "1/2 ", "010/017", "0xff/0x0f", "0x10/0xf", "-1/1", "1/-1", "1/-2", "+1/+3", "0xffffffff/0xffffffff", "1/0", "0/0", "4294967296/1", "1/4294967296", "1/x", "x/1", "255/255", "256/255", "255/256", "0x1,0x2", "1&2", "0xF0/0x0F", "default", "cosmos", "default/1", "1/08",
	},
	"tos": {
		"Minimize-Delay", "minimize-delay", "Maximize-Throughput", "maximize-reliability", "Minimize-Cost", "Normal-Service", "normal-serv", "normal", "Mini", "0x10/0x3f", "0x10/0xff", "16/63", "0xff/0xff", "0x100/0xff", "1/0x100", "Minimize-Delay/0x3f", "foo",
	},
	"level": {"emerg", "panic", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug", "DEBUG", "Debug", "deb", "d", "e", "emergency", "err ", " err", "7", "8", "07", "0x7", "-1"},
	"class": {"1:10", "-1:10", "1:-10", "a:b", "0xa:0xb", "A:B", "ffff:ffff", "10000:1", "1:10000", "1:", ":1", ":", "1", "1:1:1", " 1:1", "1: 1", "1:1 ", "+1:1", "1:+1", "g:1", "1:g", "0:0", "1:1x", "01:010", "0x1:1", "1:0X2", "1.5:1", "fffff:1", "ffffffff:1", "100000001:1", "1,1"},
	"u32": {
		"0&0xff=1", "0 & 0xff = 1", "0x 1=1", "0&0x ff=1", "6&0xFF=1:5", "6&0xFF=5:1", "6&0xFF=1,2", "6&0xFF=1, 2:3", "6&0xFF=", "6&0xFF", "=1", "", "6=", "6=1&&", "&&6=1", "6=1&&7=2", "6=1&7=2", "6>>8=1", "6>>32=1", "6>>31=1", "6<<8=1", "6<8=1", "6>>=1", "0x6=0x1", "06=010", "08=1", "+6=1", "6=+1", "-6=1", "6=-1",
		"6=4294967295", "6=4294967296", "6=0xffffffff", "6=0x100000000", "6=1:", "6=:1", "6=:", "6=1-2", "6 =1", " 6=1", "6= 1", "6=1 ", "6=1x", "6x=1", "6=1:2:3", "6=1,", "6=,1", "6=1,,2", "6=1_0", "6=0b1", "6=1,2,3,4,5,6,7,8,9,10", "6=1,2,3,4,5,6,7,8,9,10,11", "6=1,2,3,4,5,6,7,8,9,10,11,12", "6&1&2=1", "6&0xFF&=1", "6&&0xFF=1", "6==1", "6=1=2",
		"0>>22&0x3C@0&0xff=1", "0>>22&0x3C@=1", "0>>22&0x3C@0=1", "@0=1", "0>>22&0x3C@ 0 & 0xff = 1", "4&0x1FFF=0&&0>>22&0x3C@0>>24=0", "6&0xFF=1 && 4&0x3FFF=0", "6\t&0xFF=1", "6&0xFF\n=1", "6!=1", "6 7=1", "6=1 2", "0x6&0XFF=0X1", "6&08=1", "6&1 0=1", "255=1", "256=1",
	},
	"tcpopt": {"mss", "MSS", "wscale", "sack-permitted", "sack", "timestamp", "md5", "mss,wscale", "mss,", ",mss", "mss,,sack", "2,3", "2,mss", "0,1", "1", "255", "256", "mss, sack", "nosuch", "02", "0x2", "+2", " 2", "all", "wsc", "timestamps"},
}
