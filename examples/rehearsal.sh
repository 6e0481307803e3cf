#!/usr/bin/env bash
# The night of a migration, rehearsed: a host under attack leaves legacy iptables while its
# twin stays, and every packet must meet the same fate at both. Then three ways of not
# confirming a bad firewall, after each of which the good one must be back.
#
#     examples/rehearsal.sh [RECENTC]       as root; takes about half a minute
#
# All of it happens in namespaces of its own, which end with this script however it ends.
# It needs bash, nft, iptables-legacy, ip and unshare. Exit code 0: all was as it should be.
set -euo pipefail

readonly tick=350000       # µs; multiples stay 150 ms away from the window's 4 s
readonly most_late=130000  # µs; later, and a packet could fall out of a window at one of the hosts alone
readonly late_code=75      # the machine was too busy to say anything

say() { printf '\n%s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
on() { local host=$1; shift; ip netns exec "$host" "$@"; }

# show runs recentc on the host that moves, and shows the command with what it prints.
show() {
	printf '  $ recentc %s\n' "$*"
	on moves recentc "$@" 2>&1 | sed 's/^/  /'
}

# ---- the attack ----

# sends tells whether attacker $1 sends a packet in tick $2.
sends() {
	case $1 in
	1) true ;;                          # never stops
	2) (( $2 % 19 < 6 )) ;;             # stops for longer than the window, and comes back
	3) (( $2 % 4 == 0 )) ;;             # stays just under the limit
	4) (( ($2 * 7919 + 13) % 5 < 2 )) ;; # comes and goes
	5) (( $2 % 3 == 0 )) ;;             # was banned long ago
	esac
}

# attack lets ticks $1 to $2 happen, the first at once. Each packet goes to both hosts, to a
# port of its own: that is how we know it again.
attack() {
	local i now due source
	now=${EPOCHREALTIME/[.,]/}
	local start=$((now - $1 * tick))
	[ ! -s begun ] || start=$(<begun)
	echo "$start" >begun
	for ((i = $1; i <= $2; i++)); do
		due=$((start + i * tick))
		now=${EPOCHREALTIME/[.,]/}
		(( now >= due )) || sleep "$(printf '0.%06d' $((due - now)))"
		for source in 1 2 3 4 5; do
			sends "$source" "$i" || continue
			echo . >"/dev/udp/10.1.0.$source/$((20000 + i * 10 + source))"
			echo . >"/dev/udp/10.2.0.$source/$((20000 + i * 10 + source))"
			echo "$((20000 + i * 10 + source))" >>sent
		done
		now=${EPOCHREALTIME/[.,]/}
		(( now < due + most_late )) || exit $late_code
	done 2>/dev/null
}

# under lets the attack go on for $2 ticks, while the rest of the arguments is done.
next=0
under() {
	local what=$1 ticks=$2 code=0
	shift 2
	on outside nice -n -20 "$BASH" "$self" attack "$next" $((next + ticks - 1)) &
	local attacker=$!
	next=$((next + ticks))
	"$@"
	wait $attacker || code=$?
	if [ $code = $late_code ]; then exit $late_code; fi
	[ $code = 0 ] || fail "the attack ended with $code"
	compare "$what"
}

# arrived lists the packets that came past the firewall of a host.
arrived() { on "$1" nft list set inet seen ports | grep -o '2[0-9]\{4\}' | sort; }

compare() {
	arrived stays >stays.ports
	arrived moves >moves.ports
	diff stays.ports moves.ports || fail "$1: these packets came through at one host alone (<: legacy iptables, >: recentc)"
	[ -s stays.ports ] || fail "no packet came through"
	printf '  %s: %d packets so far, %d came through, %d were stopped; none was treated otherwise by recentc\n' "$1" \
		"$(wc -l <sent)" "$(wc -l <stays.ports)" $(($(wc -l <sent) - $(wc -l <stays.ports)))
}

# ---- the hosts ----

