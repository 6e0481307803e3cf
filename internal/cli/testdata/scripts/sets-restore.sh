#!/bin/bash
# Sets that ipset restore makes, and a list that is filled anew and swapped in.
set -eu
ipset restore <<EOF
# who may come in
create office hash:ip family inet comment
add office 192.0.2.1 comment "the front desk"

add office 192.0.2.2
COMMIT
EOF
ipset -exist -R <<-EOF
	-N office hash:ip comment
	-A office 192.0.2.2
	-A office 192.0.2.3
EOF
load() {
	local name=$1
	shift
	ipset create "$name" hash:net -exist
	ipset create "$name-new" hash:net 2>/dev/null || ipset flush "$name-new"
	{
		for net in "$@"; do
			echo "add $name-new $net"
		done
	} | ipset restore
	ipset swap "$name-new" "$name"
	ipset destroy "$name-new"
}
load blocked 198.51.100.0/25 198.51.100.128/25
if ! iptables -C INPUT -m set --match-set blocked src -j DROP 2>/dev/null; then
	iptables -A INPUT -m set --match-set blocked src -j DROP
fi
load blocked 203.0.113.0/24
ipset -exist restore <<< 'add blocked 10.0.0.0/8
add blocked 10.0.0.0/8'
printf 'add blocked 10.1.0.0/16 nomatch -exist\nadd blocked 10.1.0.0/16 nomatch\n' | sudo /usr/sbin/ipset restore
iptables-restore --noflush <<EOF
*filter
-A INPUT -m set --match-set office src -j ACCEPT
COMMIT
EOF
