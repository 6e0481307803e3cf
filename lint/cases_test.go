package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/lint"
)

// checkCases are rule sets that a check must find something in, and such that it
// must be silent about. Rules are of INPUT in the filter table; a line that begins
// with a colon or a dash stands as it is. In "$" stands for a TCP packet to port 22
// of a new connection.
type checkCases struct {
	yes, no []string
	// chain is a case in which the rules in question are in a chain of the user's own.
	chain string
}

const inX = ":X - [0:0]\n-A INPUT -j X\n"

var cases = map[diag.Code]checkCases{
	"RC2001": {
		yes: []string{"-m recent --rcheck --name a -j DROP", "$ -m recent --update --seconds 60 --name a -j DROP\n-p udp -m recent --set --name A",
			"-m recent --rcheck --name a -j DROP\n-j ACCEPT\n-p udp -m recent --set --name a"},
		no: []string{"-m recent --rcheck --name a -j DROP\n-p udp -m recent --set --name a", "-m recent --rcheck --name f2b-sshd -j DROP",
			"# recentc:ignore RC2001 filled by a script\n-m recent --rcheck --name a -j DROP", "-m recent --rcheck --name a -j DROP\n-p udp -m string --algo bm --string x -m recent --set --name a"},
		chain: inX + "-A X -m recent ! --rcheck --name a -j DROP",
	},
	"RC2002": {
		yes:   []string{"$ -m recent --set --name a -j ACCEPT", "-m recent --set --name a\n-m recent --remove --name a"},
		no:    []string{"-m recent --rcheck --name a -j DROP\n-p udp -m recent --set --name a", "-m recent --remove --name a -j DROP\n-p udp -m recent --set --name a", "# recentc:ignore RC2002 read by a script\n-m recent --set --name a"},
		chain: inX + "-A X -m recent --set --name a -j ACCEPT",
	},
	"RC2003": {
		yes: []string{
			"$ -m recent --update --seconds 9 --hitcount 4 -j DROP\n$ -m recent --set\n-p udp --dport 53 -m recent --update --seconds 9 --hitcount 4 -j DROP\n-p udp --dport 53 -m recent --set",
			"$ -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a\n-p tcp --dport 25 -m recent --update --seconds 60 --hitcount 9 --name a -j DROP\n-p tcp --dport 25 -m recent --set --name a",
		},
		no: []string{
			"$ -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a\n-p tcp --dport 25 -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n-p tcp --dport 25 -m recent --set --name a",
			"-m recent --rcheck --seconds 60 -j DROP\n-p tcp --dport 23 -m recent --set -j DROP\n-p tcp --dport 139 -m recent --set -j DROP",
			"$ -m recent --rcheck --name a -j ACCEPT\n-p tcp --dport 7000 -m recent --set --name a",
			":X - [0:0]\n$ -j X\n-p tcp --dport 222 -j X\n-A X -m recent --set\n-A X -m recent --update --seconds 60 --hitcount 4 -j DROP",
		},
		chain: ":X - [0:0]\n:Y - [0:0]\n$ -j X\n-p tcp --dport 25 -j Y\n-A X -m recent --update --seconds 9 --hitcount 4 -j DROP\n-A X -m recent --set\n-A Y -m recent --update --seconds 9 --hitcount 9 -j DROP\n-A Y -m recent --set",
	},
	"RC2004": {
		yes:   []string{"$ -m recent --rcheck --name a -j DROP\n$ -m recent --set --name a --mask 255.255.255.0", "$ -m recent --rcheck --name a --mask 255.0.0.0 -j DROP\n$ -m recent --set --name a"},
		no:    []string{"$ -m recent --rcheck --name a --mask 255.255.255.255 -j DROP\n$ -m recent --set --name a", "$ -m recent --rcheck --name a --mask 255.0.0.0 -j DROP\n$ -m recent --set --name b"},
		chain: inX + "-A X -m recent --rcheck --name a --mask 255.255.255.0 -j DROP\n-A OUTPUT -m recent --set --name a",
	},
	"RC2005": {
		yes:   []string{"$ -m recent --rcheck --name a --mask 24 -j DROP", "$ -m recent --rcheck --name a --mask 0.0.0.24 -j DROP", "$ -m recent --rcheck --name a --mask 255.0.255.0 -j DROP"},
		no:    []string{"$ -m recent --rcheck --name a --mask 255.255.255.0 -j DROP", "$ -m recent --rcheck --name a --mask 0.0.0.0 -j DROP", "$ -m recent --rcheck --name a --mask 255.255.255.254 -j DROP"},
		chain: inX + "-A X -m recent --set --name a --mask 32",
	},
	"RC2006": {
		yes:   []string{"iptables -A INPUT -m recent --set --name a\nip6tables -A INPUT -m recent --set --name a", "iptables -A INPUT -m recent --rcheck --name a --mask 255.255.255.255\nip6tables -A INPUT -m recent --set --name a"},
		no:    []string{"iptables -A INPUT -m recent --set --name a\nip6tables -A INPUT -m recent --set --name b", "iptables -A INPUT -m recent --set --name a\nip6tables -A INPUT -j ACCEPT"},
		chain: "iptables -N X\niptables -A INPUT -j X\niptables -A X -m recent --set --name a\nip6tables -A INPUT -m recent --set --name a",
	},
	"RC2007": {
		yes:   []string{"-m recent --set --name " + long + "a", "-m recent --rcheck --name " + long + "a -j DROP\n-m recent --set --name " + long + "b"},
		no:    []string{"-m recent --set --name " + long, "-m recent --set --name a"},
		chain: inX + "-A X -m recent --set --name " + long + "a",
	},
	"RC2010": {
		yes: []string{"-p tcp -m recent --set --name a --dport 22 -j ACCEPT", "-m recent --update --seconds 60 --name a -m conntrack --ctstate NEW -j DROP",
			"$ -m recent --set --name b -m recent --rcheck --name a -j DROP", "-m recent --remove --name a -m pkttype --pkt-type host -j DROP"},
		no: []string{"-p tcp --dport 22 -m recent --set --name a -j ACCEPT", "-p tcp -m recent --set --name a -m tcp -j ACCEPT", "-m recent --set --name a -m comment --comment x -j ACCEPT",
			"-m recent --rcheck --name a -m conntrack --ctstate NEW -j DROP", "-m recent --set --name a -m limit --limit 1/s -j LOG", "$ -m recent --set --name a -m recent --rcheck --seconds 9 --hitcount 3 --name a -j DROP"},
		chain: inX + "-A X -p udp -m recent --set --name a --dport 53 -j ACCEPT",
	},
	"RC2011": {
		yes: []string{"-p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n-p tcp --dport 22 -m recent --set --name a",
			"-m recent --set --name a\n-m recent --update --seconds 60 --hitcount 40 --name a -j DROP",
			"-i eth0 -m conntrack --ctstate ESTABLISHED -j ACCEPT\n-p tcp --dport 22 -m recent --set --name a\n-p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name a -j DROP"},
		no: []string{"$ -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a",
			"-p tcp --dport 22 --syn -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n-p tcp --dport 22 --syn -m recent --set --name a",
			"-m state --state RELATED,ESTABLISHED -j ACCEPT\n-p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n-p tcp --dport 22 -m recent --set --name a",
			"-p tcp -m conntrack --ctstate ESTABLISHED -j ACCEPT\n-p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n-p tcp --dport 22 -m recent --set --name a",
			":S - [0:0]\n-j S\n-p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n-p tcp --dport 22 -m recent --set --name a\n-A S -m conntrack --ctstate ESTABLISHED -j ACCEPT\n-A S -j RETURN",
			"-p udp --dport 53 -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n-p udp --dport 53 -m recent --set --name a"},
		chain: ":S - [0:0]\n-j S\n-p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n-p tcp --dport 22 -m recent --set --name a\n-A S -p tcp --dport 22 -j RETURN\n-A S -m conntrack --ctstate ESTABLISHED -j ACCEPT",
	},
	"RC2012": {
		yes: []string{"-m recent --update --seconds 60 --name a -j DROP\n-m conntrack --ctstate ESTABLISHED -j ACCEPT\n-p udp -m recent --set --name a",
			"-p tcp -m recent --rcheck --seconds 60 --name a -j REJECT\n-p udp -m recent --set --name a"},
		no: []string{"-m conntrack --ctstate ESTABLISHED -j ACCEPT\n-m recent --update --seconds 60 --name a -j DROP\n-p udp -m recent --set --name a",
			"-m conntrack ! --ctstate ESTABLISHED -m recent --update --seconds 60 --name a -j DROP\n-p udp -m recent --set --name a",
			"-m recent --rcheck --name a -j LOG\n-p udp -m recent --set --name a",
			"-m recent --rcheck --name a -j DROP\n-p tcp -m conntrack --ctstate ESTABLISHED -m recent --set --name a"},
		chain: ":D - [0:0]\n-m recent --update --seconds 60 --name a -j D\n-p udp -m recent --set --name a\n-A D -j LOG\n-A D -j DROP",
	},
	"RC2013": {
		yes: []string{"-p tcp --dport 1:1024 -j ACCEPT\n$ -m recent --rcheck --name a -j DROP\n-p udp -m recent --set --name a",
			"-s 10.0.0.0/8 -j ACCEPT\n-s 10.1.0.0/16 -m recent --set --name a\n-m recent --rcheck --name a -j DROP"},
		no: []string{"-s 10.0.0.0/8 -j ACCEPT\n$ -m recent --rcheck --name a -j DROP\n-p udp -m recent --set --name a",
			"-p tcp --dport 22 -m limit --limit 1/s -j ACCEPT\n$ -m recent --rcheck --name a -j DROP\n-p udp -m recent --set --name a"},
		chain: ":X - [0:0]\n-i eth+ -p tcp -j ACCEPT\n-i eth0 -p tcp --dport 22 -j X\n-p udp -m recent --set --name a\n-A X -m recent --rcheck --name a -j DROP",
	},
	"RC2014": {
		yes: []string{"-s 10.0.0.0/8 -j DROP\n-s 10.1.2.0/24 -p tcp -j ACCEPT", "-j DROP\n-p tcp -j ACCEPT", "-p tcp --dport 20 -j DROP\n-p tcp --dport 22 -j DROP\n-p tcp -m multiport --dports 20,22 -j ACCEPT",
			"-m conntrack --ctstate NEW -m conntrack --ctstate ESTABLISHED -j DROP", "-i eth+ -j DROP\n-i eth1 -p udp -j ACCEPT", "! -s 10.0.0.0/8 -j DROP\n-s 192.0.2.1 -j ACCEPT"},
		no: []string{"-s 10.1.2.0/24 -j DROP\n-s 10.0.0.0/8 -j ACCEPT", "-m limit --limit 1/s -j DROP\n-p tcp -j ACCEPT", "-p tcp --dport 20:30 -j DROP\n-p tcp --dport 25:35 -j ACCEPT",
			"-m mark --mark 1 -j DROP\n-p tcp -j ACCEPT", "-s 10.0.0.0/8 -j DROP\n-s 10.0.0.1,192.0.2.1 -j ACCEPT", "-4 -p tcp -j DROP\n-p tcp -j ACCEPT", "-i eth0 -j DROP\n-i eth+ -j ACCEPT", "-p tcp --syn -j DROP\n-p tcp -j ACCEPT",
			":X - [0:0]\n-j X\n-p tcp -j ACCEPT\n-A X -p tcp -j RETURN\n-A X -j DROP", "-m recent --set --name a -m recent --rcheck --seconds 9 --hitcount 3 --name a -j DROP\n-j ACCEPT"},
		chain: ":X - [0:0]\n-p tcp --dport 22 -j X\n-A X -p udp -j DROP",
	},
	"RC2015": {
		yes:   []string{":X - [0:0]\n-A X -j DROP", ":X - [0:0]\n:Y - [0:0]\n-A X -j Y\n-A Y -j DROP"},
		no:    []string{":X - [0:0]\n-j X\n-A X -j DROP", ":X - [0:0]", ":X - [0:0]\n-g X\n-A X -j DROP", ":X - [0:0]\n-m string --algo bm --string x -j X\n-A X -j DROP"},
		chain: ":X - [0:0]\n:Y - [0:0]\n-j Y\n-A Y -j LOG\n-A X -j Y",
	},
	"RC2016": {
		yes:   []string{":X - [0:0]\n-j X", ":X - [0:0]\n$ -j X\n-j ACCEPT"},
		no:    []string{":X - [0:0]\n-j X\n-A X -j DROP", ":f2b-sshd - [0:0]\n-j f2b-sshd", ":X - [0:0]\n-g X"},
		chain: ":X - [0:0]\n:Y - [0:0]\n-j Y\n-A Y -p tcp -j X",
	},
	"RC2020": {
		yes: []string{"$ -m recent --update --seconds 3600 --name a -j DROP\n-p udp -m recent --set --name a", "$ -m recent --update --seconds 30 --name a -j ACCEPT\n-p udp -m recent --set --name a"},
		no: []string{"$ -m recent --rcheck --seconds 3600 --name a -j DROP\n-p udp -m recent --set --name a", "$ -m recent --update --seconds 60 --name a -j DROP\n-p udp -m recent --set --name a",
			"$ -m recent --update --seconds 3600 --hitcount 4 --name a -j DROP\n-p udp -m recent --set --name a"},
		chain: inX + "-A X -m recent --update --seconds 3600 --name a -j DROP\n-A X -p udp -m recent --set --name a",
	},
	"RC2021": {
		yes: []string{"$ -m recent --set --name a\n$ -m recent --update --seconds 9 --hitcount 3 --name a -j LOG\n$ -m recent --update --seconds 9 --hitcount 3 --name a -j DROP",
			"$ -m recent --update --seconds 9 --hitcount 3 --name a -m limit --limit 1/s -j NFLOG\n$ -m recent --update --seconds 9 --hitcount 3 --name a -j DROP\n$ -m recent --set --name a"},
		no: []string{"$ -m recent --set --name a\n$ -m recent --rcheck --seconds 9 --hitcount 3 --name a -j LOG\n$ -m recent --update --seconds 9 --hitcount 3 --name a -j DROP",
			"$ -m recent --set --name a\n$ -m recent --update --seconds 9 --hitcount 3 --name a -j LOG\n-p udp -m recent --update --seconds 9 --hitcount 3 --name a -j DROP"},
		chain: inX + "-A X -m recent --set --name a\n-A X -m recent --update --seconds 9 --hitcount 3 --name a -j LOG\n-A X -m recent --update --seconds 9 --hitcount 3 --name a -j DROP",
	},
	"RC2022": {
		yes: []string{"$ -m recent --rcheck --seconds 60 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a -j ACCEPT", "$ -m recent --rcheck --seconds 9 --hitcount 2 --name a -j REJECT\n$ -m recent --set --name a"},
		no: []string{"$ -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a", "$ -m recent --set --name a\n$ -m recent --rcheck --seconds 60 --hitcount 4 --name a -j DROP",
			"$ -m recent --rcheck --seconds 60 --name a -j DROP\n-p udp -m recent --set --name a"},
		chain: inX + "-A X -m recent --rcheck --seconds 60 --hitcount 4 --name a -j DROP\n-A X -m recent --set --name a -j ACCEPT",
	},
	"RC2023": {
		yes: []string{"$ -m recent --set --name a\n$ -m recent --update --seconds 60 --hitcount 4 --name a -j DROP", "$ -m recent --set --name a -m recent --rcheck --seconds 60 --hitcount 4 --name a -j DROP",
			"-m recent --set --name a\n$ -m recent --rcheck --seconds 60 --hitcount 4 --name a -j DROP"},
		no: []string{"$ -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a", "-p udp -m recent --set --name a\n$ -m recent --update --seconds 60 --hitcount 4 --name a -j DROP",
			"$ -m recent --set --name a -j ACCEPT\n$ -m recent --update --seconds 60 --hitcount 4 --name a -j DROP"},
		chain: ":X - [0:0]\n$ -j X\n$ -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n-A X -m recent --set --name a",
	},
	"RC2024": {
		yes: []string{"$ -m recent --set --name a\n$ -m recent --update --seconds 60 --name a -j DROP", "$ -m recent --set --name a\n$ -m recent ! --rcheck --hitcount 1 --name a -j DROP"},
		no: []string{"$ -m recent --update --seconds 60 --name a -j DROP\n$ -m recent --set --name a", "-p udp -m recent --set --name a\n$ -m recent --update --seconds 60 --name a -j DROP",
			"$ -m recent --set --name a\n$ -m recent --update --seconds 60 --name b -j DROP\n-p udp -m recent --set --name b", "$ -m recent --set --name a --rdest\n$ -m recent --update --seconds 60 --name a -j DROP",
			"$ -m limit --limit 1/s -m recent --set --name a\n$ -m recent --rcheck --name a -j DROP",
			inX + "$ -m recent --rcheck --name a -j DROP\n-A X -s 10.0.0.0/8 -j RETURN\n-A X -m recent --set --name a",
			":X - [0:0]\n-m limit --limit 1/s -j X\n$ -m recent --rcheck --name a -j DROP\n-A X -m recent --set --name a"},
		chain: ":X - [0:0]\n-m limit --limit 1/s -j X\n-A X -s 10.0.0.0/8 -j RETURN\n-A X -m recent --set --name a\n-A X -p tcp -m recent --rcheck --name a -j DROP",
	},
	"RC2025": {
		yes:   []string{"-m recent --rcheck --hitcount 256 --seconds 9 --name a", "-m recent --rcheck --hitcount 21 --seconds 9 --name a"},
		no:    []string{"-m recent --rcheck --hitcount 20 --seconds 9 --name a", "-m recent --set --name a"},
		chain: inX + "-A X -m recent --rcheck --hitcount 300 --seconds 9 --name a",
	},
	"RC2026": {
		yes:   []string{"$ -m recent --update --hitcount 4 --name a -j DROP\n$ -m recent --set --name a", "$ -m recent --rcheck --hitcount 2 --name a -j REJECT\n$ -m recent --set --name a"},
		no:    []string{"$ -m recent --update --seconds 60 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a", "$ -m recent --rcheck --hitcount 3 --name a -j ACCEPT\n-p udp -m recent --set --name a", "$ -m recent --rcheck --hitcount 3 --name a -j DROP\n$ -m recent --set --name a\n-p udp -m recent --remove --name a"},
		chain: inX + "-A X -m recent --update --hitcount 4 --name a -j DROP\n-A X -m recent --set --name a",
	},
	"RC2027": {
		yes:   []string{"-m recent --rcheck --seconds 17179870 --name a -j DROP", "-m recent --rcheck --seconds 4294968 --name a -j DROP"},
		no:    []string{"-m recent --rcheck --seconds 4294967 --name a -j DROP", "-m recent --rcheck --name a -j DROP"},
		chain: inX + "-A X -m recent --rcheck --seconds 4294967295 --name a -j DROP",
	},
	"RC2028": {
		yes:   []string{"-m recent --rcheck --seconds 9 --hitcount 2049 --name a -j DROP", "-m recent --update --seconds 9 --hitcount 65535 --name a -j DROP"},
		no:    []string{"-m recent --rcheck --seconds 9 --hitcount 2048 --name a -j DROP", "-m recent --set --name a"},
		chain: inX + "-A X -m recent --rcheck --seconds 9 --hitcount 30000 --name a -j DROP",
	},
	"RC2029": {
		yes: []string{"$ -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n$ -m recent --remove --name a\n$ -m recent --set --name a", "$ -m recent --rcheck --seconds 9 --hitcount 4 --name a -j DROP\n-p tcp -m recent --remove --name a -j DROP\n$ -m recent --set --name a"},
		no: []string{"$ -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a\n-p udp -m recent --remove --name a", "$ -m recent --rcheck --seconds 9 --name a -j DROP\n$ -m recent --remove --name a\n$ -m recent --set --name a",
			"$ -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n-s 10.0.0.0/8 -m recent --remove --name a\n$ -m recent --set --name a"},
		chain: inX + "-A X -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n-A X -m recent --remove --name a\n-A X -m recent --set --name a",
	},
	"RC2030": {
		yes: []string{"-m recent --remove --name a\n$ -m recent --rcheck --name a -j ACCEPT\n-p udp -m recent --set --name a", "-p tcp -m recent --remove --name a -j DROP\n$ -m recent --rcheck --name a -j ACCEPT\n-p udp -m recent --set --name a"},
		no: []string{"$ -m recent --rcheck --name a -j ACCEPT\n-m recent --remove --name a\n-p udp -m recent --set --name a", "-p udp -m recent --remove --name a\n$ -m recent --rcheck --name a -j ACCEPT\n-p udp -m recent --set --name a",
			"-m recent --remove --name a\n-m recent --set --name a\n$ -m recent --rcheck --seconds 9 --hitcount 1 --name a -j LOG"},
		chain: inX + "$ -m recent --rcheck --name a -j ACCEPT\n-p udp -m recent --set --name a\n-A X -m recent --remove --name a",
	},
	"RC2040": {
		yes:   []string{"$ -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a", "-m recent --rcheck --name a -j REJECT\n-p udp -m recent --set --name a"},
		no:    []string{"$ -m recent --rcheck --name a -j ACCEPT\n-p udp -m recent --set --name a", "-m recent --rcheck --name a -j DROP"},
		chain: inX + "-A X -m recent --rcheck --name a -j DROP\n-A X -p udp -m recent --set --name a",
	},
	"RC2041": {
		yes: []string{"-m recent --rcheck --seconds 60 --name a -j DROP\n-p tcp --dport 23 -m recent --set --name a", "-p udp -m recent --rcheck --seconds 9 --hitcount 9 --name a -j DROP\n-p udp -m recent --set --name a"},
		no: []string{"$ -m recent --rcheck --seconds 60 --hitcount 9 --name a -j DROP\n$ -m recent --set --name a", "-m recent --rcheck --seconds 60 --name a -j DROP\n-p tcp -m conntrack --ctstate ESTABLISHED -m recent --set --name a",
			"-m recent --rcheck --seconds 60 --rttl --name a -j DROP\n-p tcp --dport 23 -m recent --set --name a", "-p tcp --dport 2 -m recent --rcheck --name a -m recent --set --name b -j DROP\n-p tcp --dport 1 -m recent --set --name a\n$ -m recent --rcheck --name b -j ACCEPT"},
		chain: inX + "-A X -m recent --rcheck --seconds 60 --name a -j DROP\n-A X -p tcp --dport 23 -m recent --set --name a",
	},
	"RC2042": {
		yes:   []string{"$ -m recent --set --name a\n$ -m recent --update --seconds 9 --hitcount 4 --rttl --name a -j DROP", "$ -m recent --set --name a -m recent --rcheck --seconds 9 --hitcount 4 --rttl --name a -j DROP"},
		no:    []string{"$ -m recent --update --seconds 9 --hitcount 4 --rttl --name a -j DROP\n$ -m recent --set --name a", "$ -m recent --set --name a\n$ -m recent --update --seconds 9 --hitcount 4 --name a -j DROP"},
		chain: inX + "-A X -m recent --set --name a\n-A X -m recent --update --seconds 9 --hitcount 4 --rttl --name a -j DROP",
	},
	"RC2043": {
		yes:   []string{"$ -m recent --update --seconds 9 --hitcount 4 --rttl --name a -j DROP\n$ -m recent --set --name a", "-m recent --rcheck --rttl --name a -j DROP\n-p udp -m recent --set --name a"},
		no:    []string{"$ -m recent --update --seconds 9 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a", "$ -m recent --rcheck --rttl --name a -j ACCEPT\n-p udp -m recent --set --name a"},
		chain: inX + "-A X -m recent --update --seconds 9 --hitcount 4 --rttl --name a -j DROP\n-A X -m recent --set --name a",
	},
	"RC2044": {
		yes:   []string{"-m recent --rcheck --rttl --name f2b-a -j DROP", "-m recent --update --seconds 9 --rttl --name a -j DROP"},
		no:    []string{"-m recent --rcheck --rttl --name a -j DROP\n-p udp -m recent --set --name a", "-m recent --rcheck --name f2b-a -j DROP"},
		chain: inX + "-A X -m recent --rcheck --rttl --name f2b-a -j DROP",
	},
	"RC2045": {
		yes:   []string{"-m recent --rcheck --seconds 9 --reap --name a -j DROP\n-m recent --rcheck --seconds 60 --name a -j DROP", "-m recent --rcheck --seconds 9 --reap --name a -j DROP\n-m recent --rcheck --name a -j LOG"},
		no:    []string{"-m recent --rcheck --seconds 9 --name a -j DROP\n-m recent --rcheck --seconds 60 --reap --name a -j DROP", "-m recent --rcheck --seconds 9 --reap --name a -j DROP\n-m recent --rcheck --seconds 60 --name b -j DROP"},
		chain: inX + "-A X -m recent --rcheck --seconds 9 --reap --name a -j DROP\n-m recent --rcheck --seconds 60 --name a -j DROP",
	},
	"RC2046": {
		yes:   []string{"-m recent --rcheck --seconds 9 --reap --name a -j DROP", "-m recent --update --seconds 9 --reap --name a -j ACCEPT"},
		no:    []string{"-m recent --rcheck --seconds 9 --name a -j DROP", "-m recent --set --name a"},
		chain: inX + "-A X -m recent --rcheck --seconds 9 --reap --name a -j DROP",
	},
	"RC2047": {
		yes:   []string{"-m recent ! --set --name a -j DROP", "$ -m recent ! --set --name a -j ACCEPT"},
		no:    []string{"-m recent --set --name a -j DROP", "-m recent ! --set --name a", "-m recent ! --rcheck --name a -j DROP"},
		chain: inX + "-A X -m recent ! --set --name a -j DROP",
	},
	"RC2048": {
		yes:   []string{"-m recent ! --update --name a -j DROP", "$ -m recent ! --update --seconds 9 --name a -j ACCEPT"},
		no:    []string{"-m recent --update --name a -j DROP", "-m recent ! --rcheck --name a -j DROP"},
		chain: inX + "-A X -m recent ! --update --name a -j DROP",
	},
	"RC2050": {
		yes: []string{"$ -m recent --rcheck --seconds 9 --name a -j ACCEPT\n-p tcp --dport 7000 -m recent --set --name a",
			"$ -m recent --rcheck --seconds 9 --name a -m recent --remove --name a -j ACCEPT\n-p tcp --dport 7000 -m recent --set --name a",
			"$ -m recent --rcheck --seconds 9 --name b -j ACCEPT\n-p tcp --dport 7 -m recent --rcheck --name a -m recent --set --name b -j DROP\n-p tcp --dport 9 -m recent --set --name a -j DROP"},
		no: []string{"$ -m recent --rcheck --seconds 9 --name c -j ACCEPT\n-p tcp --dport 8 -m recent --rcheck --name b -m recent --set --name c -j DROP\n-p tcp --dport 9 -m recent --rcheck --name a -m recent --set --name b -j DROP\n-p tcp --dport 7 -m recent --set --name a -j DROP",
			"$ -m recent --rcheck --seconds 9 --name b -j ACCEPT\n-p tcp --dport 7 -m recent --rcheck --name a -m recent --set --name b -j DROP\n-p tcp -m recent --remove --name a\n-p tcp --dport 9 -m recent --set --name a -j DROP",
			"$ -m recent --rcheck --seconds 9 --name a -j DROP\n-p tcp --dport 7000 -m recent --set --name a"},
		chain: ":X - [0:0]\n$ -m recent --rcheck --seconds 9 --name b -j ACCEPT\n-p tcp --dport 70 -m recent --rcheck --name a -j X\n-p tcp --dport 9 -m recent --set --name a -j DROP\n-A X -m recent --set --name b -j DROP",
	},
	"RC2051": {
		yes: []string{"-p tcp --dport 7 -m recent --set --name a\n-p tcp --dport 7 -m recent --rcheck --name a -m recent --set --name b\n$ -m recent --rcheck --name b -j ACCEPT",
			"-p tcp -m recent --set --name a\n-p tcp --dport 7 -m recent --rcheck --seconds 9 --name a -m recent --set --name b -j DROP\n$ -m recent --rcheck --name b -j ACCEPT"},
		no: []string{"-p tcp --dport 7 -m recent --rcheck --name a -m recent --set --name b\n-p tcp --dport 7 -m recent --set --name a\n$ -m recent --rcheck --name b -j ACCEPT",
			"-p tcp --dport 7 -m recent --set --name a\n-p tcp --dport 9 -m recent --rcheck --name a -m recent --set --name b\n$ -m recent --rcheck --name b -j ACCEPT"},
		chain: ":X - [0:0]\n-p tcp --dport 7 -m recent --set --name a\n-p tcp --dport 7 -m recent --rcheck --name a -j X\n$ -m recent --rcheck --name b -j ACCEPT\n-A X -m recent --set --name b",
	},
	"RC2060": {
		yes:   []string{"iptables -A INPUT -m recent --set\necho / > /proc/net/ipt_recent/DEFAULT", "modprobe ipt_recent ip_list_tot=500\niptables -A INPUT -m recent --set"},
		no:    []string{"iptables -A INPUT -m recent --set\necho / > /proc/net/xt_recent/DEFAULT", "# ipt_recent was its name\niptables -A INPUT -m recent --set"},
		chain: "iptables -N X\niptables -A X -m recent --set\necho / > /proc/net/ipt_recent/DEFAULT",
	},
	"RC2090": {
		yes:   []string{"# recentc:ignore\n-j DROP", "# recentc:ignore because I say so\n-j DROP", "# recentc:ignore RC2999 no such\n-j DROP"},
		no:    []string{"# recentc:ignore RC2001 filled by a script\n-m recent --rcheck --name a -j DROP", "# about recentc:ignore\n-j DROP", "# recentc:ignored\n-j DROP"},
		chain: inX + "# recentc:ignore RC2001\n-A X -m recent --rcheck --name a -j DROP",
	},
	"RC2091": {
		yes:   []string{"# recentc:ignore RC2001 filled by a script\n-j DROP", "# recentc:ignore RC2002 read by a script\n-m recent --rcheck --name a -j DROP"},
		no:    []string{"# recentc:ignore RC2001 filled by a script\n-m recent --rcheck --name a -j DROP", "# recentc:ignore RC2001,RC2044 filled by a script\n# and more\n-m recent --rcheck --name a -j DROP"},
		chain: inX + "# recentc:ignore RC2001 filled by a script\n-A X -j DROP",
	},
	"RC2092": {
		yes:   []string{rows(16, 2, "INPUT"), rows(300, 1, "INPUT")},
		no:    []string{rows(10, 2, "INPUT"), rows(200, 1, "INPUT")},
		chain: inX + "\n" + rows(16, 2, "X"),
	},
}

