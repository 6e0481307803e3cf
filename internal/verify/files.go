package verify

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// families are those of one file, as compile finds them.
func families(f *ast.File, o compile.Options) (out []ast.Family) {
	programs, _ := compile.Compile([]*ast.File{f}, o)
	for _, p := range programs {
		out = append(out, p.Family)
	}
	return out
}

// withFamily copies a file and fixes its family, which else might change with a rule left out.
func withFamily(f *ast.File, o compile.Options) *ast.File {
	c := &ast.File{Name: f.Name, Text: f.Text, Style: f.Style, Family: f.Family, Entries: f.Entries}
	if found := families(f, o); len(found) == 1 && f.Style == ast.Save {
		c.Family = found[0]
	}
	return c
}

// filtered are the files without the rules that are left out.
func (b *bench) filtered() (out []*ast.File) {
	for _, f := range b.files {
		c := &ast.File{Name: f.Name, Text: f.Text, Style: f.Style, Family: f.Family}
		for _, e := range f.Entries {
			if r, ok := e.(*ast.Rule); !ok || b.out[r] == "" {
				c.Entries = append(c.Entries, e)
			}
		}
		out = append(out, c)
	}
	return out
}

// leaveTable leaves out all rules of a table.
func (b *bench) leaveTable(name, why string) {
	for _, f := range b.files {
		eachRule(f, func(table string, r *ast.Rule) {
			if table == name && (r.Op == ast.Append || r.Op == ast.Insert || r.Op == ast.Delete || r.Op == ast.Replace) {
				b.out[r] = why
			}
		})
	}
}

// eachRule calls fn with each command of the file and its table.
func eachRule(f *ast.File, fn func(table string, r *ast.Rule)) {
	section := ""
	for _, e := range f.Entries {
		switch e := e.(type) {
		case *ast.Table:
			section = e.Name.Text
		case *ast.Commit:
			section = ""
		case *ast.Rule:
			fn(tableOf(section, e), e)
		}
	}
}

func tableOf(section string, r *ast.Rule) string {
	switch {
	case section != "":
		return section
	case r.Operand().Table.Text != "":
		return r.Operand().Table.Text
	}
	return "filter"
}
