package grammar

import (
	"fmt"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
)

// The bounds of a script. They are far above what people write. They are numbers and
// not times, so that a script gives the same answer on every machine. Together they keep
// a script of maxScript bytes under five seconds and 1 GiB.
const (
	maxScript = 1 << 20
	maxFrames = 20_000   // functions of the parser within each other
	maxNodes  = 4_000    // parts of the script within parts
	maxSteps  = 200_000  // commands run
	maxRules  = 70_000   // iptables commands run
	maxDepth  = 500      // commands within commands, functions included
	maxValue  = 64 << 10 // bytes of a variable's value, or of what a command prints
	maxWork   = 64 << 20 // bytes read, expanded and compared
	maxHeld   = 64 << 20 // bytes of variables, words and texts in memory at one time
	maxOpened = 4 << 20  // bytes of texts in the expansions that are going on
	maxKept   = 96 << 20 // bytes of all rules and messages
	maxTest   = 200      // words of a test
)

// What things take in memory beside their text, in bytes.
const (
	wordCost     = 128
	variableCost = 256
	elementCost  = 32
	ruleCost     = 128
	optionCost   = 32
	patternCost  = 500
	settingCost  = 100
	partCost     = 64 // of a part of a word that is expanded
	manyWords    = 100
)

// usage counts what a script uses.
type usage struct {
	steps int
	work  int
	kept  int
	// held is what the commands around this one have in memory; opened is what the
	// expansions around this place have read.
	held, opened int
	// repeats is how often the expansion at hand may write what a command prints, and
	// tries how often it may compare it.
	repeats, tries int
}

// step counts a command; it tells whether there may be more.
func (s *shell) step(cost int) bool {
	s.steps += cost
	switch {
	case s.steps > maxSteps:
		s.tooLong(s.at, "the script does not come to an end")
	case s.depth > maxDepth:
		s.tooLong(s.at, "the script goes too deep: a function calls itself, or commands are nested")
	}
	return s.flow == goesOn
}

// spend counts bytes that are read, expanded or compared; it tells whether there may be
// more.
func (s *shell) spend(n int) bool {
	if s.work += n; s.work > maxWork {
		s.tooLong(s.at, "the script reads and compares too much text")
	}
	return s.flow == goesOn
}

// hold counts bytes that stay in memory until the command at hand ends, see holding.
func (s *shell) hold(n int) bool {
	if s.held += n; s.held+s.vars.size > maxHeld {
		s.tooLong(s.at, "the script holds too many or too long values at one time")
	}
	return s.flow == goesOn
}

// holding runs fn and gives back what it held.
func (s *shell) holding(fn func()) {
	before := s.held
	fn()
	s.held = before
}

// holdWords counts the words of a command.
func (s *shell) holdWords(words []string) bool {
	n := 0
	for _, w := range words {
		n += len(w)
	}
	return s.spend(n+16*len(words)) && s.hold(n+wordCost*len(words))
}

// longCommand counts the words of a command of iptables that has very many: each may be
// an option.
func (s *shell) longCommand(words int) bool {
	return words <= manyWords || s.spend(patternCost*(words-manyWords))
}

// keepBytes counts bytes that stay until the end: rules and messages.
func (s *shell) keepBytes(n int) bool {
	if s.kept += n; s.kept > maxKept {
		s.tooLong(s.at, "the script makes too many rules and messages")
	}
	return s.flow == goesOn
}

// opens counts text that an expansion holds until it ends.
func (s *shell) opens(n int) bool {
	if s.opened += n; s.opened > maxOpened {
		s.tooLong(s.at, "an expansion gives too much text")
	}
	return s.flow == goesOn && s.spend(n)
}

// lengthOf is the text of a variable.
func lengthOf(x expand.Variable) int {
	n := len(x.Str)
	for _, e := range x.List {
		n += len(e)
	}
	for k, e := range x.Map {
		n += len(k) + len(e)
	}
	return n
}

// sizeOf is about what a variable takes in memory.
func sizeOf(x expand.Variable) int {
	return variableCost + lengthOf(x) + elementCost*(len(x.List)+4*len(x.Map))
}

// refuseDeep refuses a script that is nested too deep at a byte.
func (s *shell) refuseDeep(offset int) {
	at := s.lines.place(min(offset, len(s.file.Text)))
	s.refuse(diag.ScriptTooLong, ast.Range{Start: at, End: at}, "the script is nested too deep here",
		fmt.Sprintf("What is nested is read recursively; %d parts within each other are more than any firewall has.", maxNodes), scriptFix)
}
