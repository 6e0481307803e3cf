package live

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/recentc/recentc/internal/command"
)

// beside notes which other firewalls of iptables' stand beside recentc's, of some
// families: those of iptables-legacy that do anything, and those of iptables-nft that
// ask xt_recent.
func beside(families []string) (notes []string) {
	for _, family := range families {
		tool := family + "tables"
		if names := legacyTables(family); len(names) > 0 {
			notes = append(notes, fmt.Sprintf("%s-legacy still has its tables %s loaded: a packet has to pass both firewalls, recentc's first, and xt_recent does not see what recentc drops",
				tool, strings.Join(names, ", ")))
		}
		if saved, err := saved(tool + "-nft-save"); err == nil && strings.Contains(saved, " -m recent ") {
			notes = append(notes, tool+"-nft still has its rules with -m recent loaded: a packet has to pass both firewalls, recentc's first, and xt_recent does not see what recentc drops")
		}
	}
	return notes
}

// legacyTables are the loaded tables of iptables-legacy in which anything stands. The
// kernel keeps an emptied table, which treats no packet in any way.
func legacyTables(family string) (names []string) {
	loaded, _ := os.ReadFile("/proc/thread-self/net/" + family + "_tables_names")
	for _, name := range strings.Fields(string(loaded)) {
		rules, err := saved(family+"tables-legacy-save", "-t", name)
		if err != nil || strings.Contains(rules, "\n-A ") || strings.Contains(rules, " DROP [") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// saved is what a save command of iptables' prints; the error tells that there is none.
func saved(name string, args ...string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			return "", err
		}
	}
	return command.Run(toolTimeout, "", path, args...)
}
