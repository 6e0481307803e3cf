package compile_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// TestMatchChecks holds what is refused and warned of in matches: what iptables
// and the kernel refuse, and what is not translated (RC1109).
func TestMatchChecks(t *testing.T) {
	for _, c := range []struct{ options, want string }{
		{"-p icmp --icmp-type network-unr", ""},
		{"-p icmp --icmp-type network-un", "2:30 RC1107"},
		{"-p icmp --icmp-type 8/", "2:30 RC1107"},
		{"-p icmp -m icmp", "2:18 RC1110"},
		{"-m icmp --icmp-type 8", "2:10 RC1118"},
		{"-p all -m tcp --dport 8", "2:17 RC1118"},
		{"! -p udp -m tcp --dport 8", "2:19 RC1112"},
		{"-m tcp -m udp", "2:10 RC1118 2:17 RC1112"},
		{"-p tcp --sport 5:1", "2:25 RC1107"},
		{"-p tcp ! --sport 5:1", "2:27 RC1107"},
		{"-m state --state EST,rel", ""},
		{"-m state --state SNAT", "2:27 RC1107"},
		{"-m conntrack --ctstate SNAT,", "2:38 RC1107"},
		{"-m conntrack --ctdir rep", "2:31 RC1107"},
		{"-m conntrack", "2:10 RC1110"},
		{"-m limit --limit 5.5x/m", ""},
		{"-m limit --limit 10001/s", "2:27 RC1107"},
		{"-m limit --limit 5/seconds", "2:27 RC1107"},
		{"-m limit --limit 1/day", "2:10 RC1107"},
		{"-m limit --limit 1/day --limit-burst 1", ""},
		{"-m limit --limit 1/hour --limit-burst 50", "2:10 RC1117"},
		{"-m limit ! --limit 5/s", "2:19 RC1106"},
		{"-p tcp -m multiport --dports 1:2,3:4,5,6,7,8,9,10,11,12,13,14,15", ""},
		{"-p tcp -m multiport --dports 1:2,3:4,5,6,7,8,9,10,11,12,13,14,15,16", "2:39 RC1107"},
		{"-p tcp -m multiport --dports 5:", "2:41 RC1107"},
		{"-p tcp -m multiport --dports 5 --sports 6", "2:41 RC1111"},
		{"-p icmp -m multiport --dports 5", "2:18 RC1112"},
		{"-m addrtype --src-type LOCAL,uni --limit-iface-out", "2:10 RC1113"},
		{"-m addrtype --limit-iface-in", "2:10 RC1110"},
		{"-m iprange --src-range 1.2.3.9-1.2.3.4", "2:33 RC1115"},
		{"-m mark --mark 1/2/3", "2:25 RC1107"},
		{"-m mac --mac-source 1:2:3:4:5", "2:30 RC1107"},
		{"-m length --length 6:5", "2:29 RC1115"},
		{"-m ttl --ttl-gt 1 --ttl-lt 5", "2:28 RC1111"},
		{"-m hl --hl-eq 5", "2:13 RC1108"},
		{"-m owner --uid-owner 5", "2:10 RC1113"},
		{"-p tcp -m tcpmss --mss 5:1", "2:33 RC1107"},
		{"-m ecn --ecn-tcp-ece", "2:17 RC1118"},
		{"-p udp -m ecn --ecn-tcp-ece", "2:24 RC1112"},
		{"-m statistic --mode nth --every 3", "2:10 RC1110"},
		{"-m statistic --mode nth --every 3 --packet 3", "2:53 RC1107"},
		{"-m statistic --mode random --probability 1.1", "2:51 RC1107"},
		{"-m connbytes ! --connbytes 5:5 --connbytes-dir both --connbytes-mode bytes", "2:23 RC1117"},
		{"-m connlimit --connlimit-upto 1 --connlimit-above 2", "2:42 RC1111"},
		{"-m connlabel --label web", "2:23 RC1109"},
		{"-m hashlimit --hashlimit-upto 5/s", "2:10 RC1110"},
		{"-m hashlimit --hashlimit-upto 20kb/s --hashlimit-name x", "2:23 RC1109"},
		{"-m hashlimit --hashlimit-upto 1/day --hashlimit-burst 9 --hashlimit-name x", "2:10 RC1117"},
		{"-m hashlimit --hashlimit-upto 5/s --hashlimit-name a/b", "2:61 RC1107"},
		{"-m time --contiguous", "2:18 RC1111"},
		{"-m time --datestart 2021-13", "2:30 RC1107"},
		{"-m time --monthdays 1", "2:18 RC1109"},
		{"-m u32 --u32 5", "2:23 RC1107"},
		{"-m u32 --u32 0>>22&0x3C@12>>26&0x3C@4=5", "2:23 RC1109"},
		{"-m u32 --u32 4&0x3C@4=5", "2:23 RC1109"},
		{"-m u32 --u32 0>>22&0x3C@", "2:23 RC1107"},
		{"-m u32 --u32 0>>22&0x3C@x=1", "2:23 RC1107"},
		{"-m set --match-set x src", "2:29 RC1109"},
		{"-m set --match-set x north", "2:31 RC1107"},
		{"-m time --weekdays Mon,Tues --kerneltz", ""},
		{"-m time --weekdays Sun,Mon-Fri --kerneltz", "2:33 RC1117"},
		{"-m time --weekdays 1-5", "2:29 RC1107"},
		{"-m geoip --src-cc de", "2:13 RC1109"},
	} {
		_, diags := compileText(rule(c.options), compile.Options{Family: ast.IPv4})
		if got := codes(diags); got != c.want {
			t.Errorf("%s: %q, want %q", c.options, got, c.want)
		}
	}
}

