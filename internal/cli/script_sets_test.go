package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestScriptSetsOfSeveralFiles holds what sets each of several files has: those of
// --ipset-file, and those that the scripts in front of it have made.
func TestScriptSetsOfSeveralFiles(t *testing.T) {
	const (
		makes = "#!/bin/sh\nipset create banned hash:ip || ipset flush banned\nipset add banned 192.0.2.1\n"
		adds  = "#!/bin/sh\nipset add banned 192.0.2.2\niptables -A INPUT -m set --match-set banned src -j DROP\n"
		rules = "*filter\n-A FORWARD -m set --match-set banned src -j DROP\nCOMMIT\n"
		given = "create banned hash:ip maxelem 100\nadd banned 192.0.2.9\n"
	)
	for _, c := range []struct {
		name  string
		files []string
		sets  string
		code  int
		want  string
	}{
		{"two scripts", []string{makes, adds}, "", exitOK, "192.0.2.1, 192.0.2.2\n"},
		{"a file behind", []string{makes, adds, rules}, "", exitOK, "192.0.2.1, 192.0.2.2\n"},
		{"a file in front", []string{rules, makes, adds}, "", exitUsage, "0.rules:2:31: error[RC1503]: there is no set banned"},
		{"a file in front, with sets", []string{rules, adds}, given, exitOK, "192.0.2.9, 192.0.2.2\n"},
		{"filled anew", []string{rules, makes, adds}, given, exitOK, "192.0.2.1, 192.0.2.2\n"},
		{"no maker", []string{adds}, "", exitUsage, "there is no set banned at this line"},
		{"destroyed in front of a file", []string{makes, "#!/bin/sh\nipset destroy\n", rules}, "", exitUsage, "there is no set banned"},
		{"in use by a file in front", []string{rules, "#!/bin/sh\nipset destroy banned || iptables -A INPUT -p tcp --dport 77 -j DROP\n"}, given, exitOK, "tcp dport 77"},
		{"gone with its rules", []string{makes, adds, "#!/bin/sh\niptables -D INPUT -m set --match-set banned src -j DROP\nipset destroy banned\n"}, "", exitUsage, "error[RC15"},
		{"made and gone", []string{makes + "iptables -A INPUT -m set --match-set banned src -j DROP\niptables -F INPUT\nipset destroy banned\n"}, "", exitUsage, "rules have named it"},
	} {
		dir := t.TempDir()
		args := []string{"translate"}
		for i, text := range c.files {
			args = append(args, filepath.Join(dir, fmt.Sprint(i, ".rules")))
			write(t, args[i+1], text)
		}
		if c.sets != "" {
			args = append(args, "--ipset-file", filepath.Join(dir, "sets.ipset"))
			write(t, args[len(args)-1], c.sets)
		}
		if code, stdout, stderr := run("", args...); code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%s: exit %d, not %d with %q\n%s%s", c.name, code, c.code, c.want, stdout, stderr)
		}
	}
}