hosts() {
	ip link set lo up
	ip netns add outside
	local host net
	for source in 1 2 3 4 5; do
		ip -n outside address add "198.51.100.$source/32" dev lo
	done
	for host in stays:1 moves:2; do
		net=${host#*:} host=${host%:*}
		ip netns add "$host"
		ip link add "$host" netns outside type veth peer name eth0 netns "$host"
		ip -n outside link set "$host" up
		ip -n "$host" link set eth0 up
		ip -n "$host" link set lo up
		for source in 1 2 3 4 5; do
			ip -n "$host" address add "10.$net.0.$source/32" dev eth0
			ip -n outside route add "10.$net.0.$source/32" dev "$host" src "198.51.100.$source"
		done
		ip -n "$host" route add 198.51.100.0/24 dev eth0
		# Behind every firewall: notes the port of what came through.
		on "$host" nft -f - <<-END
			table inet seen {
				set ports { type inet_service; size 60000; flags dynamic; }
				chain input {
					type filter hook input priority 300;
					udp dport 20000-39999 add @ports { udp dport }
				}
			}
		END
		on "$host" iptables-legacy-restore <rules.v4
		on "$host" sh -c 'echo +198.51.100.5 > /proc/net/xt_recent/BANNED'
	done
}

# ---- not to confirm ----

# state is what must be back: the rules, and who is in which list.
state() {
	on moves nft -s -t list table ip recentc
	on moves recentc list show BANNED | awk 'NR > 1 { print $1, $4, $5, $6, $7, $8 }'
}

# pending starts an apply that waits to be confirmed, by a line in file descriptor 7, and returns
# when the new firewall stands.
pending() {
	rm -f answer
	mkfifo answer
	printf '  $ recentc apply %s\n' "$*"
	ip netns exec moves recentc apply "$@" <answer >said 2>&1 &
	apply=$!
	exec 7>answer
	for _ in {1..100}; do
		grep -q '^Press Enter' said && break
		sleep 0.1
	done
	sed 's/^/  /' said
	grep -q '^Press Enter' said || fail "the firewall was not loaded"
}

end() { kill "-$1" "$apply"; }

# not_confirmed tries a bad firewall, for time $2, and ends the trial as the rest says.
not_confirmed() {
	local how=$1 before
	before=$(state)
	pending --confirm "$2" bad.v4
	[ "$(state)" != "$before" ] || fail "the bad firewall is not loaded"
	echo "  ... $how"
	shift 2
	"$@"
	{ ! wait "$apply"; } 2>/dev/null || fail "apply says that the firewall was kept"
	exec 7>&-
	for _ in {1..100}; do
		[ "$(state 2>/dev/null)" = "$before" ] && break
		sleep 0.1
	done
	diff <(echo "$before") <(state) || fail "not what stood before"
	echo '  back: every rule, and in list BANNED:'
	on moves recentc list show BANNED | sed 's/^/  /'
}

# ---- the night ----

night() {
	cat >rules.v4 <<-'END'
		*filter
		:INPUT ACCEPT [0:0]
		-A INPUT -m recent --rcheck --seconds 3600 --name BANNED -j DROP
		-A INPUT -p udp --dport 20000:39999 -m recent --set --name DOOR
		-A INPUT -p udp --dport 20000:39999 -m recent --update --seconds 4 --hitcount 4 --name DOOR -j DROP
		COMMIT
	END
	# Somebody edits the file at four in the morning: nobody is kept out any more.
	sed -e 's/-j DROP/-j ACCEPT/' -e 's/--seconds 3600/--seconds 60/' rules.v4 >bad.v4
	hosts

	say "Two hosts with the same legacy firewall, and five attackers:"
	sed 's/^/  /' rules.v4
	under "legacy iptables on both" 16 true

	say "One of them moves. The attack does not wait:"
	under "while it was loaded, and both firewalls stood" 14 pending --import-lists --confirm 30s rules.v4
	echo >&7
	wait "$apply" || fail "apply does not say that the firewall was kept"
	exec 7>&-
	tail -n 1 said | sed 's/^/  /'
	under "confirmed" 6 true

	say "The old firewall goes:"
	echo '  $ iptables-legacy -F'
	on moves iptables-legacy -F
	if on moves test -e /proc/net/xt_recent/DOOR; then fail "xt_recent still has its lists"; fi
	under "nftables alone" 16 true
	show list show DOOR

	say "A bad firewall, and nobody presses Enter:"
	not_confirmed "silence" 2s true
	say "A bad firewall, and Ctrl-C:"
	not_confirmed "Ctrl-C" 30s end INT
	say "A bad firewall, and recentc is killed:"
	not_confirmed "kill -9" 30s end KILL
	rm -f begun
	under "after all that" 12 true
	say "All as it should be."
}

# ---- in namespaces of its own, of which nothing is left ----

self=$(realpath "$0")
case ${1:-} in
attack)
	attack "$2" "$3"
	;;
inside)
	mount -t tmpfs tmpfs /run
	mkdir -p /run/netns /run/night/bin
	ln -s "$2" /run/night/bin/recentc
	export PATH=/run/night/bin:$PATH
	cd /run/night
	night
	;;
*)
	[ "$(id -u)" = 0 ] || fail "this needs root"
	for program in nft iptables-legacy ip unshare "${1:-recentc}"; do
		command -v "$program" >/dev/null || fail "$program is not installed"
	done
	program=$(realpath "$(command -v "${1:-recentc}")")
	for _ in 1 2 3; do
		code=0
		timeout -k 2 100 unshare --net --mount --pid --fork --kill-child --mount-proc "$BASH" "$self" inside "$program" || code=$?
		[ $code = $late_code ] || exit $code
		say "This machine was too busy to send packets on time. Once more:"
	done
	fail "this machine is too busy"
	;;
esac
