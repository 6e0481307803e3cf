package live

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/recentc/recentc/backend/nft"
	"golang.org/x/sys/unix"
)

// hooked is a chain with a hook.
type hooked struct {
	name, kind, hook string
	priority         int
	// policy is "accept" or "drop".
	policy string
}

// at tells whether the kernel takes two chains for the same.
func (h hooked) same(other hooked) bool {
	h.policy = other.policy
	return h == other
}

// with is the chain in nft's words, with another policy and something inside.
func (h hooked) with(policy, inside string) string {
	return "\tchain " + h.name + " {\n\t\ttype " + h.kind + " hook " + h.hook + " priority " + strconv.Itoa(h.priority) + "; policy " + policy + ";\n" + inside + "\t}\n"
}

var hookNames = [...]string{"prerouting", "input", "forward", "output", "postrouting"}

// readHook reads the attributes of a chain; ok tells whether it has a hook.
func readHook(part []byte) (h hooked, ok bool) {
	h.policy = "accept"
	attrs(part, func(kind uint16, data []byte) {
		switch kind {
		case unix.NFTA_CHAIN_NAME:
			h.name = textOf(data)
		case unix.NFTA_CHAIN_TYPE:
			h.kind = textOf(data)
		case unix.NFTA_CHAIN_POLICY:
			if bigEndian(data) == 0 {
				h.policy = "drop"
			}
		case unix.NFTA_CHAIN_HOOK:
			ok = true
			attrs(data, func(kind uint16, data []byte) {
				switch n := bigEndian(data); kind {
				case unix.NFTA_HOOK_HOOKNUM:
					if n < uint64(len(hookNames)) {
						h.hook = hookNames[n]
					}
				case unix.NFTA_HOOK_PRIORITY:
					h.priority = int(int32(n))
				}
			})
		}
	})
	return h, ok
}

var (
	hookBlock = regexp.MustCompile(`(?m)^\tchain (\S+) \{\n\t\ttype (\S+) hook (\S+) priority ([^;]+); policy (\w+);$`)
	chainLine = regexp.MustCompile(`(?m)^\tchain (\S+) \{`)
)

// hooksOf are the chains with a hook in a text, as nft and recentc write it.
func hooksOf(text string) (out []hooked) {
	for _, m := range hookBlock.FindAllStringSubmatch(text, -1) {
		if at, ok := priorityOf(m[4]); ok {
			out = append(out, hooked{m[1], m[2], m[3], at, m[5]})
		}
	}
	return out
}

var priorities = map[string]int{"raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100}

// priorityOf reads "filter", "filter - 10" and "-199".
func priorityOf(text string) (int, bool) {
	name, rest, _ := strings.Cut(text, " ")
	base, named := priorities[name]
	if !named {
		rest = text
	}
	if rest == "" {
		return base, named
	}
	n, err := strconv.Atoi(strings.ReplaceAll(rest, " ", ""))
	return base + n, err == nil
}

// closes tells whether a text has a rule for the policy of a chain, so that no packet
// needs the policy itself.
func closes(text, chain string) bool {
	return strings.Contains(text, ` comment "`+nft.PolicyComment(chain)+"\"\n")
}
