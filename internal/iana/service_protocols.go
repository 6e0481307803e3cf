package iana

import "strings"

// Knows tells whether Debian's /etc/services has a service's name for a protocol, "tcp" or the
// like. Other systems have other names, but hardly one where Debian has another protocol's alone.
func Knows(name, protocol string) bool {
	switch protocol {
	case "":
		return true
	case "tcp":
		return !udpOnly[name]
	case "udp":
		return udpOnly[name] || tcpAndUDP[name]
	}
	return false
}

func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, n := range strings.Fields(names) {
		set[n] = true
	}
	return set
}

// udpOnly are services of UDP alone, tcpAndUDP those of both. All others are of TCP alone.
var udpOnly = nameSet(`
Clearcase afs3-bos afs3-callback afs3-fileserver afs3-kaserver afs3-prserver afs3-rmtsys afs3-update
afs3-vlserver afs3-volser asf-rmcp babel biff bootpc bootps clearcase comsat dhcpv6-client dhcpv6-server
fsp fspd iax icp icpv2 ipsec-nat-t ipx isakmp kerberos_master l2f l2tp mdns moira-ureg moira_ureg
ms-sql-m netbios-dgm netbios-ns ntalk ntp passwd-server passwd_server predict ptp-event ptp-general route
routed router rplay sgi-cmsd sgi-crsd sgi-gcd talk tftp who whod xdmcp zephyr-clt zephyr-hm zephyr-srv
`)

var tcpAndUDP = nameSet(`
asp chargen cmip-agent cmip-man codaauth2 codasrv codasrv-se datametrics daytime discard domain domain-s
echo gdomap gnunet gnutella-rtr gnutella-svc https isns kdc kerberos kerberos-iv kerberos-master
kerberos-sec kerberos4 kerberos5 kpasswd krb5 ldap ldaps ldp mon nfs null nut old-radacct old-radius
openvpn portmapper radacct radius radius-acct rpc2portmap rtcm-sc104 rtsp sa-msg-port sink sip sip-tls
snmp snmp-trap snmptrap source sunrpc svrloc syslog tacacs time timserver tinc ttytst venus venus-se
`)
