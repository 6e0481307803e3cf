package xtranslate

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
)

// orphans is the rule of iptables' own tests, and one that sends elsewhere what it does not
// match. In nat the packet without an owner has to begin a connection.
var orphans = Case{
	Family: ast.IPv4,
	Rule:   "-t nat -A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner 1000 -j ACCEPT",
	After:  []string{"-t nat -A OUTPUT -p tcp --dport 80 -j DNAT --to-destination 127.0.0.2"},
}

// shut keeps requests from connection tracking until all rules are there: it asks them once.
const shut = "table ip shut { chain requests { type filter hook output priority -300; tcp dport 80 drop; }; }"

// watchOrphans tracks connections, keeps answers away, which would make the server begin one, and
// counts where requests go.
const watchOrphans = `table ip watch {
	counter kept { }
	counter moved { }
	chain answers { type filter hook output priority -300; tcp sport 80 drop; }
	chain tracked { type filter hook output priority -150; ct state new; }
	chain sent {
		type filter hook postrouting priority 300;
		tcp dport 80 ip daddr 127.0.0.1 counter name kept
		tcp dport 80 ip daddr 127.0.0.2 counter name moved
	}
}
`

// TestOwnerOfNobody holds what becomes of what the kernel still sends for a program that has closed its
// connection, when the kernel no longer knows the connection, as behind conntrack -F.
func TestOwnerOfNobody(t *testing.T) {
	lab.RequireTools(t, "iptables-restore-translate", "iptables-legacy")
	for _, c := range []struct {
		lab.Candidate
		want string
	}{
		{legacy(&orphans), "kept"}, {lab.NFT(theirs, orphans.theirScript(t)), "moved"}, {lab.NFT(ours, orphans.ourScript(t)), "kept"},
	} {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			err := lab.WithNamespace(func(ns *lab.Namespace) error {
				if err := errors.Join(ns.Do(closedTooEarly(ns)), lab.NFT("", shut).Load(ns), lab.NFT("", watchOrphans).Load(ns),
					c.Load(ns), lab.NFT("", "delete table ip shut").Load(ns)); err != nil {
					return err
				}
				if got, err := whereSent(ns); got != c.want {
					t.Errorf("the packet was %s, not %s (%v)", got, c.want, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// closedTooEarly closes a connection while data wait that the server does not read.
func closedTooEarly(ns *lab.Namespace) func() error {
	return func() error {
		l, err := net.Listen("tcp4", "127.0.0.1:80")
		if err != nil {
			return err
		}
		ns.OnClose(l.Close)
		c, err := net.Dial("tcp4", "127.0.0.1:80")
		if err != nil {
			return err
		}
		for err == nil {
			err = c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
			if err == nil {
				_, err = c.Write(make([]byte, 1<<16))
			}
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		return c.Close()
	}
}

// whereSent waits for the kernel to send again, which it does ever more seldom.
func whereSent(ns *lab.Namespace) (string, error) {
	for range 300 {
		time.Sleep(100 * time.Millisecond)
		for _, name := range []string{"kept", "moved"} {
			listed, err := ns.Run("", "nft", "list", "counter", "ip", "watch", name)
			if err != nil {
				return "", err
			}
			if !strings.Contains(listed, "packets 0 ") {
				return name, nil
			}
		}
	}
	return "", fmt.Errorf("no packet came in time")
}
