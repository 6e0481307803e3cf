package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sync"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/words"
	"github.com/recentc/recentc/ipset"
	"github.com/recentc/recentc/lint"
	"github.com/urfave/cli/v2"
)

func (c *Command) lintCommand() *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "find mistakes in iptables rules",
		ArgsUsage: "FILE...",
		Description: "Says where rules do something else than they seem to, and what a packet would do.\n" +
			"Each file is looked at by itself; rules.v4 and rules.v6 of one folder also together.\n" +
			"A comment \"# recentc:ignore CODE reason\" leaves a finding of the next rule out. Settings\n" +
			"are read from .recentc.toml or .recentc.yaml in the file's folder or one above it.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT` of the findings: text, json, sarif or github"},
			&cli.StringFlag{Name: "severity", Usage: "leave out what is less than `LEVEL`: error, warning or note"},
			&cli.StringFlag{Name: "disable", Usage: "leave these `CODES` out, with commas between them"},
			&cli.StringFlag{Name: "hz", Usage: "clock rates (HZ) of the kernels, with commas (default: 100,250,300,1000)"},
			&cli.StringFlag{Name: "config", Usage: "read settings from `FILE`; none reads none"},
			&cli.BoolFlag{Name: "fix", Usage: "change the files where that needs no choice"},
			&cli.BoolFlag{Name: "list-rules", Usage: "list all checks"},
		}, inputFlags()...),
		Action: c.lint,
	}
}

func (c *Command) lint(ctx *cli.Context) error {
	if ctx.Bool("list-rules") {
		return c.listRules()
	}
	format, err := lintFormat(ctx)
	if err != nil {
		return err
	}
	sets, said, err := c.readSets(ctx)
	if err != nil {
		return err
	}
	names := ctx.Args().Slice()
	if ctx.Bool("fix") && (len(names) == 0 || slices.Contains(names, "-")) {
		return usage("--fix needs files that it can change")
	}
	groups := together(names)
	if err := c.lintAll(ctx, groups, sets.byName); err != nil {
		return err
	}
	if ctx.Bool("fix") {
		if err := c.fixAll(ctx, groups, sets.byName); err != nil {
			return err
		}
	}
	r := joined(groups)
	r.kept = append(r.kept, said...).Bounded()
	if err := c.writeFindings(ctx, format, r); err != nil {
		return exitError{exitSystem, err.Error()}
	}
	switch {
	case slices.ContainsFunc(r.kept, func(d diag.Diagnostic) bool { return lint.Fatal(&d) }):
		return refused(r.kept)
	case len(r.kept) > 0:
		return exitError{exitFindings, ""}
	}
	return nil
}

// group is files that are loaded together, and what is found in them.
type group struct {
	names []string
	files []*ast.File
	kept  diag.List
	left  []lint.Suppressed
	err   error
}

// lintAll looks at all files, at several groups at once.
func (c *Command) lintAll(ctx *cli.Context, groups []*group, sets ipset.Collection) error {
	var wg sync.WaitGroup
	next := make(chan *group)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for g := range next {
				g.err = c.lintGroup(ctx, g, sets)
			}
		})
	}
	for _, g := range groups {
		next <- g
	}
	close(next)
	wg.Wait()
	var errs []error
	for _, g := range groups {
		errs = append(errs, g.err)
	}
	return errors.Join(errs...)
}

// family marks the part of a file's name that tells the address family.
var family = regexp.MustCompile(`ip6?tables|\bipv?[46]\b|v[46]\b|[46]$`)

// together groups the files that a host would load side by side: those of one
// folder whose names differ only in the address family.
func together(names []string) (groups []*group) {
	if len(names) == 0 {
		names = []string{"-"}
	}
	index := map[string]*group{}
	for _, name := range names {
		key := filepath.Join(filepath.Dir(name), family.ReplaceAllString(filepath.Base(name), "*"))
		g := index[key]
		if g == nil || len(g.names) > 1 || g.names[0] == name || name == "-" {
			g = &group{}
			index[key] = g
			groups = append(groups, g)
		}
		g.names = append(g.names, name)
	}
	return groups
}

func (c *Command) lintGroup(ctx *cli.Context, g *group, sets ipset.Collection) error {
	settings, err := c.lintSettings(ctx, g.names[0])
	if err != nil {
		return err
	}
	files, parsed, err := c.readNamed(ctx, g.names, &settings.Options.Options, &ipsets{byName: sets})
	if err != nil {
		return err
	}
	g.files = files
	l := lint.Run(files, append(parsed, emptyInput(files, parsed)...), &settings.Options)
	g.kept, g.left = lint.Suppress(files, l, &settings.Options)
	g.kept = slices.DeleteFunc(g.kept, func(d diag.Diagnostic) bool { return d.Severity > settings.severity })
	return nil
}

// joined puts the findings of all groups together.
func joined(groups []*group) *group {
	all := &group{}
	for _, g := range groups {
		all.files = append(all.files, g.files...)
		all.kept = append(all.kept, g.kept...)
		all.left = append(all.left, g.left...)
	}
	return all
}

func lintFormat(ctx *cli.Context) (string, error) {
	format := ctx.String("format")
	if ctx.Bool("json") {
		format = "json"
	}
	if !slices.Contains([]string{"text", "json", "sarif", "github"}, format) {
		return "", usage("--format %s: write text, json, sarif or github", format)
	}
	return format, nil
}

// writeFindings prints the findings where a pipe finds them: on standard output.
func (c *Command) writeFindings(ctx *cli.Context, format string, r *group) error {
	switch format {
	case "json":
		return diag.WriteJSON(c.Stdout, r.kept)
	case "sarif":
		return diag.WriteSARIF(c.Stdout, sarifRun(r))
	case "github":
		return diag.WriteGitHub(c.Stdout, r.kept)
	}
	t := diag.Text{Color: coloured(ctx, c.Stdout)}
	if err := t.Write(c.Stdout, r.kept); err != nil || len(r.kept) == 0 {
		return err
	}
	_, err := display.Fprintf(c.Stderr, "recentc: %s, %s, %s\n", words.Count(r.kept.Count(diag.Error), "error"), words.Count(r.kept.Count(diag.Warning), "warning"), words.Count(r.kept.Count(diag.Note), "note"))
	return err
}

// sarifRun is a run with all rules: the checks, and what else can be found.
func sarifRun(r *group) diag.Run {
	run := diag.Run{Version: Version, Findings: r.kept}
	for _, e := range diag.Catalog() {
		run.Rules = append(run.Rules, diag.Rule{Explanation: e, Severity: diag.Error})
	}
	for _, check := range lint.Checks() {
		run.Rules = append(run.Rules, diag.Rule{Explanation: check.Explanation, Severity: check.Severity})
	}
	for _, s := range r.left {
		run.Suppressed = append(run.Suppressed, diag.Suppression{Diagnostic: s.Diagnostic, Reason: s.Reason})
	}
	return run
}

func (c *Command) listRules() error {
	for _, check := range lint.Checks() {
		if _, err := display.Fprintf(c.Stdout, "%s  %-7s  %s\n", check.Code, check.Severity, check.Title); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(c.Stdout, "RC1xxx  error    whatever translate refuses or warns of; docs/diagnostics.md lists it")
	return err
}
