package nft

import "github.com/recentc/recentc/internal/bytecode"

// sharedChain returns a chain that the output needs beside those of the rules. One
// that does the same is made once.
func (t *translator) sharedChain(name, about string, rules ...[]stmt) *chain {
	if t.waits() {
		return &chain{}
	}
	for _, c := range t.chains {
		if c.about == about {
			return c
		}
	}
	c := t.addChain(name)
	c.about = about
	for _, r := range rules {
		c.rules = append(c.rules, rule{stmts: r})
	}
	return c
}

// afterwards is the end of a rule that acts and lets the packet go on.
func afterwards(stmts ...stmt) end { return end{stmts: stmts} }

// namedObject makes an object of nftables' other than a set, each once, and
// returns its name.
func (t *translator) namedObject(kind, name, text string) string {
	if t.waits() {
		return ""
	}
	for _, s := range t.sets {
		if s.kind == kind && s.key == text {
			return s.name
		}
	}
	s := &set{kind: kind, name: t.setNames.take(legal(name)), key: text}
	t.sets = append(t.sets, s)
	return s.name
}

// setObject is the statement that gives a packet or a connection an object with a name.
func (t *translator) setObject(kind, name string) stmt {
	text := map[string]string{"ct helper": "ct helper", "secmark": "meta secmark"}[kind]
	number := map[string]uint32{"ct helper": 3, "secmark": 8}[kind]
	return act(text+` set "`+name+`"`, expression("objref", bytecode.N(1, number), bytecode.Text(2, name)))
}
