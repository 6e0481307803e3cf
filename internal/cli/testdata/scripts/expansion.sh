#!/bin/bash
# What the shell makes of words; each result is kept in the comment of a rule.
keep() { iptables -A INPUT -m comment --comment "$*" -j ACCEPT; }
each() { for w in "$@"; do keep "<$w>"; done; }
a='one  two' b= ip=192.0.2.7/24 path=/usr/local/sbin/x.tar.gz
each $a "$a" $b "$b" x$b"y" $a$b
each "${ip%/*}" "${ip#*/}" "${ip##*.}" "${path%%.*}" "${path##*/}" "${#path}"
each ${b:-empty} ${b-unset} ${nope-unset} ${a:+set} "${a:4:3}" "${ip/./,}" "${ip//./,}" "${b:-a\ b}" ${b:-a\b"c"} "${path%"/x."*}" "${a#'*'}" "${nope:-"q  r"}"
each "${a^^}" "${a^}" "${path:(-2)}" "${path: -6:3}"
each $'tab\there' "back\\slash" 'sin$gle' "dol\$lar" esc\ aped "quo\"te" \$x
each {a,b}{1..3} {01..03} {c..a} x{,y} "{no,no}" {single}
each $((1 + 2 * 3)) $((7 / 2)) $((-7 % 3)) $((1 << 4 | 3)) $((0x1f)) $((2 ** 5)) $((5 > 3 && 2 < 1)) $((a1 = 4, a1 + 1)) $a1 $((a1 > 3 ? 10 : 20))
set -- p1 "p 2" p3
each $# "$*" "$@" "${@:2}" ${*:1:1} x"$@"y
IFS=,; list=x,,y,z
each "$*"
unset IFS
l=(x "y z" w); l+=(v); l[1]=Y
each "${l[@]}" ${#l[@]} "${l[*]}" "${l[@]:1:2}" ${l[-1]} "${!l[@]}" "${l[@]/x/-s}"
none=(); declare -A nothing=()
each "${none[@]}" ${none[@]} "${none[*]}" x"${none[@]}"y "${none[@]#z}" "${none[@]:1}" "${!none[@]}" "${nothing[@]}" ${#none[@]} "${l[@]:-1}" ${none[@]:-default}
iptables -A INPUT "${none[@]}" -m comment --comment="no ${none[*]} words" -j ACCEPT
IFS=', ' read -ra list <<< "a, b,c"; printf -v joined '%s:' "${list[@]}"; each "${list[@]}" "$joined"
IFS=: read first others <<< "1:2:3"; each "$first" "$others"
declare -A m; m[k]=v; m["a b"]="c d"
each "${m[k]}" "${m["a b"]}"
v=l1; l1=indirect; each "${!v}"
case "$path" in *.zip) keep zip ;; /usr/*.gz | x) keep usr-gz ;; esac
case 'a*b' in 'a*'?) keep quoted ;; esac
case "" in ?*) keep some ;; *) keep none ;; esac
[[ $ip =~ ^([0-9.]+)/([0-9]+)$ ]] && keep "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
[[ $path == *.tar.* && ! -z $a && ( 3 -gt 2 || x == y ) ]] && keep matched
[[ abc < abd ]] && keep before
f() { local a=inner; g; a=changed; }
g() { keep "g sees $a"; nl=global; }
f; keep "$a $nl"
x=$(echo one; echo two; echo); each $x
y=`echo \`echo nested\``; keep $y
keep "$(printf '%s-%03d|%5s|%-4s|' a 7 b c)"
printf -v unused x 2>/dev/null || true
i=0; while ((i < 5)); do ((i++)); ((i == 2)) && continue; ((i == 4)) && break; keep "loop $i"; done
until [ $i -ge 6 ]; do i=$((i + 1)); done; keep "until $i"
for ((j = 10; j > 0; j -= 4)); do keep "c $j"; done
for n in 1 2 3; do for o in a b; do [ $n$o = 2a ] && continue 2; keep $n$o; done; done
cat <<EOF | while read -r first rest; do keep "$first|$rest"; done
alpha beta  gamma $((1+1)) ${ip%%.*} \$not \\ "quoted"
  indented line
EOF
while IFS=: read -r user x uid _; do keep "$user $uid"; done <<'EOF'
root:x:0:0:$HOME
daemon:x:1:1
EOF
z=5; (z=6; keep "sub $z"); { z=7; }; keep "$z"
echo in | { read q; keep "$q"; }; keep "after ${q-none}"
true && false || keep list; ! true; keep "not $?"
h() { return 3; }; h; keep "status $?"; h || keep "or $?"
if h; then keep no; elif [ $? -eq 3 ]; then keep elif; fi
: ${D:=assigned}; keep $D
k() { shift; keep "k $1 $#"; set -- new; keep "k $1"; }; k 1 2 3; keep "outer $1"
test -n "$a" -a 1 -lt 2 && keep and; [ ! -n "" ] && keep not-n; [ "x" != "y" -o 1 = 2 ] && keep or
eth=eth0; keep ${eth}:1 $eth.5 ${eth:0:3}+ "${eth}"'$eth'
