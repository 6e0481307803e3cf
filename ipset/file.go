package ipset

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// ParseFile applies the lines of text, which messages call name, to the sets. As
// `ipset -exist restore` does, it takes a set or an entry that is there already.
// Lines with errors are reported and left out.
func (c Collection) ParseFile(name, text string) (diags diag.List) {
	p := &parser{sets: c, file: &ast.File{Name: name, Text: text}, diags: &diags, use: &usage{}}
	if i := strings.IndexByte(text, 0); i >= 0 {
		p.lineNo = uint32(strings.Count(text[:i], "\n") + 1)
		p.report(diag.NotText, ast.Word{}, "this is not a text file: there is a NUL byte",
			"The file of `ipset save` is plain text; this may be compressed, or in UTF-16.", "Give the file that ipset save wrote.")
		return diags
	}
	for _, s := range c {
		s.reopen()
	}
	for line := range strings.Lines(text) {
		p.lineNo++
		p.line(strings.TrimRight(line, "\r\n"))
	}
	for _, s := range c {
		s.settle()
	}
	return diags
}

// maxErrors bounds the messages about one file: a file of another kind would give
// one for each line.
const maxErrors = 20

type parser struct {
	sets   Collection
	file   *ast.File
	diags  *diag.List
	lineNo uint32
	text   string
	// exist tells that what is there already, or is gone already, is no error.
	exist bool
	// host is where commands have to be refused as the kernel does; nil for a file.
	host *Host
	use  *usage
}

// line reads one line: a command, a comment, or nothing.
func (p *parser) line(text string) {
	p.text = text
	words, ok := p.words(text)
	if !ok || len(words) == 0 || words[0].Text == "COMMIT" || len(*p.diags) >= maxErrors || p.use.stopped {
		return
	}
	words = flags(words)
	if len(words) > 0 && words[0].Text == "ipset" {
		words = flags(words[1:]) // a line of a script
	}
	if len(words) == 0 {
		p.report(diag.IPSetSyntax, ast.Word{}, "there is no command in this line", "ipset refuses the file.", "Remove the line.")
		return
	}
	run := findCommand(words[0].Text)
	if run == nil {
		p.report(diag.IPSetSyntax, words[0], fmt.Sprintf("%q is no command of ipset that changes sets", words[0].Text),
			"Each line is one: create, add, del, flush, destroy, rename or swap.", "Give the file that `ipset save` wrote.")
		return
	}
	run(p, words[1:])
}

// flags takes the options away that are for ipset itself.
func flags(words []ast.Word) []ast.Word {
	out := words[:0:0]
	for _, w := range words {
		switch {
		case !w.Quoted && (w.Text == "-exist" || w.Text == "--exist" || w.Text == "-!" || w.Text == "-q" || w.Text == "-quiet" || w.Text == "--quiet"):
		default:
			out = append(out, w)
		}
	}
	return out
}

// words cuts a line at blanks; double quotes keep blanks in a word.
func (p *parser) words(s string) (out []ast.Word, ok bool) {
	for i := 0; i < len(s); {
		switch {
		case s[i] == ' ' || s[i] == '\t':
			i++
		case s[i] == '#' && len(out) == 0:
			return nil, true
		case s[i] == '"':
			n := strings.IndexByte(s[i+1:], '"')
			if n < 0 {
				p.report(diag.OpenQuote, p.word(s[i:], i), "the quote is not closed", "All that follows would belong to the quoted text.", "Close the quote.")
				return nil, false
			}
			w := p.word(s[i:i+n+2], i)
			w.Text, w.Quoted = s[i+1:i+1+n], true
			out = append(out, w)
			i += n + 2
		default:
			n := strings.IndexAny(s[i:], " \t")
			if n < 0 {
				n = len(s) - i
			}
			out = append(out, p.word(s[i:i+n], i))
			i += n
		}
	}
	return out, true
}

func (p *parser) word(text string, at int) ast.Word {
	start := ast.Pos{Line: p.lineNo, Column: uint32(at + 1)}
	end := ast.Pos{Line: p.lineNo, Column: uint32(at + 1 + len(text))}
	return ast.Word{Text: text, Range: ast.Range{Start: start, End: end}}
}

// wholeLine is the range of the line, without the blanks in front of it.
func (p *parser) wholeLine() ast.Range {
	text := strings.TrimLeft(p.text, " \t")
	return p.word(text, len(p.text)-len(text)).Range
}

// report adds an error about a word, or the whole line for the zero Word.
func (p *parser) report(code diag.Code, w ast.Word, summary, why, fix string) {
	if w.Start.Line == 0 {
		w.Range = p.wholeLine()
	}
	p.diags.Add(diag.Diagnostic{
		Code: code, Severity: diag.Error, File: p.file.Name, Range: w.Range,
		Summary: summary, Why: why, Fix: fix, Line: p.text,
	})
}

// bad reports a value that ipset does not take.
func (p *parser) bad(w ast.Word, format string, args ...any) {
	p.report(diag.IPSetValue, w, fmt.Sprintf(format, args...), "ipset refuses the line.", "")
}
