package cli

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/explain"
	"github.com/recentc/recentc/lint"
	"github.com/urfave/cli/v2"
)

func (c *Command) explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "explain recent rules in plain words, or a message's code such as RC1203",
		ArgsUsage: "FILE... or CODE...",
		Description: "For a file: each list's story, rule by rule in the order in which packets meet them, how\n" +
			"many packets pass before a rule matches, and how faithful the translation is.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT`: text, json, or dot (a graph for Graphviz)"},
		}, inputFlags()...),
		Action: c.explain,
	}
}

func (c *Command) explain(ctx *cli.Context) error {
	if ctx.NArg() == 0 {
		return usage("explain needs a file of rules, or a code such as RC1203")
	}
	if !isCode(ctx.Args().First()) {
		return c.explainFiles(ctx)
	}
	for i, code := range ctx.Args().Slice() {
		e, ok := diag.Lookup(code)
		check, ours := lint.Lookup(code)
		if !ok && !ours {
			return usage("there is no code %s; docs/diagnostics.md and docs/lint.md list them", code)
		}
		if ours {
			e = check.Explanation
		}
		if i > 0 {
			fmt.Fprintln(c.Stdout)
		}
		c.printExplanation(e)
	}
	return nil
}

var codeForm = regexp.MustCompile(`(?i)^rc\d+$`)

// isCode tells a code from a file's name.
func isCode(arg string) bool { return codeForm.MatchString(arg) }

// explainFiles tells what the recent rules of the files do.
func (c *Command) explainFiles(ctx *cli.Context) error {
	write, err := explainFormat(ctx)
	if err != nil {
		return err
	}
	rules, err := compileOptions(ctx)
	if err != nil {
		return err
	}
	sets, diags, err := c.readSets(ctx)
	if err != nil {
		return err
	}
	files, l, err := c.readFiles(ctx, &rules, &sets)
	if err != nil {
		return err
	}
	diags = append(diags, l...)
	programs, l := compile.Compile(files, rules)
	diags = append(diags, l...)
	out, l := nft.Translate(programs, nft.Options{})
	diags = append(append(diags, l...), emptyInput(files, diags)...)
	forgive(diags) // what is not translated can be explained all the same
	if err := c.show(ctx, diags); err != nil || diags.HasErrors() {
		return errors.Join(err, refused(diags))
	}
	lists := explain.Lists(programs, explain.Backend{Name: "nftables", Matches: out.Matches},
		explain.Backend{Name: "eBPF", Matches: ebpfMatches(programs)})
	if len(lists) == 0 {
		return exitError{exitOK, "there is no recent rule to explain"}
	}
	return write(c.Stdout, lists)
}

// ebpfMatches is what the eBPF backend says of the rules that it takes.
func ebpfMatches(programs []*compile.Program) []backend.Match {
	out, diags := ebpf.Translate(programs, ebpf.Options{})
	type place struct {
		file string
		line uint32
	}
	refused := map[place]bool{}
	for _, d := range diags {
		if d.Severity == diag.Error {
			refused[place{d.File, d.Range.Start.Line}] = true
		}
	}
	return slices.DeleteFunc(out.Matches, func(m backend.Match) bool {
		return refused[place{m.Rule.File.Name, m.Rule.Range.Start.Line}]
	})
}

func explainFormat(ctx *cli.Context) (func(io.Writer, []explain.List) error, error) {
	format := ctx.String("format")
	if ctx.Bool("json") && !ctx.IsSet("format") {
		format = "json"
	}
	switch format {
	case "text":
		return explain.WriteText, nil
	case "json":
		return writeJSON[[]explain.List], nil
	case "dot":
		return explain.WriteDOT, nil
	}
	return nil, usage("--format %s: write text, json or dot", format)
}

func writeJSON[T any](w io.Writer, v T) error {
	return display.JSON(w, v, true)
}

func (c *Command) printExplanation(e diag.Explanation) {
	display.Fprintf(c.Stdout, "%s: %s\n\n%s\n", e.Code, e.Title, wrap(e.Why, 78))
	c.example("Before", e.Before)
	c.example("After", e.After)
}

func (c *Command) example(title, text string) {
	if text == "" {
		return
	}
	display.Fprintf(c.Stdout, "\n%s:\n", title)
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		display.Fprintf(c.Stdout, "    %s\n", line)
	}
}

// wrap breaks a text between words so that no line is longer than width.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for _, w := range strings.Fields(text) {
		switch {
		case column == 0:
		case column+1+len(w) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(w)
		column += len(w)
	}
	return b.String()
}
