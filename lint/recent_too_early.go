package lint

import (
	"fmt"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var recentTooEarly = Check{
	Explanation: explain("RC2010", "-m recent acts before the rule's other conditions",
		"The matches of a rule are asked in the order written, behind -p, -s, -d, -i and -o, and -m recent acts as soon as it is reached. With -m recent --set in front of --dport 22 every TCP packet to any port is recorded (the match of -p tcp is loaded where its first option stands), and counted by the limit.",
		filter("-A INPUT -p tcp -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh --dport 22 -j DROP\n-A INPUT -p tcp -m conntrack --ctstate NEW -m recent --set --name ssh --dport 22 -j ACCEPT\n"),
		filter("-A INPUT -p tcp -m conntrack --ctstate NEW --dport 22 -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp -m conntrack --ctstate NEW --dport 22 -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for i := range l.all {
				if m := &l.all[i]; m.Op != compile.RCheck {
					p.tooEarly(m)
				}
			}
		}
	},
}

func (p *pass) tooEarly(m *mention) {
	late := m.lateCondition()
	if late == nil {
		return
	}
	verb := map[compile.Operation]string{compile.Set: "records", compile.Update: "stamps", compile.Remove: "removes"}[m.Op]
	d := p.reportAs(p.check.Severity, operationAt(m.rule, m.Recent), fmt.Sprintf("--%s acts before %s is asked", m.Op, what(late)),
		fmt.Sprintf("It %s the addresses of packets that the rule does not match: every packet that fulfils what stands in front of it counts.", verb),
		"Put -m recent with its options behind the other matches of the rule.")
	d.Change = p.moveBehind(m)
}

// lateCondition is the first condition behind the match on which it depends
// whether a packet should have been recorded, nil if there is none. A check of
// another list counts: what is behind it was meant to depend on it.
func (m *mention) lateCondition() compile.Step {
	behind := false
	for _, s := range m.rule.Steps {
		switch o := originOf(s); {
		case o == m.Recent:
			behind = true
		case !behind:
		case o != nil && o.Name != m.Name && (o.Op == compile.RCheck || o.Op == compile.Update) && m.Op == compile.Set:
			return s
		case s.Kind() == compile.Condition && !empty(s):
			return s
		}
	}
	return nil
}

// empty tells whether a condition is true for every packet, as "-m tcp" alone is
// behind -p tcp.
func empty(s compile.Step) bool {
	r := everything
	narrow(&r, s)
	return r.exact && !r.empty && everything.within(&r)
}

// what names a condition as the rule would.
func what(s compile.Step) string {
	switch s := s.(type) {
	case *compile.TCP:
		if s.Dest != nil {
			return "--dport"
		}
		if s.Source != nil {
			return "--sport"
		}
	case *compile.UDP:
		if s.Dest != nil {
			return "--dport"
		}
		if s.Source != nil {
			return "--sport"
		}
	case *compile.Seen:
		return "list " + s.List.Name
	}
	return "-m " + s.Extension()
}

// meterBehind tells whether a -m limit or the like stands behind the match: which
// of the two was meant to come first is for the author to say.
func (m *mention) meterBehind() bool {
	behind := false
	for _, s := range m.rule.Steps {
		behind = behind || originOf(s) == m.Recent
		if behind && s.Kind() == compile.Meter {
			return true
		}
	}
	return false
}

// moveBehind is the change that puts the match behind all others: in front of the
// target, or at the rule's end. It is nil where the text of the match is mixed
// with other options, stands behind the target, or comes of a script's variables.
func (s *set) moveBehind(m *mention) *diag.Change {
	rng, line := m.Range, m.rule.File.Line(m.Range.Start.Line)
	rule := s.written(m.rule)
	if rule == nil || m.rule.Ran != "" || m.meterBehind() || !m.Alone() || rng.Start.Line != rng.End.Line || rule.Range.Start.Line != rule.Range.End.Line || int(rng.End.Column) > len(line) {
		return nil
	}
	before, after := "", " "
	to := targetStart(rule)
	if to.Line == 0 {
		options := rule.Options(nil)
		to, before, after = options[len(options)-1].End, " ", ""
	}
	if to.Line != rng.End.Line || to.Column <= rng.End.Column {
		return nil
	}
	// The blank behind the match goes with it.
	cut := ast.Range{Start: rng.Start, End: ast.Pos{Line: rng.End.Line, Column: rng.End.Column + 1}}
	return &diag.Change{Edits: []diag.Edit{{Range: cut}, {Range: ast.Range{Start: to, End: to}, Text: before + textAt(at{file: m.rule.File, rng: rng}) + after}}}
}

// targetStart is where a rule's -j or -g stands, the zero Pos where there is none.
func targetStart(r *ast.Rule) ast.Pos {
	for _, o := range r.Options(nil) {
		switch o.Name {
		case "-j", "-g", "--jump", "--goto":
			return o.Start
		}
	}
	return ast.Pos{}
}
