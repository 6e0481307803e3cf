package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

func (t *translator) statistic(m *compile.Statistic) form {
	if m.Every > 0 {
		return everyNth(m)
	}
	switch {
	case m.Chance == 0:
		return fixed(m.Not)
	case m.Chance == 1<<31:
		return fixed(!m.Not)
	}
	op := map[bool]string{false: "<", true: ">="}[m.Not]
	return all(stmt{class: meter, text: fmt.Sprintf("meta random & 2147483647 %s %d", op, m.Chance)})
}

func everyNth(m *compile.Statistic) form {
	if m.Every == 1 {
		return fixed(!m.Not)
	}
	op := map[bool]string{false: "", true: "!= "}[m.Not]
	return all(stmt{class: meter, text: fmt.Sprintf("numgen inc mod %d %s%d", m.Every, op, m.Packet)})
}
