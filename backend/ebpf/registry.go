package ebpf

import (
	"github.com/recentc/recentc/compile"
)

// stepOf gives a translation for one type of step the type of the table.
func stepOf[S compile.Step](f func(*translator, S) tests) func(*translator, compile.Step) tests {
	return func(t *translator, s compile.Step) tests { return f(t, s.(S)) }
}

// targetOf does the same for targets.
func targetOf[T compile.Target](f func(*translator, *function, T, uint32)) func(*translator, *function, compile.Target, uint32) {
	return func(t *translator, fn *function, x compile.Target, rule uint32) { f(t, fn, x.(T), rule) }
}

// verdict is a target that ends the chain.
func verdict(n int32) func(*translator, *function, compile.Target, uint32) {
	return func(_ *translator, f *function, _ compile.Target, _ uint32) { f.returns(n) }
}

// step translates a step that is not one of -m recent.
func (t *translator) step(s compile.Step) tests {
	if s.Kind() == compile.Remark {
		return nil
	}
	f := stepTests[s.Extension()]
	if f == nil {
		t.unsupported("-m "+s.Extension(), stepsWithout[s.Extension()])
		return nil
	}
	return f(t, s)
}

// checkTarget reports a target that is not translated.
func (t *translator) checkTarget(x compile.Target) {
	if targetCode[x.Extension()] == nil {
		t.unsupported("-j "+x.Extension(), targetsWithout[x.Extension()])
		return
	}
	if _, marks := x.(*compile.SetMark); marks && !t.at.canMark() {
		t.unsupported("-j MARK", readOnly+" One at tc can set the mark.")
	}
	if t.chain.Table == "nat" {
		t.natTable()
	}
}

// natTable reports a rule of the nat table.
func (t *translator) natTable() {
	t.unsupported("a rule of the nat table", "The kernel shows that table the first packet of each connection only, which a program at the same hook cannot know.")
}

// target writes what a target does.
func (t *translator) target(f *function, x compile.Target, rule uint32) {
	targetCode[x.Extension()](t, f, x, rule)
}

// Covers tells what this backend does with a match, or a target, that compile
// knows: "translated", perhaps with a limit, or "refused" with the reason.
func Covers(target bool, name string) string {
	without, limits := stepsWithout, stepLimits
	if target {
		without, limits = targetsWithout, targetLimits
	}
	switch {
	case without[name] != "":
		return "refused: " + without[name]
	case limits[name] != "":
		return "translated: " + limits[name]
	}
	return "translated"
}
