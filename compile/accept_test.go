package compile_test

import (
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// TestAsIPTables holds what is refused and what is only warned of where iptables-restore
// 1.8.9 was seen to refuse or to take the file.
func TestAsIPTables(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"-A INPUT -p all -p all", "2:17 RC1105"},
		{"-A INPUT -p all -p tcp", "2:17 RC1105"},
		{"-A INPUT -c 1 2 -c 3 4", "2:17 RC1105"},
		{"-A INPUT -s ! 192.0.2.1", "2:10 RC1120"},
		{"-A INPUT -m mark --mark ! 1", "2:18 RC1120"},
		{"-A INPUT -h", "2:10 RC1101"},
		{"-A INPUT -m helper -helper ftp", "2:20 RC1101"},
		{"-A INPUT --vers", "2:10 RC1101"},
		{"-A INPUT -c 10/10 020", "2:10 RC1117"},
		{"-A INPUT -c x 1", "2:10 RC1107"},
		{"-A INPUT -w -j DROP", "2:10 RC1120"},
		{"-A INPUT -j DROP -t filter", "2:21 RC1120"},
		{"-A INPUT -m statistic --probability 0.5", "2:10 RC1110"},
		{"-A INPUT -m multiport --dports 22 -p tcp", "2:23 RC1112"},
		{"-A INPUT -m multiport -p tcp --dports 22", ""},
		{"-A INPUT -p tcp --tcp-flags SYN,,ACK SYN,", ""},
		{"-A INPUT -m dscp --dscp-class EFx", "2:31 RC1117"},
		{"-A INPUT -m dscp --dscp-class E", "2:31 RC1107"},
		{":A - [0:0]\n:A - [0:0]", "3:2 RC1016"},
		{":INPUT ACCEPT [0:0]\n:INPUT DROP [0:0]", ""},
		{":ACCEPT - [0:0]", "2:2 RC1107"},
		{":LOG - [0:0]", ""},
		{":\"A\" - [0:0]", "2:2 RC1107"},
		{"-N \"A B\"", "2:4 RC1107"},
		{"-P INPUT DROP -j ACCEPT", "2:15 RC1111"},
		{"-A INPUT -j DROP\n-D INPUT 1 -j DROP", "3:12 RC1111"},
		{"-A INPUT -j DROP\n-D INPUT 1", ""},
		{"-A INPUT -j DROP\n-R INPUT 1 -s 192.0.2.1,192.0.2.2", "3:1 RC1111"},
		{"-A INPUT -j DROP\n-C INPUT -j DROP", ""},
		{"-A INPUT -j DROP\n-C INPUT -j ACCEPT", "3:1 RC1012"},
		{"-Z INPUT 1", "2:10 RC1012"},
		{":A -\n:B -\n-A A -j B\n-A B -j A\n-A INPUT -j A", "5:9 RC1015"},
		{":A -\n:B -\n-A A -j B\n-A B -j A", "4:9 RC1015 5:9 RC1015"},
		{":A -\n-A INPUT -j A\n-A A -j ACCEPT\n-A A -j A", "5:9 RC1015"},
	} {
		_, diags := compileText("*filter\n"+c.body+"\nCOMMIT\n", compile.Options{Family: ast.IPv4})
		if got := codes(diags); got != c.want {
			t.Errorf("%s: %q, want %q", c.body, got, c.want)
		}
	}
}

// TestCirclesAreCut holds that a circle which the kernel takes is only warned of, and that
// the jumps on its way that packets do take stay.
func TestCirclesAreCut(t *testing.T) {
	// The kernel stops at A's ACCEPT, so the jump to B behind it closes no circle.
	programs, diags := compileText("*filter\n:A -\n:B -\n-A INPUT -j A\n-A OUTPUT -j B\n-A A -j ACCEPT\n-A A -j B\n-A B -j A\nCOMMIT\n",
		compile.Options{Family: ast.IPv4})
	if got := codes(diags); got != "7:9 RC1015" || programs == nil {
		t.Fatalf("%q, want a warning of line 7 only", got)
	}
	for _, c := range programs[0].Chains {
		if c.Name == "B" && c.Rules[0].Target == nil {
			t.Error("the jump from B to A, which packets take, is gone")
		}
	}
}
