package docgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/lint"
)

const lintIntro = `recentc lint says where rules do something else than they seem to: mistakes, not style. Each finding has a place,
what a packet does there, and a remedy. What is said about packets is shown on the kernel's own xt_recent by
TestClaims and its neighbours in lint/kernel_test.go.

    recentc lint /etc/iptables/rules.v4 /etc/iptables/rules.v6
    recentc explain RC2023

An *error* is what iptables, the kernel or recentc would refuse, a *warning* something that hardly anybody means, a
*note* something to know. --severity warning leaves the notes out, of the output and of the exit code: 0 nothing
found, 1 findings, 2 the input or the command line is wrong, 3 the system failed.

## Leave a finding out

A comment above the rule, with the reason, leaves a finding of it out; one that leaves nothing out is reported:

    # recentc:ignore RC2001 filled by our intrusion detection
    -A INPUT -m recent --rcheck --seconds 3600 --name bad -j DROP

The nearest .recentc.toml, .recentc.yaml or .recentc.yml in the file's folder or above has settings for all runs; the
command line goes before it:

    disable = ["RC2040"]      # codes that are not wanted
    severity = "warning"      # error, warning or note
    kernel = "5.10"           # the oldest kernel that loads the rules
    hz = [250]                # clock rates of these kernels
    ip-list-tot = 10000       # parameters of xt_recent
    ip-pkt-list-tot = 20

## In CI

--format sarif is for code scanning, github for annotations, json for everything else. Ready to be copied:
action.yml (a GitHub action), .pre-commit-hooks.yaml, and in contrib/ a job for GitLab and a problem matcher (with
--severity warning: GitHub's matchers know no notes).
--fix makes the changes that need no choice: it puts -m recent behind the rule's other matches (RC2010), and writes
--rcheck for the --check of old tutorials and xt_recent for ipt_recent.

## Checks

Whatever translate refuses or warns of (docs/diagnostics.md) is found as well. Of the output of the examples only the
findings of the check itself are shown.
`

// lintChecks is the page of all checks, each with its example and what lint says
// about it.
func lintChecks() string {
	var b strings.Builder
	b.WriteString("# Checks of recentc lint\n\n" + made + lintIntro + "\n| code | severity | |\n|---|---|---|\n")
	for _, c := range lint.Checks() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.Code, c.Severity, c.Title)
	}
	for _, c := range lint.Checks() {
		fmt.Fprintf(&b, "\n### %s: %s\n\n%s (%s, since %s)\n", c.Code, c.Title, c.Why, c.Severity, c.Since)
		example(&b, "Before", c.Before)
		example(&b, "`recentc lint` says", lintOutput(c.Before, c.Code))
		example(&b, "After", c.After)
	}
	return b.String()
}

// lintOutput is what lint says about an input under one code.
func lintOutput(text string, code diag.Code) string {
	f, parsed := grammar.ParseFile("rules", text)
	files := []*ast.File{f}
	opts := &lint.Options{}
	l, _ := lint.Suppress(files, lint.Run(files, parsed, opts), opts)
	l = slices.DeleteFunc(l, func(d diag.Diagnostic) bool { return d.Code != code })
	var b strings.Builder
	for i := range l {
		b.WriteString(diag.Text{}.One(&l[i]))
	}
	return b.String()
}