// rows are n chains that each call the next one so many times, the first called from
// a chain.
func rows(n, times int, from string) string {
	lines := []string{"-A " + from + " -j C0"}
	for i := range n {
		lines = append(lines, fmt.Sprintf(":C%d - [0:0]", i))
		for range min(times, times*(n-1-i)) {
			lines = append(lines, fmt.Sprintf("-A C%d -j C%d", i, i+1))
		}
	}
	return strings.Join(append(lines, fmt.Sprintf("-A C%d -p tcp --dport 22 -j LOG", n-1)), "\n")
}

var long = strings.Repeat("n", 199)

// input makes a rule set of a case.
func input(text string) string {
	if strings.Contains(text, "iptables -") || strings.Contains(text, "ip6tables -") {
		return text + "\n"
	}
	var heads, rules []string
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, ":"):
			heads = append(heads, line)
		case strings.HasPrefix(line, "-A "), strings.HasPrefix(line, "#"):
			rules = append(rules, line)
		case strings.HasPrefix(line, "$"):
			rules = append(rules, "-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW"+line[1:])
		default:
			rules = append(rules, "-A INPUT "+line)
		}
	}
	return "*filter\n" + strings.Join(append(heads, rules...), "\n") + "\nCOMMIT\n"
}

// TestChecks holds what each check finds and what it is silent about, and that no
// check is without cases.
func TestChecks(t *testing.T) {
	for _, c := range lint.Checks() {
		t.Run(string(c.Code), func(t *testing.T) {
			cs := cases[c.Code]
			if len(cs.yes) < 2 || len(cs.no) < 2 || cs.chain == "" {
				t.Fatalf("%d cases with a finding, %d without, in a chain: %v", len(cs.yes), len(cs.no), cs.chain != "")
			}
			for _, text := range append(cs.yes, cs.chain) {
				if l := findings(t, input(text), lint.Options{}); !has(l, c.Code) {
					t.Errorf("%s is not found in\n%s\n%s", c.Code, input(text), show(l))
				}
			}
			for _, text := range cs.no {
				if l := findings(t, input(text), lint.Options{}); has(l, c.Code) {
					t.Errorf("%s is found in\n%s\n%s", c.Code, input(text), show(l))
				}
			}
		})
	}
}

