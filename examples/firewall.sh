#!/bin/sh
IPT=$(which iptables)
ADMIN="192.0.2.10 192.0.2.11"

modprobe nf_conntrack
echo 1 > /proc/sys/net/ipv4/tcp_syncookies

guard() { # PORT HITS
	$IPT -A INPUT -p tcp --dport $1 -m recent --name port$1 --update --seconds 60 --hitcount $2 -j DROP
	$IPT -A INPUT -p tcp --dport $1 -m recent --name port$1 --set -j ACCEPT
}

$IPT -F
$IPT -P INPUT DROP
for ip in $ADMIN; do
	$IPT -A INPUT -s $ip -j ACCEPT
done
guard 22 4
