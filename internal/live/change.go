package live

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The kernel puts all rules of a transaction in force at once, but what concerns hooks one
// by one before and after: a new chain accepts until its policy comes, and a chain that is
// deleted is empty, with its policy, until it is off its hook. So a chain that stays at its
// hook is emptied and filled in one transaction, and what else there is to do at hooks is
// done by transactions of their own, before and after that one, in which no packet needs
// what changes. Each leaves a table that filters as the old or the new one, and the next
// load finds what a killed one left.

// change brings a table from what is loaded to another content.
type change struct {
	id  string
	was *present
	// text is the new content that is not there yet, clear what takes the old one away
	// but for the chains.
	text, clear string
	// kept are the old chains that stay at their hooks, gone those that do not; come are
	// the new ones.
	kept, gone, come []hooked
	to               map[string]hooked
	// renamed are old chains that are in the way of a new one, by their old names.
	renamed map[string]string
}

func newChange(id string, was *present, clear, text string) *change {
	c := &change{id: id, was: was, clear: clear, text: text, to: map[string]hooked{}, renamed: map[string]string{}}
	names := map[string]bool{}
	for _, m := range chainLine.FindAllStringSubmatch(text, -1) {
		names[m[1]] = true
	}
	for _, h := range hooksOf(text) {
		c.to[h.name] = h
		if !slices.ContainsFunc(was.hooks, h.same) {
			c.come = append(c.come, h)
		}
	}
	for _, h := range was.hooks {
		if to, there := c.to[h.name]; there && h.same(to) {
			c.kept = append(c.kept, h)
			continue
		}
		if names[h.name] {
			c.rename(h.name)
			h.name = c.renamed[h.name]
		}
		c.gone = append(c.gone, h)
	}
	for _, name := range was.chains {
		if _, there := c.to[name]; there && !was.hooked(name) {
			c.rename(name)
		}
	}
	return c
}

func (c *change) rename(name string) {
	to := "recentc_old_" + name
	for n := 1; slices.Contains(c.was.chains, to) || strings.Contains(c.text, "\tchain "+to+" {"); n++ {
		to = fmt.Sprintf("recentc_old_%d_%s", n, name)
	}
	c.renamed[name] = to
}

// changing are the kept chains that get another policy.
func (c *change) changing(policy string) (out []hooked) {
	for _, h := range c.kept {
		if to := c.to[h.name]; to.policy == policy && h.policy != policy {
			out = append(out, to)
		}
	}
	return out
}

// single tells whether one transaction does it all.
func (c *change) single() bool {
	return len(c.was.hooks) == 0 || len(c.gone)+len(c.come)+len(c.changing("drop"))+len(c.changing("accept")) == 0
}

// phases are how many transactions a change takes at most.
const phases = 5

// phase is one of the transactions, "" where it has nothing to do.
func (c *change) phase(n int) string {
	if n != phaseMain && c.single() {
		return ""
	}
	switch n {
	case 0:
		return c.outOfTheWay()
	case 1:
		return c.before()
	case phaseMain:
		return c.main()
	case 3:
		return c.after()
	}
	return c.cleanUp()
}

// phaseMain is the transaction in which the rules change.
const phaseMain = 2

// outOfTheWay renames the old chains whose names are needed.
func (c *change) outOfTheWay() string {
	var b strings.Builder
	for _, name := range c.was.chains {
		if to := c.renamed[name]; to != "" {
			b.WriteString("rename chain " + c.id + " " + name + " " + to + "\n")
		}
	}
	return b.String()
}

// before hooks the new chains in, letting everything pass that the old rules do. A policy
// of drop comes before rules that rely on it.
func (c *change) before() string {
	var b strings.Builder
	for _, h := range c.come {
		b.WriteString(h.with(h.policy, "\t\taccept\n"))
	}
	for _, h := range c.changing("drop") {
		if !closes(c.text, h.name) {
			b.WriteString(h.with("drop", ""))
		}
	}
	return c.block(b.String())
}

func (c *change) block(inside string) string {
	if inside == "" {
		return ""
	}
	return "table " + c.id + " {\n" + inside + "}\n"
}

// guard marks a rule that is there until a policy is.
const guard = `accept comment "recentc: until the policy is set"`

// main changes the rules. Policies stay what they are.
func (c *change) main() string {
	var b strings.Builder
	if c.was.exists {
		b.WriteString("flush table " + c.id + "\n")
	}
	for _, name := range c.was.chains {
		if !c.was.hooked(name) {
			if to := c.renamed[name]; to != "" {
				name = to
			}
			b.WriteString("delete chain " + c.id + " " + name + "\n")
		}
	}
	b.WriteString(c.clear)
	for _, h := range c.gone {
		b.WriteString("add rule " + c.id + " " + h.name + " accept\n")
	}
	if len(c.was.hooks) == 0 {
		b.WriteString(c.hooksFirst())
	}
	b.WriteString("table " + c.id + " {\n" + c.withOldPolicies() + "}\n")
	for _, h := range c.changing("accept") {
		b.WriteString("add rule " + c.id + " " + h.name + " " + guard + "\n")
	}
	return b.String()
}

