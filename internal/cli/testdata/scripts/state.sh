#!/bin/sh
# Commands whose effect depends on the rules, and scripts that look at it.
iptables -D INPUT -p tcp --dport 22 -j ACCEPT 2>/dev/null
iptables -X NOTHERE 2>/dev/null
iptables -N SSH
iptables -N SSH
iptables -A SSH -m recent --name SSH --set
iptables -A SSH -m recent --name SSH --update --seconds 60 --hitcount 4 -j DROP
iptables -X SSH
iptables -C INPUT -p tcp --dport 22 -j SSH || iptables -A INPUT -p tcp --dport 22 -j SSH
iptables -C INPUT -p tcp --dport 22 -j SSH || iptables -A INPUT -p tcp --dport 22 -j SSH
if ! iptables -L BLOCK -n >/dev/null 2>&1; then
	iptables -N BLOCK
fi
iptables -nL BLOCK > /dev/null 2>&1 || iptables -N BLOCK
iptables -I INPUT -i lo -j ACCEPT
iptables -I INPUT 2 -m state --state ESTABLISHED,RELATED -j ACCEPT
iptables -I INPUT 2 -j BLOCK
iptables -A BLOCK -s 192.0.2.1 -j DROP
iptables -A BLOCK -s 192.0.2.2 -j DROP
iptables -A BLOCK -s 192.0.2.3 -j DROP
iptables -R BLOCK 2 -s 192.0.2.22 -j REJECT
iptables -D BLOCK 1
iptables -D BLOCK -s 192.0.2.3/32 -j DROP
iptables -D BLOCK -s 192.0.2.3/32 -j DROP
iptables -t mangle -A PREROUTING -j MARK --set-mark 1
iptables -t mangle -F
while iptables -D INPUT -i lo -j ACCEPT 2>/dev/null; do removed=$((removed + 1)); done
[ "$removed" = 1 ] && iptables -A INPUT -i lo -m comment --comment "one was removed" -j ACCEPT
iptables -P FORWARD DROP
iptables -Z
iptables -E BLOCK BLOCKED
iptables -A FORWARD -j BLOCKED; test $? -eq 0 && iptables -A FORWARD -j REJECT
exit 0
iptables -F
