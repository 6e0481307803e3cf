package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

// stepOf gives a translation for one type of step the type of the table.
func stepOf[S compile.Step](f func(*translator, S) form) func(*translator, compile.Step) form {
	return func(t *translator, s compile.Step) form { return f(t, s.(S)) }
}

// targetOf does the same for targets.
func targetOf[T compile.Target](f func(*translator, T) end) func(*translator, compile.Target) end {
	return func(t *translator, x compile.Target) end { return f(t, x.(T)) }
}

func fixedEnd(e end) func(*translator, compile.Target) end {
	return func(*translator, compile.Target) end { return e }
}

func (t *translator) step(s compile.Step) form {
	f := stepForms[s.Extension()]
	if f == nil {
		t.inexpressible(fmt.Sprintf("-m %s", s.Extension()), "")
		return form{}
	}
	return f(t, s)
}

func (t *translator) target(x compile.Target) end {
	f := targetEnds[x.Extension()]
	if f == nil {
		t.inexpressible(fmt.Sprintf("-j %s", x.Extension()), "")
		return end{}
	}
	return f(t, x)
}
