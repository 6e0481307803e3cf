#!/bin/sh
# Here-documents for iptables-restore, and commands before and behind them.
PORT=22
NAME=ssh
iptables -A INPUT -p tcp --dport 1 -j DROP
iptables -P OUTPUT DROP
iptables -t nat -A POSTROUTING -j MASQUERADE
iptables-restore <<EOF
# a comment
*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:GUARD - [0:0]
-A INPUT -p tcp -m tcp --dport $PORT -j GUARD
-A GUARD -m recent --update --seconds 60 --hitcount 4 --name $NAME -j DROP
-A GUARD -m recent --set --name $NAME -m comment --comment "remember me"
COMMIT
EOF
iptables -A INPUT -p tcp --dport 80 -j ACCEPT
iptables-restore --noflush <<-'EOF'
	*filter
	:GUARD - [0:0]
	:MORE - [0:0]
	-A MORE -j LOG --log-prefix "more "
	-I INPUT 1 -i lo -j ACCEPT
	COMMIT
EOF
cat <<EOF | ip6tables-restore
*filter
:INPUT DROP [0:0]
-A INPUT -p tcp -m tcp --dport $PORT -j ACCEPT
COMMIT
EOF
while read -r proto port comment; do
	[ -n "$proto" ] || continue
	iptables -A INPUT -p $proto --dport $port -m comment --comment "$comment" -j ACCEPT
done <<LIST
tcp 25 mail in
udp 53 names

tcp 443 web, encrypted
LIST