// hooksFirst makes the chains with hooks in front of all others, so that a table lists the
// same when it is loaded again and these stay.
func (c *change) hooksFirst() string {
	inside := tableComment.FindString(c.text)
	for _, h := range c.come {
		inside += h.with(h.policy, "")
	}
	return c.block(inside)
}

var tableComment = regexp.MustCompile(`^\tcomment "[^"]*"\n`)

func (c *change) withOldPolicies() string {
	late := map[string]bool{}
	for _, h := range c.changing("drop") {
		late[h.name] = closes(c.text, h.name)
	}
	for _, h := range c.changing("accept") {
		late[h.name] = true
	}
	return hookBlock.ReplaceAllStringFunc(c.text, func(block string) string {
		h := hooksOf(block)
		if len(h) == 0 || !late[h[0].name] {
			return block
		}
		old := map[string]string{"accept": "drop", "drop": "accept"}[h[0].policy]
		return strings.TrimSuffix(block, h[0].policy+";") + old + ";"
	})
}

// after sets the policies, which no packet needs now.
func (c *change) after() string {
	var b strings.Builder
	for _, policy := range []string{"drop", "accept"} {
		for _, h := range c.changing(policy) {
			b.WriteString(h.with(policy, ""))
		}
	}
	for _, h := range c.gone {
		if h.policy != "accept" {
			b.WriteString(h.with("accept", ""))
		}
	}
	return c.block(b.String())
}

// cleanUp takes out what nobody needs any more.
func (c *change) cleanUp() string {
	var b strings.Builder
	for _, h := range c.changing("accept") {
		if handle := c.guardOf(h.name); handle != "" {
			b.WriteString("delete rule " + c.id + " " + h.name + " handle " + handle + "\n")
		}
	}
	for _, h := range c.gone {
		b.WriteString("flush chain " + c.id + " " + h.name + "\ndelete chain " + c.id + " " + h.name + "\n")
	}
	return b.String()
}

var guardLine = regexp.MustCompile(regexp.QuoteMeta(guard) + ` # handle (\d+)`)

func (c *change) guardOf(chain string) string {
	text, err := tool("", "-a", "list", "chain", c.was.family, c.was.name, chain)
	if m := guardLine.FindStringSubmatch(text); err == nil && m != nil {
		return m[1]
	}
	return ""
}

// transition is what takes a table elsewhere.
type transition interface {
	// phase is the script of one of the phases, "" where there is nothing to do.
	phase(n int) string
	// stays tells whether the table is there after a phase.
	stays(n int) bool
}

// move is a transition of the table that was looked at.
type move struct {
	transition
	was   *present
	begun bool
}

// together carries transitions out, the phases of all at once. See transact for the note.
func together(all []*move) (note string, err error) {
	for n := range phases {
		var b strings.Builder
		var was []*present
		var stays []bool
		for _, m := range all {
			script := m.phase(n)
			if script == "" {
				continue
			}
			if err := m.lookAgain(); err != nil {
				return note, err
			}
			b.WriteString(script)
			was, stays = append(was, m.was), append(stays, m.stays(n))
		}
		if len(was) == 0 {
			continue
		}
		said, err := transact(was, stays, b.String())
		if err != nil {
			return note, err
		}
		if note == "" {
			note = said
		}
	}
	return note, nil
}

// lookAgain looks at what the phases before have made of the table. It is still the same one.
func (m *move) lookAgain() error {
	if !m.begun {
		m.begun = true
		return nil
	}
	now, err := look(m.was.family, m.was.name)
	if err == nil && (now.handle != m.was.handle || !now.ours()) {
		err = moved(m.was)
	}
	m.was = now
	return err
}

func (c *change) stays(int) bool { return true }

// atOnce is a script that changes a table in one transaction.
type atOnce string

func (s atOnce) stays(int) bool { return true }

func (s atOnce) phase(n int) string {
	if n == phaseMain {
		return string(s)
	}
	return ""
}

// removal takes a table out. Its chains come off their hooks while they have their rules.
type removal struct{ id string }

func (r removal) stays(n int) bool { return n <= phaseMain }

func (r removal) phase(n int) string {
	switch n {
	case phaseMain:
		return "table " + r.id + " { flags dormant; }\n"
	case phaseMain + 1:
		return "delete table " + r.id + "\n"
	}
	return ""
}
