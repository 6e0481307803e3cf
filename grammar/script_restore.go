package grammar

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// restoreFamily recognises iptables-restore and iptables-save.
func restoreFamily(name string) (family ast.Family, kind string, ok bool) {
	for _, kind := range []string{"-restore", "-save"} {
		if base, found := strings.CutSuffix(name, kind); found {
			family, ok = commandFamily(base)
			return family, kind, ok
		}
	}
	return ast.FamilyUnknown, "", false
}

func (s *shell) saveOrRestore(family ast.Family, kind string, args []argument) {
	s.status = 0
	if kind == "-save" {
		s.printUnknown("iptables-save")
		s.skip("iptables-save", s.at)
		return
	}
	to := restoring{shell: s, family: family, flush: true}
	test, ok := to.options(args)
	if !ok {
		return
	}
	if s.io.from != nil {
		s.fileNotRead(s.io.from)
		return
	}
	if in, ok := s.take(args[0].at); ok && !test && s.filesOnly("", nil) {
		s.restore(in, to)
	}
}

// options reads those of iptables-restore. A file's name is one of the words.
func (t *restoring) options(args []argument) (test, ok bool) {
	for i := 1; i < len(args); i++ {
		switch a := args[i].text; {
		case a == "-n" || a == "--noflush":
			t.flush = false
		case a == "-c" || a == "--counters":
			t.counters = true
		case a == "-t" || a == "--test":
			test = true
		case a == "-W" || a == "-M" || a == "-w" && i+1 < len(args) && isDigits(args[i+1].text):
			i++
		case a == "-w":
		case strings.HasPrefix(a, "--wait") || a == "-v" || a == "--verbose":
		case strings.HasPrefix(a, "-"):
			t.shell.notRun(args[i].at, args[0].text+" "+a+" is not run")
			return false, false
		default:
			t.shell.io.from = &fileUse{a, args[i].at}
		}
	}
	return test, true
}

// restore applies a text in iptables-save's form.
func (s *shell) restore(in *input, to restoring) {
	p := &lineParser{file: &ast.File{Name: s.file.Name, Style: ast.Save}, out: &chunk{}, doubts: doubts{syntax: s.syntax}}
	lines := strings.Split(in.text, "\n")
	if !s.step(1+len(lines)/10) || !s.keepBytes(2*len(in.text)+ruleCost*len(lines)) {
		return
	}
	in.text = ""
	if in.start > 0 {
		p.all(lines, int(in.start))
	} else {
		for i := range lines {
			p.all(lines[i:i+1], int(in.at.Start.Line))
		}
	}
	s.diags = append(s.diags, p.out.diags...)
	for _, e := range p.out.entries {
		to.entry(e)
	}
	if to.open {
		s.add(diag.Error, diag.NoCommit, to.table.Range, "table "+to.table.Text+" has no COMMIT", "iptables-restore would never load it.", "Write COMMIT behind the table's last rule.")
	}
}

// restoring writes the lines of iptables-restore's input as the commands that
// have their effect.
type restoring struct {
	shell           *shell
	family          ast.Family
	flush, counters bool
	table           ast.Word
	open            bool
}

func (t *restoring) entry(e ast.Entry) {
	if _, ok := e.(*ast.Table); !ok && !t.open {
		t.shell.add(diag.Error, diag.OutsideTable, e.At(), "this line stands outside a table", "iptables-restore refuses all of it.", "Put *filter, or the table that is meant, in front of it.")
		return
	}
	switch e := e.(type) {
	case *ast.Table:
		t.table, t.open = e.Name, true
		if t.flush {
			t.run(&ast.Rule{Range: e.Range, Op: ast.Flush})
			t.run(&ast.Rule{Range: e.Range, Op: ast.DeleteChain})
		}
	case *ast.Chain:
		t.chain(e)
	case *ast.Commit:
		t.open = false
	case *ast.Rule:
		if table := e.Operand().Table; table.Text != "" {
			t.shell.add(diag.Error, diag.OptionConflict, table.Range, "-t "+table.Text+" inside table "+t.table.Text, "iptables-restore refuses -t in a rule.", "Move the rule to its table's section.")
			return
		}
		if !t.counters {
			e.Counters = ast.Counters{}
		}
		t.run(e)
	}
}

// builtinChains keep their rules at a chain line; others are emptied or made.
var builtinChains = []string{"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}

func (t *restoring) chain(e *ast.Chain) {
	if e.Policy.Text != "-" {
		t.run(&ast.Rule{Range: e.Range, Op: ast.Policy, Chain: e.Name, Operands: &ast.Operands{Arg: e.Policy}})
		return
	}
	if slices.Contains(builtinChains, e.Name.Text) {
		return
	}
	create := &ast.Rule{Range: e.Range, Op: ast.NewChain, Chain: e.Name}
	if why := t.try(create); why != nil && why.Code == diag.ChainExists {
		t.run(&ast.Rule{Range: e.Range, Op: ast.Flush, Chain: e.Name})
		return
	}
	t.shell.keep(create)
}

func (t *restoring) try(r *ast.Rule) *diag.Diagnostic {
	all := r.Operand()
	all.Table = t.table
	r.SetOperand(all)
	r.Family = t.family
	return t.shell.fw.Run(t.shell.file, r)
}

// run applies a command that must work: iptables-restore gives up where one does
// not, which package compile reports.
func (t *restoring) run(r *ast.Rule) {
	if why := t.try(r); why != nil && why.Code == diag.IPSetUnknown {
		t.shell.diags.Add(*why)
		return
	}
	t.shell.keep(r)
}
