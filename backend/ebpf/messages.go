package ebpf

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// fail reports that the rule at hand cannot be translated.
func (t *translator) fail(code diag.Code, summary, why, fix string) {
	t.failed = true
	r := t.rule
	t.diags.Add(diag.Diagnostic{
		Code: code, Severity: diag.Error, File: r.File.Name, Range: r.Range, Rule: true,
		Summary: summary, Why: why, Fix: fix, Line: r.File.Line(r.Range.Start.Line),
	})
}

// unsupported reports a match or target that this backend does not have.
func (t *translator) unsupported(what, why string) {
	t.fail(diag.NotInEBPF, what+" is not translated to eBPF", why, "Use -b nft, which has it, or rewrite the rule.")
}

// lacking reports something of a packet that is not known where the programs are
// to be attached.
func (t *translator) lacking(what, option string) {
	t.fail(diag.NotAtHook, option+" cannot be tested at "+t.at.String(), "A program there does not see "+what+".", "Attach to netfilter, which has it, or rewrite the rule.")
}

// tooLarge reports that the kernel would refuse the object as a whole.
func (t *translator) tooLarge(why string) { t.tooLargeAt(nil, ast.Range{}, why) }

func (t *translator) tooLargeAt(f *ast.File, r ast.Range, why string) {
	d := diag.Diagnostic{
		Code: diag.TooLargeEBPF, Severity: diag.Error, Range: r, Summary: "the rules are more than the kernel takes as BPF programs", Why: why,
		Fix: "Use -b nft, or fewer chains, shorter ones, or smaller lists.",
	}
	if f == nil && t.prog != nil && len(t.prog.Sources) > 0 {
		d.File = t.prog.Sources[0]
	}
	if f != nil {
		d.File, d.Line = f.Name, f.Line(r.Start.Line)
	}
	t.diags.Add(d)
}
