// Package sample makes rule files of any size, for benchmarks.
package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// chains and lists are how many user chains and recent lists Rules writes to.
const chains, lists = 20, 50

// Rules is a save file of n rules of the kinds that real files have, spread over
// INPUT, FORWARD and 20 user chains. One in ten is a `-m recent` about one of 50
// lists. The same n gives the same file.
func Rules(n int) string {
	m := maker{Rand: rand.New(rand.NewPCG(1, uint64(n)))}
	m.WriteString("*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n")
	home := []string{"INPUT", "FORWARD"}
	for i := range chains {
		home = append(home, fmt.Sprintf("SVC-%02d", i))
		fmt.Fprintf(&m, ":SVC-%02d - [0:0]\n", i)
	}
	calls := min(chains, n/2)
	for i := range calls {
		fmt.Fprintf(&m, "-A INPUT -j SVC-%02d\n", i)
	}
	for range n - calls {
		fmt.Fprintf(&m, "-A %s %s\n", home[m.IntN(len(home))], m.rule())
	}
	m.WriteString("COMMIT\n")
	return m.String()
}

// maker draws rules.
type maker struct {
	*rand.Rand
	strings.Builder
}

func (m *maker) rule() string {
	if m.IntN(10) == 0 {
		return m.recent()
	}
	return m.plain()
}

// plain is a rule without state of its own.
func (m *maker) plain() string {
	switch m.IntN(12) {
	case 0:
		return m.f("-s %s/32 %s", m.address(), m.target())
	case 1:
		return m.f("-s %s -d %s/32 -p tcp -m tcp --dport %d %s", m.network(), m.address(), m.port(), m.target())
	case 2:
		return m.f("-p udp -m udp --dport %d %s", m.port(), m.target())
	case 3:
		return m.f("-p tcp -m multiport --dports %d,%d,%d %s", m.port(), m.port(), m.port(), m.target())
	case 4:
		return "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
	case 5:
		return m.f("-p icmp -m icmp --icmp-type %s -j ACCEPT", m.pick("0", "3", "8", "11"))
	case 6:
		return m.f("-i eth%d -p tcp -m tcp --dport %d --tcp-flags FIN,SYN,RST,ACK SYN -m comment --comment \"service %d\" %s", m.IntN(4), m.port(), m.IntN(1000), m.target())
	case 7:
		return m.f("-m limit --limit %s/sec --limit-burst %s -j LOG --log-prefix \"drop-%d: \" --log-level 4", m.pick("1", "5", "10"), m.pick("5", "10", "20"), m.IntN(1000))
	case 8:
		return m.f("-s %s -m mac --mac-source 02:00:00:00:%02x:%02x %s", m.network(), m.IntN(256), m.IntN(256), m.target())
	case 9:
		return m.f("-m iprange --src-range 10.0.%d.1-10.1.%d.200 %s", m.IntN(256), m.IntN(256), m.target())
	case 10:
		return m.f("! -s %s -p tcp -m tcp --dport %d:%d -m mark --mark 0x%x %s", m.network(), 1024+m.IntN(30000), 32000+m.IntN(30000), 1+m.IntN(254), m.target())
	}
	return m.f("-p tcp -m tcp --sport 1024:65535 --dport %d -m conntrack --ctstate NEW %s", m.port(), m.target())
}

// recent is a rule about a list, as iptables-save writes it.
func (m *maker) recent() string {
	conditions := m.pick("", "-m conntrack --ctstate NEW ", m.f("-p tcp -m tcp --dport %d ", m.port()), m.f("-p tcp -m tcp --dport %d -m conntrack --ctstate NEW ", m.port()))
	list := m.f("--name list%02d --mask 255.255.255.255 %s", m.IntN(lists), m.pick("--rsource", "--rsource", "--rsource", "--rdest"))
	switch m.IntN(6) {
	case 0, 1:
		return m.f("%s-m recent --set %s", conditions, list)
	case 2, 3:
		return m.f("%s-m recent --update --seconds %s --hitcount %s %s%s -j DROP", conditions, m.pick("10", "60", "300", "3600"), m.pick("3", "4", "5", "10", "20"), m.pick("", "", "", "--rttl "), list)
	case 4:
		return m.f("%s-m recent --rcheck --seconds %s %s %s", conditions, m.pick("10", "60", "86400"), list, m.pick("-j DROP", "-j ACCEPT"))
	}
	return m.f("%s-m recent --remove %s", conditions, list)
}

func (m *maker) f(format string, a ...any) string { return fmt.Sprintf(format, a...) }

func (m *maker) pick(words ...string) string { return words[m.IntN(len(words))] }

func (m *maker) target() string {
	return m.pick("-j ACCEPT", "-j ACCEPT", "-j DROP", "-j REJECT --reject-with icmp-port-unreachable", "-j RETURN")
}

func (m *maker) address() string {
	return m.f("%s.%d.%d.%d", m.pick("10", "172", "192", "198", "203"), m.IntN(256), m.IntN(256), 1+m.IntN(254))
}

func (m *maker) network() string {
	return m.f("%s.%d.%d.0/24", m.pick("10", "172", "198"), m.IntN(256), m.IntN(256))
}

func (m *maker) port() int {
	known := []int{22, 25, 53, 80, 110, 143, 443, 587, 993, 3306, 5432, 8080}
	if k := m.IntN(len(known) + 1); k < len(known) {
		return known[k]
	}
	return 1024 + m.IntN(64000)
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
