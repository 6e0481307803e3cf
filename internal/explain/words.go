package explain

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
)

// sentence says what a rule does to a packet that meets its other conditions.
func sentence(r *compile.Rule) string {
	var conditions, effects []string
	for _, m := range about(r, "") {
		if c := condition(m); c != "" {
			conditions = append(conditions, c)
		}
		if e := effect(m); e != "" {
			effects = append(effects, e)
		}
	}
	effects = append(effects, verdict(r.Target)...)
	if len(effects) == 0 {
		effects = []string{"the rule only counts it"}
	}
	s := strings.Join(effects, ", and ")
	if len(conditions) > 0 {
		s = "if " + strings.Join(conditions, " and ") + ", " + s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// condition is what has to be so for a match to be true; empty if it always is.
func condition(m *compile.Recent) string {
	who := address(m)
	switch m.Op {
	case compile.Set:
		if m.Not {
			return who + " were not recorded here (which it always is, so that the rule never matches)"
		}
		return ""
	case compile.Remove:
		if m.Not {
			return who + " is not in " + m.Name + " (where it is, it is removed)"
		}
		return who + " is in " + m.Name
	}
	return who + " " + was(m)
}

func address(m *compile.Recent) string {
	if m.Side == compile.DestSide {
		return "the packet's destination address"
	}
	return "the packet's source address"
}

// was is the question of --rcheck and --update.
func was(m *compile.Recent) string {
	if m.Seconds == 0 && m.Hits < 2 {
		return map[bool]string{false: "is in ", true: "is not in "}[m.Not] + m.Name + ttl(m)
	}
	s := map[bool]string{false: "was recorded", true: "was not recorded"}[m.Not]
	if m.Hits > 1 {
		s += fmt.Sprintf(" at least %d times", m.Hits)
	}
	s += " in " + m.Name
	if m.Seconds > 0 {
		s += " in the last " + seconds(m.Seconds)
	}
	return s + ttl(m)
}

func ttl(m *compile.Recent) string {
	if m.TTL {
		return " (the last time with this packet's TTL)"
	}
	return ""
}

func seconds(n uint32) string {
	if n == 1 {
		return "second"
	}
	return fmt.Sprintf("%d seconds", n)
}

// effect is what a match does to its list.
func effect(m *compile.Recent) string {
	switch {
	case m.Op == compile.Set:
		return address(m) + " is recorded in " + m.Name
	case m.Op == compile.Remove && !m.Not:
		return "it is removed from " + m.Name
	case m.Op == compile.Update && m.Not:
		return "the address is recorded again if it is in " + m.Name
	case m.Op == compile.Update && m.Seconds > 0:
		return "the address is recorded once more, so that each further packet starts the time anew"
	case m.Op == compile.Update:
		return "the address is recorded once more"
	}
	return ""
}

// verdict is what becomes of the packet.
func verdict(t compile.Target) []string {
	switch t := t.(type) {
	case nil:
		return nil
	case *compile.Jump:
		return []string{"the packet goes on in chain " + t.Chain}
	case compile.Accept:
		return []string{"the packet is accepted"}
	case compile.Drop:
		return []string{"the packet is dropped"}
	case compile.Return:
		return []string{"the packet leaves the chain"}
	}
	if w, ok := verbs[t.Extension()]; ok {
		return []string{"the packet is " + w}
	}
	return []string{"the packet is given to " + t.Extension()}
}

var verbs = map[string]string{"REJECT": "rejected", "LOG": "logged", "NFLOG": "logged", "MARK": "marked"}
