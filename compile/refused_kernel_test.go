package compile_test

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/ipset"
)

// asked are commands of which iptables takes one and refuses its neighbour.
var asked = []string{
	"-N LOG", "-N RETURN", "-N ACCEPT", "-N MARK", "-N mark", "-N log", "-N no-target", "-N TARPIT", "-N ULOG", "-N DNPT", "-N CLUSTERIP",
	"-t nat -P PREROUTING DROP", "-t nat -P OUTPUT DROP", "-t nat -P OUTPUT ACCEPT", "-t mangle -P PREROUTING DROP",
	"-A INPUT -p tcp -m multiport --dports 22:22", "-A INPUT -p tcp -m multiport --ports 20,22:22", "-A INPUT -p tcp -m multiport --dports 22:23",
	"-A INPUT -p tcp -m tcp --dport 22:22", "-A INPUT -m time --weekdays Mon-Fri", "-A INPUT -m time --weekdays 1-5", "-A INPUT -m time --weekdays mon",
	"-A INPUT -m set --match-set four src", "-A INPUT -m set --match-set six src", "-A INPUT -m set ! --match-set six src",
	"-A INPUT -j SET --add-set six src", "-A INPUT -m set --match-set mixed src", "-A INPUT -m set --match-set ports src", "-A INPUT -m set --match-set none src",
}

const askedSets = "create four hash:ip\ncreate six hash:ip family inet6\ncreate ports hash:ip,port\ncreate mixed list:set\nadd mixed six\n"

// TestRefusesWhatIPTablesRefuses asks iptables about each command, and recentc.
func TestRefusesWhatIPTablesRefuses(t *testing.T) {
	lab.RequireIPSet(t)
	for _, command := range asked {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			refused := ask(t, command)
			sets := ipset.Collection{}
			sets.ParseFile("sets", askedSets)
			f, diags := grammar.ParseFile("commands", "iptables "+command+"\n")
			_, l := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4, Sets: sets})
			if diags = append(diags, l...); diags.HasErrors() != (refused != nil) {
				t.Errorf("iptables says %v, recentc %v", refused, diags)
			}
		})
	}
}

// ask runs a command of iptables where the sets are, and gives what it says where it refuses.
func ask(t *testing.T, command string) (refused error) {
	t.Helper()
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		if _, err := ns.Run(askedSets, "ipset", "restore"); err != nil {
			return err
		}
		_, refused = ns.Run("", "iptables-legacy", append([]string{"-w", "30"}, strings.Fields(command)...)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return refused
}
