// Package sample makes rule files of any size, for benchmarks.
package sample

import (
	"fmt"
	"strings"
)

// Rules is a save file of n rules of the kinds that real files have, one in
// ten with -m recent.
func Rules(n int) string {
	var b strings.Builder
	b.WriteString("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n")
	for i := range n {
		switch a := fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255); i % 10 {
		case 0, 1, 2, 3:
			fmt.Fprintf(&b, "-A INPUT -s %s/32 -p tcp -m tcp --dport %d -j ACCEPT\n", a, i%65000+1)
		case 4, 5:
			fmt.Fprintf(&b, "-A FORWARD -s %s/32 -i eth0 -o eth1 -m state --state RELATED,ESTABLISHED -j ACCEPT\n", a)
		case 6, 7:
			fmt.Fprintf(&b, "-A INPUT -s %s/32 -j DROP\n", a)
		case 8:
			fmt.Fprintf(&b, "-A OUTPUT -d %s/32 -p udp -m udp --dport %d -m comment --comment \"host %d\" -j REJECT --reject-with icmp-port-unreachable\n", a, i%65000+1, i)
		case 9:
			fmt.Fprintf(&b, "-A INPUT -s %s/32 -p tcp -m tcp --dport 22 -m recent --set --name L%d --mask 255.255.255.255 --rsource\n", a, i%50)
		}
	}
	b.WriteString("COMMIT\n")
	return b.String()
}

// ManyLists is a save file of five rules with -m recent on each of n lists.
func ManyLists(n int) string {
	var b strings.Builder
	b.WriteString("*filter\n:INPUT ACCEPT [0:0]\n")
	for i := range n {
		rule := fmt.Sprintf("-A INPUT -p tcp -m tcp --dport %d -m recent --name L%d ", 1000+i, i)
		set, update := rule+"--set\n", rule+"--update --seconds 60 --hitcount 4 -j DROP\n"
		b.WriteString(set + update + set + update + update)
	}
	b.WriteString("COMMIT\n")
	return b.String()
}
