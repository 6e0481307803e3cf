package lint

import "github.com/recentc/recentc/compile"

// negated reports every match with a negated operation.
func (p *pass) negated(op compile.Operation, text func(*mention) (summary, why, fix string)) {
	for _, l := range p.lists {
		for i := range l.all {
			if m := &l.all[i]; m.Not && m.Op == op && (op != compile.Set || m.rule.Target != nil) {
				summary, why, fix := text(m)
				p.report(operationAt(m.rule, m.Recent), summary, why, fix)
			}
		}
	}
}
