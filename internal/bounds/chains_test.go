package bounds

import (
	"fmt"
	"math/rand/v2"
)

// chainInputs are graphs of chains.
func chainInputs() []input {
	const seen = "-A %s -m recent --set --name X\n-A %s -m recent --rcheck --name X --seconds 60 -j DROP\n"
	call := func(format string) func(i, n int) string {
		return func(i, n int) string {
			if i == n-1 {
				return fmt.Sprintf(seen, fmt.Sprintf("C%d", i), fmt.Sprintf("C%d", i))
			}
			return fmt.Sprintf(format, i, i+1)
		}
	}
	limited := func(name string, most int, body func(i, n int) string) input {
		return input{name, "in.rules", func(size int) string {
			n := min(most, count(size, 40))
			return heads + each(n, f(":C%d - [0:0]\n")) + "-A INPUT -j C0\n" + each(n, func(i int) string { return body(i, n) }) + "COMMIT\n"
		}}
	}
	return []input{
		{"chains", "in.rules", func(size int) string { return heads + fill(size, f(":C%d - [0:0]\n")) + "COMMIT\n" }},
		{"chain-name", "in.rules", func(size int) string { return heads + ":" + fill(size, same("x")) + " - [0:0]\nCOMMIT\n" }},
		{"chain-same", "in.rules", func(size int) string { return heads + fill(size, same(":C - [0:0]\n")) + "COMMIT\n" }},
		{"chain-names-alike", "in.rules", func(size int) string {
			return heads + fill(size, func(i int) string { return fmt.Sprintf(":a%cb%cc%d - [0:0]\n", "+.~@"[i%4], "+.~@"[i/4%4], i/16) }) + "COMMIT\n"
		}},
		{"chain-names-keyword", "in.rules", func(size int) string {
			return "*nat\n" + fill(size/2, f(":C%d - [0:0]\n")) + "COMMIT\n" + heads + fill(size/2, f(":nat_C%d - [0:0]\n")) + "COMMIT\n"
		}},
		chained("calls-deep", 30, call("-A C%[1]d -j C%[2]d\n")),
		chained("gotos-deep", 30, call("-A C%[1]d -g C%[2]d\n")),
		chained("diamonds", 50, call("-A C%[1]d -j C%[2]d\n-A C%[1]d -j C%[2]d\n")),
		chained("diamonds-tests", 70, call("-A C%[1]d -p tcp -j C%[2]d\n-A C%[1]d -p udp -j C%[2]d\n")),
		chained("diamonds-goto", 70, call("-A C%[1]d -p tcp -g C%[2]d\n-A C%[1]d -p udp -j C%[2]d\n")),
		limited("diamonds-14", 14, call("-A C%[1]d -p tcp -j C%[2]d\n-A C%[1]d -p udp -j C%[2]d\n")),
		limited("diamonds-14-ports", 14, func(i, n int) string {
			if i == n-1 {
				return fmt.Sprintf(seen, fmt.Sprintf("C%d", i), fmt.Sprintf("C%d", i))
			}
			return each(300, func(k int) string { return fmt.Sprintf("-A C%d -p tcp --dport %d -j C%d\n", i, k+1, i+1) })
		}),
		limited("diamonds-14-lists", 14, func(i, n int) string {
			if i == n-1 {
				return fmt.Sprintf(seen, fmt.Sprintf("C%d", i), fmt.Sprintf("C%d", i))
			}
			return each(100, func(k int) string {
				return fmt.Sprintf("-A C%d -p tcp --dport %d -m recent --set --name L%d -j C%d\n", i, k+1, k, i+1)
			})
		}),
		limited("graph", 200, func(i, n int) string {
			return each(n-i-1, func(k int) string { return fmt.Sprintf("-A C%d -p tcp --dport %d -j C%d\n", i, k+1, i+k+1) })
		}),
		chained("calls-wide", 110, func(i, n int) string {
			return fmt.Sprintf("-A INPUT -j C%d\n-A C%d -p tcp -m recent --set --name A -j DROP\n", i, i)
		}),
		chained("calls-wide-lists", 140, func(i, n int) string {
			return fmt.Sprintf("-A INPUT -p tcp --dport %d -j C%d\n-A C%d -m recent --update --seconds 60 --hitcount 4 --name A%d -j DROP\n", i%65536, i, i, i)
		}),
		chained("loops", 50, func(i, n int) string { return fmt.Sprintf("-A C%d -p tcp --dport %d -j C%d\n", i, i%65536, (i*7+3)%n) }),
		chained("loop-long", 30, func(i, n int) string { return fmt.Sprintf("-A C%d -j C%d\n", i, (i+1)%n) }),
		chained("loops-own", 30, func(i, n int) string { return fmt.Sprintf("-A C%d -j C%d\n", i, i) }),
		chained("random-graph", 60, func(i, n int) string {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			return fmt.Sprintf("-A C%d -j C%d\n-A C%d -j C%d\n", i, min(n-1, i+1+r.IntN(n)), i, min(n-1, i+1+r.IntN(9)))
		}),
		chained("set-return", 100, func(i, n int) string {
			return fmt.Sprintf("-A C0 -s %s -m recent --set --name A%d -j RETURN\n", address(i), i%9)
		}),
		chained("undeclared", 40, func(i, n int) string { return fmt.Sprintf("-A INPUT -j D%d\n", i) }),
		chained("unlike", 40, func(i, n int) string { return fmt.Sprintf("-A INPUT -j X%dC\n", i) }),
		{"tables", "in.rules", func(size int) string {
			return fill(size, same("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n"))
		}},
		{"tables-all", "in.rules", func(size int) string {
			tables := []string{"raw", "mangle", "nat", "filter", "security"}
			return fill(size, func(i int) string { return "*" + tables[i%5] + "\n-A OUTPUT -m recent --set --name L\nCOMMIT\n" })
		}},
		{"tables-unknown", "in.rules", func(size int) string { return fill(size, f("*t%d\nCOMMIT\n")) }},
		{"tables-open", "in.rules", func(size int) string { return fill(size, same("*filter\n")) }},
	}
}

