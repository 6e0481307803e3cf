package grammar

import (
	"path"
	"strings"

	"github.com/recentc/recentc/ast"
)

// invocation finds the iptables command in a line of a manual or a shell
// history: an optional prompt, sudo, a path. It gives the byte at which the
// arguments begin and the family that the command's name tells.
func invocation(line string) (args int, family ast.Family, prompt, ok bool) {
	at, prompt := skipPrompt(line)
	word, next := nextWord(line, at)
	for word == "sudo" || word == "exec" || word == "command" {
		word, next = nextWord(line, next)
	}
	family, ok = commandFamily(path.Base(word))
	return next, family, prompt, ok
}

// skipPrompt steps over "# ", "$ ", "root@host:~# " and the like.
func skipPrompt(line string) (at int, prompt bool) {
	word, next := nextWord(line, 0)
	if word != "" && strings.IndexByte("#$%>", word[len(word)-1]) >= 0 {
		return next, true
	}
	if strings.HasPrefix(word, "#") && !strings.HasPrefix(word, "#!") {
		if _, ok := commandFamily(path.Base(word[1:])); ok {
			return strings.IndexByte(line, '#') + 1, true
		}
	}
	return 0, false
}

func nextWord(line string, at int) (word string, next int) {
	for at < len(line) && isBlank(line[at]) {
		at++
	}
	end := at
	for end < len(line) && !isBlank(line[end]) {
		end++
	}
	return line[at:end], end
}

func commandFamily(name string) (ast.Family, bool) {
	switch name {
	case "iptables", "iptables-legacy", "iptables-nft":
		return ast.IPv4, true
	case "ip6tables", "ip6tables-legacy", "ip6tables-nft":
		return ast.IPv6, true
	}
	return ast.FamilyUnknown, false
}

// styleOf decides how a text is to be read. A "*table" line makes it a save
// file; otherwise iptables command lines make it a list of commands. Where no
// command stands without a prompt, "# iptables" is a root prompt; where some do,
// it is a comment.
func styleOf(lines []string) (style ast.Style, prompts bool) {
	bare, prompted := false, false
	for _, l := range lines {
		if isTableLine(l) {
			return ast.Save, false
		}
		if _, _, prompt, ok := invocation(l); ok {
			bare = bare || !prompt
			prompted = prompted || prompt
		}
	}
	if bare || prompted {
		return ast.Commands, !bare
	}
	return ast.Save, false
}
