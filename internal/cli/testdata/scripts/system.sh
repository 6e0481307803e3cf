#!/bin/bash
# What firewall scripts do beside the rules.
[ "$(id -u)" -eq 0 ] || { echo "must be root" >&2; exit 1; }
if [ "$EUID" -ne 0 ]; then echo "Please run as root"; exit; fi
IPT=$(which iptables)
IPT6="$(command -v ip6tables)"
[ -x "$IPT" ] || exit 1
if [ ! -x /sbin/iptables ]; then exit 0; fi
echo "Starting firewall on $(hostname) at $(date) for $USER ..."
modprobe ip_conntrack_ftp
echo 1 > /proc/sys/net/ipv4/ip_forward
for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 > $f; done
sysctl -w net.ipv4.tcp_syncookies=1 >/dev/null
if [ -e /proc/sys/net/ipv4/tcp_ecn ]; then echo 0 > /proc/sys/net/ipv4/tcp_ecn; fi
case "$1" in
	stop) $IPT -F; exit 0 ;;
	status) $IPT -nvL; exit 0 ;;
esac
clear; sleep 1
$IPT -P INPUT DROP && echo -e "policy \e[32mset\e[0m"
$IPT6 -P INPUT DROP || exit 3
{
	$IPT -A INPUT -p tcp --syn --dport 22 -m recent --set --name DEFAULT
	$IPT -A INPUT -p tcp --syn --dport 22 -m recent --rcheck --seconds 30 --hitcount 3 -j REJECT --reject-with tcp-reset
} 2>&1
(
	IPT=ip6tables
	$IPT -A INPUT -p tcp --dport 22 -j ACCEPT
)
$IPT -A INPUT -p icmp --icmp-type 8 -j ACCEPT
seq 1 2 | while read n; do $IPT -A INPUT -p tcp --dport 900$n -j ACCEPT; done
for n in `seq 5 -2 1`; do $IPT -A OUTPUT -p tcp --dport 70$n -j ACCEPT; done
IFS=, read a b <<< "192.0.2.5,192.0.2.6"
$IPT -A INPUT -s $a -j DROP
$IPT -A INPUT -s $b -j DROP
list=198.51.100.1,198.51.100.2
OLD=$IFS; IFS=,
for a in $list; do $IPT -A INPUT -s "$a" -j DROP; done
IFS=$OLD
name=${list%%,*}; last="${list##*.}"
$IPT -A INPUT -s $name -p tcp --dport ${last}2 -j ACCEPT
$IPT -nvL | grep -c ACCEPT
$IPT -L -n > /dev/null
echo done