// commandInputs change rules and chains again and again.
func commandInputs() []input {
	add := func(i, _ int) string { return fmt.Sprintf("-A INPUT -s %s -j DROP\n", address(i)) }
	return []input{
		rules("inserts", func(i int) string { return fmt.Sprintf("-I INPUT 1 -s %s -j DROP\n", address(i)) }),
		rules("inserts-middle", func(i int) string { return fmt.Sprintf("-I INPUT %d -s %s -j DROP\n", i/2+1, address(i)) }),
		halves("deletes", 70, add, func(i, n int) string { return fmt.Sprintf("-D INPUT -s %s -j DROP\n", address(n-1-i)) }),
		halves("deletes-forward", 70, add, func(i, n int) string { return fmt.Sprintf("-D INPUT -s %s -j DROP\n", address(i)) }),
		halves("deletes-absent", 70, add, func(i, n int) string { return fmt.Sprintf("-D INPUT -s %s -j DROP\n", address(i+n)) }),
		halves("deletes-first", 50, add, func(int, int) string { return "-D INPUT 1\n" }),
		halves("deletes-middle", 50, add, func(i, n int) string { return fmt.Sprintf("-D INPUT %d\n", (n-i)/2+1) }),
		halves("deletes-alike", 60, func(int, int) string { return "-A INPUT -p tcp --dport 22 -j DROP\n" },
			func(int, int) string { return "-D INPUT -p tcp --dport 22 -j DROP\n" }),
		halves("replaces", 70, add, func(i, n int) string { return fmt.Sprintf("-R INPUT %d -s 1.2.3.4 -j DROP\n", i+1) }),
		halves("checks", 70, add, func(i, n int) string { return fmt.Sprintf("-C INPUT -s %s -j DROP\n", address(n-1-i)) }),
		commands("cmd-adds", func(i int) string { return "iptables -A INPUT -s " + address(i) + " -j DROP\n" }),
		commands("cmd-inserts", func(i int) string { return "iptables -I INPUT 1 -s " + address(i) + " -j DROP\n" }),
		commands("cmd-inserts-plain", same("iptables -I INPUT -j DROP\n")),
		{"cmd-deletes", "in.txt", func(size int) string {
			n := count(size, 85)
			return each(n, func(i int) string { return "iptables -A INPUT -s " + address(i) + " -j DROP\n" }) +
				each(n, func(i int) string { return "iptables -D INPUT -s " + address(n-1-i) + " -j DROP\n" })
		}},
		{"cmd-checks", "in.txt", func(size int) string {
			n := count(size, 85)
			return each(n, func(i int) string { return "iptables -A INPUT -s " + address(i) + " -j DROP\n" }) +
				each(n, func(i int) string { return "iptables -C INPUT -s " + address(n-1-i) + " -j DROP\n" })
		}},
		commands("cmd-flush", func(i int) string {
			return fmt.Sprintf("iptables -N C%d\niptables -A C%d -j DROP\niptables -F\n", i, i)
		}),
		commands("cmd-delete-chains", func(i int) string { return fmt.Sprintf("iptables -N C%d\niptables -X\n", i) }),
		commands("cmd-keep-chains", func(i int) string {
			return fmt.Sprintf("iptables -N C%d\niptables -A INPUT -j C%d\niptables -X C%d\n", i, i, i)
		}),
		commands("cmd-new-chains", f("iptables -N C%d\n")),
		{"cmd-rename", "in.txt", func(size int) string {
			return "iptables -N C0\n" + fill(size, func(i int) string { return fmt.Sprintf("iptables -A INPUT -j C%d\niptables -E C%d C%d\n", i, i, i+1) })
		}},
		commands("cmd-rename-many", func(i int) string { return fmt.Sprintf("iptables -N C%d\niptables -E C%d D%d\n", i, i, i) }),
		commands("cmd-zero", func(i int) string { return fmt.Sprintf("iptables -N C%d\niptables -Z\n", i) }),
		commands("cmd-policy", same("iptables -P INPUT DROP\n")),
		commands("cmd-tables", func(i int) string {
			return "iptables -t " + []string{"raw", "mangle", "nat"}[i%3] + " -A OUTPUT -j ACCEPT\n"
		}),
		commands("cmd-both", same("iptables -A INPUT -j DROP\nip6tables -A INPUT -j DROP\n")),
		commands("cmd-sudo", same("sudo iptables -A INPUT -j DROP\n")),
		commands("cmd-prompts", same("# iptables -A INPUT -j DROP\n")),
		commands("cmd-continued", same("iptables -A INPUT \\\n")),
		commands("cmd-semicolons", same("iptables -A INPUT -j DROP; ")),
	}
}
