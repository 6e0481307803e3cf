#!/bin/bash
# Functions with arguments, local variables, arrays, case and both families.
set -e -u
ipt4() { /sbin/iptables -w "$@"; }
ipt6 () {
	ip6tables -w 5 "$@"
}
both() {
	ipt4 "$@"
	ipt6 "$@"
}
function open_port {
	local proto=$1 port="$2"
	shift 2
	both -A INPUT -p "$proto" --dport "$port" "$@" -j ACCEPT
}
guard() {
	local name=$1 hits=${2:-4} seconds=${3:-60}
	case "$name" in
		ssh|sftp) port=22 ;;
		web*) port=80 ;;
		*) return 1 ;;
	esac
	both -A INPUT -p tcp --dport $port -m recent --name "$name" --update --seconds $seconds --hitcount $hits -j DROP
	both -A INPUT -p tcp --dport $port -m recent --name "$name" --set
}

both -P INPUT DROP
both -N LOGDROP
both -A LOGDROP -j LOG --log-prefix "fw drop: " --log-level 4
both -A LOGDROP -j DROP
guard ssh
guard web-front 20 10
guard nothing || true
OPEN=(22 80 "443")
OPEN+=(8443)
for p in "${OPEN[@]}"; do open_port tcp "$p" -m conntrack --ctstate NEW; done
open_port udp 53
for ((n = 1; n <= 3; n++)); do
	[[ $n -eq 2 ]] && continue
	ipt4 -A INPUT -s 10.0.$n.0/24 -j ACCEPT
done
ipt6 -A INPUT -p ipv6-icmp -j ACCEPT
for net in 10.{1,2}.0.0/16; do ipt4 -A FORWARD -s $net -j LOGDROP; done
both -A INPUT -j LOGDROP
