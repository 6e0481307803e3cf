#!/bin/sh
# Variables, defaults, loops over words and quoting.
PATH=/sbin:/usr/sbin:/bin:/usr/bin
IPT=/sbin/iptables
export WAN=eth0 LAN="eth1"
TCP_PORTS="22 80 443"
EXTRA=
LIMIT="-m limit --limit ${RATE:-3/min} --limit-burst 5"
NETS='192.0.2.0/24
198.51.100.0/24'

$IPT -F
$IPT -X
$IPT -t nat -F
$IPT -P INPUT DROP
$IPT -P FORWARD DROP
"$IPT" -A INPUT -i lo -j ACCEPT
for port in $TCP_PORTS 8080 ; do
	$IPT -A INPUT -i $WAN -p tcp --dport $port -m state --state NEW -m recent --set --name "tcp_$port"
	$IPT -A INPUT -i $WAN -p tcp --dport $port -m state --state NEW \
		-m recent --update --seconds 60 --hitcount 4 --name tcp_$port -j DROP
	$IPT -A INPUT -i $WAN -p tcp --dport $port $EXTRA -j ACCEPT
done
for net in $NETS
do
	$IPT -A FORWARD -i ${LAN} -s $net -j ACCEPT
	$IPT -A FORWARD -o "${LAN}" ! -d "$net" -j DROP
done
i=0
while [ $i -lt 3 ]; do
	$IPT -A INPUT -p udp --dport $((1000 + i)) -j ACCEPT -m comment --comment "port number $i"
	i=$((i + 1))
done
$IPT -A INPUT $LIMIT -j LOG --log-prefix "dropped: "
$IPT -t nat -A POSTROUTING -o $WAN -j MASQUERADE
