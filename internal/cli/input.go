package cli

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/safefile"
	"github.com/recentc/recentc/ipset"
	"github.com/urfave/cli/v2"
)

// inputFlags are the options of every command that reads rules.
func inputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "family", Value: "auto", Usage: "`FAMILY` of the rules: ip, ip6 or auto"},
		&cli.UintFlag{Name: "ip-list-tot", Usage: "addresses that a list holds (default: 131072; with -b ebpf 100, as in xt_recent)", DefaultText: "131072"},
		&cli.UintFlag{Name: "ip-pkt-list-tot", Usage: "xt_recent's ip_pkt_list_tot where the rules ran: the limit of --hitcount up to Linux 3.18"},
		&cli.StringFlag{Name: "kernel", Usage: "`VERSION` of Linux where the rules ran, for the limit of --hitcount"},
		&cli.StringSliceFlag{Name: "ipset-file", Usage: "sets of -m set and -j SET, as ipset save wrote them to `FILE`; may be given more than once"},
		&cli.StringFlag{Name: "script-args", Usage: "`WORDS` that shell scripts are called with, such as start"},
		colorFlag(),
		&cli.BoolFlag{Name: "json", Usage: "print messages as JSON"},
	}
}

// readFiles parses all inputs; "-" is standard input, which is also read where
// no file is named. The sets, which become those of rules, are changed as scripts do it.
func (c *Command) readFiles(ctx *cli.Context, rules *compile.Options, sets *ipsets) ([]*ast.File, diag.List, error) {
	names := ctx.Args().Slice()
	if len(names) == 0 {
		names = []string{"-"}
	}
	return c.readNamed(ctx, names, rules, sets)
}

// readNamed is readFiles for some of the inputs.
func (c *Command) readNamed(ctx *cli.Context, names []string, rules *compile.Options, sets *ipsets) ([]*ast.File, diag.List, error) {
	var files []*ast.File
	var diags diag.List
	rules.Sets = sets.byName
	for _, name := range names {
		text, err := c.read(name)
		if err != nil {
			return nil, nil, usage("%v", err)
		}
		if name == "-" {
			name = "<stdin>"
		}
		trial := compile.NewTrial(files, *rules)
		f, l := grammar.Parse(name, text, grammar.Options{
			Args: strings.Fields(ctx.String("script-args")), Firewall: trial, Syntax: compile.Syntax{},
		})
		files = append(files, f)
		diags = append(append(diags, l...), sets.behind(trial)...)
		rules.Sets = sets.byName
	}
	return files, diags, nil
}

// maxInput bounds a file of rules or sets, and standard input: a million rules are 83 MB.
const maxInput = 256 << 20

// read reads an input that the user named.
func (c *Command) read(name string) (string, error) {
	if name == "-" {
		return safefile.ReadStream(c.Stdin, "standard input", maxInput)
	}
	return safefile.Read(name, maxInput)
}

// ipsets are the sets of --ipset-file and of scripts: what they are, and the commands
// that make them. byName is nil where there are none.
type ipsets struct {
	byName ipset.Collection
	text   string
}

// behind takes what a script has made of the sets.
func (s *ipsets) behind(t *compile.Trial) diag.List {
	sets, commands, l, ok := t.Sets()
	if ok {
		s.byName, s.text = sets, s.text+commands
	}
	return l
}

func (c *Command) readSets(ctx *cli.Context) (sets ipsets, diags diag.List, err error) {
	for _, name := range ctx.StringSlice("ipset-file") {
		text, err := c.read(name)
		if err != nil {
			return sets, nil, usage("%v", err)
		}
		if sets.byName == nil {
			sets.byName = ipset.Collection{}
		}
		diags = append(diags, sets.byName.ParseFile(name, text)...)
		sets.text += strings.TrimSuffix(text, "\n") + "\n"
	}
	return sets, diags, nil
}

// release lets go of what the files say, which nobody looks at once they are
// compiled: of a large file it takes as much memory as what is made of it.
func release(files []*ast.File) {
	for _, f := range files {
		f.Entries = nil
	}
}

// emptyInput is the error for inputs without a table or a command, where nothing
// else is wrong with them.
func emptyInput(files []*ast.File, so diag.List) (l diag.List) {
	if so.HasErrors() || slices.ContainsFunc(files, func(f *ast.File) bool { return len(f.Entries) > 0 }) {
		return nil
	}
	d := diag.Diagnostic{
		Code: diag.NothingToDo, Severity: diag.Error, File: files[0].Name, Summary: "there are no rules in the input",
		Why: "An empty firewall is hardly what was meant, so nothing is written.", Fix: "Give a file that iptables-save wrote, or iptables command lines.",
	}
	if i := slices.IndexFunc(so, func(d diag.Diagnostic) bool { return d.Code == diag.NoArguments }); i >= 0 {
		d.File, d.Range, d.Line = so[i].File, so[i].Range, so[i].Line
		d.Summary, d.Fix = "the script loads no rules when it is run without arguments", so[i].Fix
	}
	l.Add(d)
	return l
}

// compileOptions reads the options that concern the rules' meaning.
func compileOptions(ctx *cli.Context) (compile.Options, error) {
	o := compile.Options{IPListTot: uint32(ctx.Uint("ip-list-tot")), IPPktListTot: uint32(ctx.Uint("ip-pkt-list-tot"))}
	switch f := ctx.String("family"); f {
	case "auto", "":
	case "ip", "4", "ipv4":
		o.Family = ast.IPv4
	case "ip6", "6", "ipv6":
		o.Family = ast.IPv6
	default:
		return o, usage("--family %s: write ip, ip6 or auto", f)
	}
	if k := ctx.String("kernel"); k != "" {
		v, ok := compile.ParseVersion(k)
		if !ok {
			return o, usage("--kernel %s is not a version such as 5.10", k)
		}
		o.Kernel = v
	}
	const most = 1 << 24
	if o.IPListTot > most || ctx.Uint("ip-list-tot") > most {
		return o, usage("--ip-list-tot is at most %d", most)
	}
	return o, nil
}

// show prints diagnostics as the command line asks for.
func (c *Command) show(ctx *cli.Context, l diag.List) error {
	l = l.Distinct()
	l.Sort()
	l = l.Bounded()
	if ctx.Bool("json") {
		return diag.WriteJSON(c.Stderr, l)
	}
	l = l.Together()
	t := diag.Text{Color: coloured(ctx, c.Stderr)}
	return t.Write(c.Stderr, l)
}
