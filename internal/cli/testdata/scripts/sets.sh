#!/bin/sh
# Sets of ipset. The status of each command becomes the port of a rule.
IPT=/usr/sbin/iptables
IPSET="ipset"
n=1000
say() {
	"$@" >/dev/null 2>&1
	$IPT -A STATUS -p tcp --dport $((n + $?)) -j ACCEPT
	n=$((n + 10))
}
$IPT -N STATUS

say ipset list banned
say ipset create banned hash:net counters
say ipset create banned hash:net counters
say ipset create banned hash:net counters -exist
say ipset -exist create banned hash:net
say ipset -! create banned hash:ip
say ipset create banned hash:net hashsize 4096 counters forceadd -exist
for net in 192.0.2.0/24 198.51.100.7 10.0.0.0/8; do
	$IPSET -q add banned $net || true
	say ipset add banned $net
	say ipset add banned $net -exist
done
say ipset add banned 10.1.0.0/16 nomatch
say ipset test banned 10.1.2.3
say ipset test banned 10.2.2.3
say ipset test banned 10.1.0.0/16
say ipset test banned 10.2.0.0/16
say ipset test banned 172.16.0.1
say ipset test nothere 172.16.0.1
say ipset del banned 172.16.0.0/12
say ipset -exist del banned 172.16.0.0/12
say ipset del banned 198.51.100.7
say ipset add banned 192.0.2.1 packets 5 bytes 300
say ipset add banned 192.0.2.2 comment text
say ipset add banned 192.0.2.3 timeout 60
say ipset add nothere 192.0.2.3

say ipset -N old iphash --hashsize 64
say ipset -A old 192.0.2.1
say ipset -D old 192.0.2.9
say ipset rename old older
say ipset rename old older
say ipset create few hash:ip maxelem 2 timeout 300
say ipset add few 192.0.2.1
say ipset add few 192.0.2.2 timeout 0
say ipset add few 192.0.2.3
say ipset add few 192.0.2.1 timeout 500 -exist
say ipset create ports bitmap:port range 1-1024
say ipset add ports 20-25
say ipset del ports 22
say ipset create hosts bitmap:ip range 10.0.0.0/24
say ipset create hosts bitmap:ip range 10.0.0.0/24 -exist
say ipset create hosts bitmap:ip range 10.0.0.0/23 -exist
say ipset rename hosts older
say ipset create services hash:ip,port
say ipset add services 192.0.2.1,tcp:80-82
say ipset test services 192.0.2.1,82
say ipset test services 192.0.2.1,udp:82
say ipset create v6 hash:net family inet6
say ipset create v6 hash:net family inet -exist
say ipset add v6 2001:db8::/32
say ipset create all list:set
say ipset add all banned
say ipset add all few before banned
say ipset add all banned
say ipset add all nothere
say ipset destroy few
say ipset rename few fewer

# A set that rules name stays, and the rules follow the name.
$IPT -A INPUT -m set --match-set banned src -j DROP
$IPT -A INPUT -m set --match-set all src -j DROP
$IPT -A INPUT -p tcp -m set --match-set services dst,dst -j ACCEPT
ip6tables -A INPUT -m set ! --match-set v6 src -j DROP
$IPT -A FORWARD -j SET --add-set few src
say ipset destroy banned
say ipset rename banned prohibited
say ipset destroy
say ipset create new hash:net counters
say ipset add new 203.0.113.0/24
say ipset swap new banned
say ipset swap new nothere
say ipset destroy new
say ipset destroy new
say ipset -exist destroy new
say $IPT -D INPUT -m set --match-set banned src -j DROP
say $IPT -C INPUT -m set --match-set nothere src -j DROP
say ipset destroy banned2
say ipset flush services
say ipset flush nothere
say ipset save older
say ipset list
say ipset -L nothere -n
say ipset version
say $IPT -D INPUT -m set --match-set nothere src -j DROP
say ipset create many list:set size 4
for i in 1 2 3 4 5 6; do
	ipset create "member$i" hash:ip
	say ipset add many "member$i"
done
say ipset -exist add many member6 before member1
say ipset create nets hash:ip netmask 24
say ipset add nets 192.0.2.9
say ipset add nets 192.0.2.10
say ipset test nets 192.0.2.11
say ipset -exist flush nothere
say ipset -exist swap nothere nets
say ipset -X nets