// TestOptions holds that what the caller knows makes findings come and go.
func TestOptions(t *testing.T) {
	limit := input("$ -m recent --update --seconds 5000000 --hitcount 4 --name a -j DROP\n$ -m recent --set --name a")
	large := input("-m recent --rcheck --seconds 9 --hitcount 300 --name a -j DROP")
	for _, c := range []struct {
		name, text string
		opts       lint.Options
		code       diag.Code
		want       bool
	}{
		{"HZ that wraps", limit, lint.Options{HZ: []uint32{1000}}, "RC2027", true},
		{"HZ that does not", limit, lint.Options{HZ: []uint32{250}}, "RC2027", false},
		{"small lists", limit, lint.Options{}, "RC2040", true},
		{"large lists", limit, lint.Options{Options: compile.Options{IPListTot: 10000}}, "RC2040", false},
		{"kernel not known", large, lint.Options{}, "RC2025", true},
		{"new kernel", large, lint.Options{Options: compile.Options{Kernel: compile.Version{Major: 6, Minor: 12}}}, "RC2025", false},
		{"old kernel: an error", large, lint.Options{Options: compile.Options{Kernel: compile.Version{Major: 5, Minor: 10}}}, diag.RecentHitcount, true},
		{"memory of large lists", large, lint.Options{Options: compile.Options{IPListTot: 100000}}, "RC2028", true},
		{"disabled", large, lint.Options{Disable: []diag.Code{"RC2025"}}, "RC2025", false},
		{"errors cannot be disabled", "*filter\n-A INPUT -m recent --check\nCOMMIT\n", lint.Options{Disable: []diag.Code{diag.UnknownOption}}, diag.UnknownOption, true},
	} {
		if l := findings(t, c.text, c.opts); has(l, c.code) != c.want {
			t.Errorf("%s: %s found: %v\n%s", c.name, c.code, !c.want, show(l))
		}
	}
}
