package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var knockScan = Check{
	Explanation: explain("RC2050", "a port scan knocks as well",
		"A scanner that goes through the ports in order sends the knocks of a sequence whose ports only rise or only fall, among thousands of others. Only rules that remove the address at any wrong port stop it. A single knock is opened by every scan, in any order.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --rcheck --seconds 30 --name knock2 -j ACCEPT\n-A INPUT -p tcp --dport 8000 -m recent --rcheck --seconds 30 --name knock1 -m recent --set --name knock2 -j DROP\n-A INPUT -p tcp --dport 7000 -m recent --set --name knock1 -j DROP\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --rcheck --seconds 30 --name knock2 -j ACCEPT\n-A INPUT -p tcp --dport 8000 -m recent --rcheck --seconds 30 --name knock1 -m recent --set --name knock2 -j DROP\n-A INPUT -p tcp -m recent --remove --name knock1\n-A INPUT -p tcp --dport 7000 -m recent --set --name knock1 -j DROP\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		byList := map[*compile.List]*list{}
		for _, l := range p.lists {
			byList[l.List] = l
		}
		doors := 0
		for _, l := range p.lists {
			for _, u := range l.uses {
				if doors < maxDoors && u.opensDoor(p) && p.once(l) {
					doors++
					p.door(l, u, byList)
				}
			}
		}
	},
}

// maxDoors is how many doors are looked at, more than any host has.
const maxDoors = 64

// opensDoor tells whether the check lets packets to some port in.
func (u *use) opensDoor(p *pass) bool {
	return u.checks() && !u.Not && u.Hits <= 1 && p.fate(u.chain, u.rule) == accepted && len(u.region.dport) == 1 &&
		u.hook.Hook <= compile.Forward && u.hook.Table == "filter"
}

// knock is one stage of a sequence: the port at which the list is filled.
type knock struct {
	port uint32
	list *list
	set  *use
}

func (p *pass) door(l *list, door *use, lists map[*compile.List]*list) {
	stages := sequence(l, lists)
	if len(stages) == 0 {
		return
	}
	for _, s := range stages {
		if s.list.resetByOthers(stages, door) {
			return
		}
	}
	where := operationAt(door.rule, door.Recent)
	if len(stages) == 1 {
		p.reportAs(diag.Note, where, fmt.Sprintf("any scan that touches port %d opens this", stages[0].port),
			"One knock is no secret: whoever tries the ports has knocked.", "Use two or more knocks in no order, and rules that --remove the address at a wrong port.")
		return
	}
	way, ok := oneWay(stages)
	if !ok {
		return
	}
	p.report(where, fmt.Sprintf("a scan of the ports in %s order opens this", way),
		"The knocks are ports "+ports(stages)+", and nothing removes the address at the ports between them.",
		"Choose ports that go up and down, and --remove the address at every wrong port.")
}

// sequence follows the lists back from the door to the first knock. It is empty
// where some stage is not one rule for one port.
func sequence(l *list, lists map[*compile.List]*list) (stages []knock) {
	for range 16 {
		k, before := l.stage()
		if k.set == nil {
			return nil
		}
		stages = append(stages, k)
		if before == nil {
			slices.Reverse(stages)
			return stages
		}
		if l = lists[before]; l == nil {
			return nil
		}
	}
	return nil
}

// stage finds where a list is filled, and which list guards that.
func (l *list) stage() (k knock, guardedBy *compile.List) {
	for _, u := range l.uses {
		if u.Op != compile.Set {
			continue
		}
		if k.set != nil && k.set.rule != u.rule || !single(u.region.dport) || u.region.src.IsValid() {
			return knock{}, nil
		}
		k = knock{u.region.dport[0].Low, l, u}
		guardedBy = nil
		if n := len(u.behind); n > 0 {
			guardedBy = u.behind[n-1].list
		}
	}
	return k, guardedBy
}

// resetByOthers tells whether a packet to another port than those of the sequence
// and of the door can remove an address from the list.
func (l *list) resetByOthers(stages []knock, door *use) bool {
	own := slices.Clone(door.region.dport)
	for _, k := range stages {
		own = append(own, compile.Span{Low: k.port, High: k.port})
	}
	own = spansOf(own, false)
	return slices.ContainsFunc(l.uses, func(u *use) bool { return u.Op == compile.Remove && !spansWithin(u.acts.dport, own) })
}

func oneWay(stages []knock) (string, bool) {
	up, down := true, true
	for i := 1; i < len(stages); i++ {
		up = up && stages[i].port > stages[i-1].port
		down = down && stages[i].port < stages[i-1].port
	}
	if up {
		return "rising", true
	}
	return "falling", down
}

func ports(stages []knock) string {
	names := make([]string, len(stages))
	for i, s := range stages {
		names[i] = fmt.Sprint(s.port)
	}
	return strings.Join(names, ", ")
}
