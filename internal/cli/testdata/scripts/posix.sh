#!/bin/sh
# The shell of Debian's /bin/sh: no braces, no arrays; errors and set -e.
set -eu
keep() { iptables -A INPUT -m comment --comment "$*" -j ACCEPT; }
each() { for w; do keep "<$w>"; done; }
each {a,b} a{1..3}
export A=1 B="two words"
readonly C=3
each "$A" "$B" $C "${D-}" "${D:-d}"
f() {
	local x y=5
	x=$1
	keep "$x $y"
}
f first
false || keep caught
if false; then keep no; fi
keep "$(false || echo out)"
! false
while :; do keep once; break; done
IFS='
'
for line in $(printf 'a b\nc d\n'); do keep "$line"; done
IFS=:
set -- $(echo x:y:z)
unset IFS
keep "$1 $3 $#"
[ "$1" = x ] && keep equal
[ "$1" = y ] && keep never
keep after
case $2 in [xyz]) keep class ;; esac
trap - EXIT
iptables -C INPUT -j DROP 2>/dev/null || iptables -A INPUT -j DROP
iptables -N NEW 2>/dev/null && keep made
iptables -N NEW 2>/dev/null || keep "made before"
(exit 4) || keep "status $?"
iptables -D INPUT -p udp -j ACCEPT
keep "not reached"
