package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) mark(m *compile.Mark) tests {
	if t.at.lacks(needMark) {
		t.lacking("a mark", "-m mark")
		return nil
	}
	return tests{compare{fieldMark, m.Mask, m.Value, m.Not}}
}