// TestMatchSteps holds what the values of matches mean where that is not plain.
func TestMatchSteps(t *testing.T) {
	span := func(low, high uint32, not bool) compile.SpanTest {
		return compile.SpanTest{Span: compile.Span{Low: low, High: high}, Not: not}
	}
	addr := netip.MustParseAddr
	for _, c := range []struct {
		options string
		want    compile.Step
	}{
		{"-p icmp --icmp-type 255/3", &compile.ICMP{ICMPType: compile.ICMPType{Type: 255, Code: 3, Any: true}}},
		{"-p icmp ! --icmp-type port-unreach", &compile.ICMP{ICMPType: compile.ICMPType{Type: 3, Code: 3, Not: true}}},
		{"-m conntrack ! --ctstate SNAT --ctexpire :20", &compile.Conntrack{State: compile.CtSNAT, NotState: true, Expires: ptr(span(0, 20, false))}},
		{"-m conntrack --ctstatus NONE", &compile.Conntrack{HasStatus: true}},
		{"-m conntrack ! --ctrepldst 10.1.2.3/8", &compile.Conntrack{Addrs: []compile.CtAddress{
			{Reply: true, Side: compile.DestSide, Net: compile.Net{Addr: addr("10.0.0.0"), Mask: addr("255.0.0.0")}, Not: true}}}},
		{"-m limit", &compile.Limit{Rate: compile.Rate{Count: 3, Per: compile.Hour}, Burst: 5}},
		{"-m limit --limit 3000/s", &compile.Limit{Rate: compile.Rate{Count: 3333}, Burst: 5}},
		{"-m limit --limit 7/m", &compile.Limit{Rate: compile.Rate{Count: 7, Per: compile.Minute}, Burst: 5}},
		{"-p tcp -m multiport ! --ports ssh,70:80", &compile.Multiport{Protocol: 6, Side: compile.EitherPort, Not: true,
			Ports: []compile.Span{{Low: 22, High: 22}, {Low: 70, High: 80}}}},
		{"-m mark --mark 010/0xf", &compile.Mark{MaskTest: compile.MaskTest{Value: 8, Mask: 15}}},
		{"-m pkttype --pkt-type MCAST", &compile.PktType{Type: compile.ToGroup}},
		{"-p 108 -m ipcomp", &compile.IPComp{}},
		{"-p dccp --dccp-types CLOSE,INVALID", &compile.DCCP{Types: &compile.DCCPTypes{Mask: 0xfc40}}},
		{"-m tos --tos minimize-delay", &compile.TOS{Value: 0x10, Mask: 0x3f}},
		{"-m statistic --mode random --probability 0.1", &compile.Statistic{Chance: 214748365}},
		{"-m connlimit ! --connlimit-above 3 --connlimit-mask 24", &compile.ConnLimit{Limit: 3, Bits: 24}},
		{"-m connbytes ! --connbytes 5 --connbytes-dir reply --connbytes-mode avgpkt",
			&compile.ConnBytes{Count: compile.CountAverage, Reply: true, Low: 5, High: 1<<64 - 1, Not: true}},
		{"-m hashlimit --hashlimit-above 300000/s --hashlimit-mode dstip --hashlimit-dstmask 8 --hashlimit-name x --hashlimit-htable-max 5",
			&compile.HashLimit{Name: "x", Above: true, HashTable: compile.HashTable{Rate: compile.Rate{Count: 333333}, Burst: 5,
				Dest: true, SourceBits: 32, DestBits: 8, Expire: 1000, Size: 8192}}},
		{"-m time ! --weekdays Sat,7 --timestart 8:5", &compile.Time{To: compile.LastTime, Start: 29100, Stop: 86399, Days: 0x3e}},
		{"-m time --datestop 2021-02-30", &compile.Time{To: 1614643200, HasTo: true, Stop: 86399, Days: compile.AllDays}},
		{"-m u32 --u32 6>>8&0xFF=1:3&&0<<4&0xF0=0x50", &compile.U32{Tests: []compile.U32Test{
			{Offset: 6, Mask: 0xff00, Values: []compile.Span{{Low: 0x100, High: 0x300}}}, {Mask: 0xf, Values: []compile.Span{{Low: 5, High: 5}}}}}},
		{"-m u32 --u32 0>>22&0x3C@8>>24=5", &compile.U32{Tests: []compile.U32Test{
			{Offset: 8, Behind: true, Mask: 0xff000000, Values: []compile.Span{{Low: 5 << 24, High: 5 << 24}}}}}},
	} {
		programs, diags := compileText(rule(c.options), compile.Options{Family: ast.IPv4})
		if len(diags) > 0 {
			t.Errorf("%s: %s", c.options, codes(diags))
			continue
		}
		steps := programs[0].Chains[0].Rules[0].Steps
		if d := cmp.Diff(c.want, steps[len(steps)-1], cmpopts.EquateComparable(netip.Addr{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.options, d)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// TestStringEnd holds that a text may begin at --to on kernels up to 6.0, and must
// end there from 6.1 on.
func TestStringEnd(t *testing.T) {
	for _, c := range []struct {
		kernel compile.Version
		want   compile.StringTest
	}{
		{compile.Version{}, compile.StringTest{From: 28, Last: 30}},
		{compile.Version{Major: 6, Minor: 1}, compile.StringTest{From: 28, Last: 30}},
		{compile.Version{Major: 6}, compile.StringTest{From: 28, Last: 33}},
		{compile.Version{Major: 3, Minor: 10}, compile.StringTest{From: 28, Last: 33}},
	} {
		programs, diags := compileText(rule("-m string --algo bm --string abc --from 28 --to 33"), compile.Options{Family: ast.IPv4, Kernel: c.kernel})
		if len(diags) > 0 {
			t.Fatal(codes(diags))
		}
		c.want.Pattern = []byte("abc")
		if d := cmp.Diff(&c.want, programs[0].Chains[0].Rules[0].Steps[0]); d != "" {
			t.Errorf("Linux %v (-want +got):\n%s", c.kernel, d)
		}
	}
}
