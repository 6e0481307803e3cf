package grammar

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// variables are a script's variables and parameters; it implements
// expand.WriteEnviron. Nothing comes from recentc's own environment.
type variables struct {
	shell  *shell
	values map[string]expand.Variable
	params []string
	places []ast.Range // where the parameters come from, as far as that is known
	given  bool        // the script has set the parameters itself
	// locals are what the local variables of each function in turn hide.
	locals []map[string]expand.Variable
	hidden int // variables in locals
	size   int // bytes of all that is above
	// paramSize is the part of size that the parameters are.
	paramSize int
}

func newVariables(s *shell) *variables {
	v := &variables{shell: s, values: map[string]expand.Variable{}}
	v.replaceParams(s.args, nil)
	// Rules are loaded by root, so the script is run as root.
	v.put("UID", textValue("0"))
	v.put("EUID", textValue("0"))
	v.put("PATH", textValue("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
	return v
}

func textValue(s string) expand.Variable {
	return expand.Variable{Set: true, Kind: expand.String, Str: s}
}

// ofMachine are variables that the machine, the user or the clock sets.
var ofMachine = []string{
	"$", "!", "PPID", "RANDOM", "SRANDOM", "SECONDS", "HOSTNAME", "HOME", "USER", "LOGNAME", "PWD", "OLDPWD", "SHELL", "TERM",
	"HOSTTYPE", "MACHTYPE", "OSTYPE", "EPOCHSECONDS", "EPOCHREALTIME", "BASHPID", "BASH_VERSION", "BASH_SOURCE", "LANG",
	"SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY",
}

// Get implements expand.Environ.
func (v *variables) Get(name string) expand.Variable {
	x := emptyList(v.lookup(name))
	if !v.shell.opens(lengthOf(x) + 2*(len(x.List)+len(x.Map))) {
		return expand.Variable{}
	}
	return x
}

// emptyList makes an array without elements one that the library expands to no
// word, as a shell does; of a nil list it makes an empty word.
func emptyList(x expand.Variable) expand.Variable {
	if len(x.List) > 0 || len(x.Map) > 0 || x.Kind != expand.Indexed && x.Kind != expand.Associative {
		return x
	}
	x.Kind, x.List = expand.Indexed, []string{}
	return x
}

func (v *variables) lookup(name string) expand.Variable {
	switch {
	case name == "@" || name == "*":
		v.asked("$" + name)
		return expand.Variable{Set: true, Kind: expand.Indexed, List: v.params}
	case name == "#":
		v.asked("$#")
		return textValue(strconv.Itoa(len(v.params)))
	case name == "?":
		return textValue(strconv.Itoa(v.shell.status))
	case name == "-":
		return textValue("")
	case name == "0":
		return textValue(v.shell.file.Name)
	case name != "" && name[0] >= '1' && name[0] <= '9':
		return v.param(name)
	case strings.HasPrefix(name, "HOME "):
		return textValue("~" + name[len("HOME "):]) // ~user: the accounts are not looked at
	}
	x := v.values[name]
	if name != "PWD" { // which the library looks at for each word
		v.ofMachine(name, v.shell.at)
	}
	return x
}

// ofMachine refuses a variable that the script has not set and the machine would.
func (v *variables) ofMachine(name string, at ast.Range) {
	if !v.values[name].Set && v.shell.shown == 0 && slices.Contains(ofMachine, name) {
		v.shell.notKnown(at, "the value of $"+name+" is not known here", "Write the value into the script.")
	}
}

func (v *variables) param(name string) expand.Variable {
	n, err := strconv.Atoi(name)
	if err != nil || n > len(v.params) {
		v.asked("$" + name)
		return expand.Variable{}
	}
	return textValue(v.params[n-1])
}

// asked warns once where a script that was given no arguments looks at them.
func (v *variables) asked(name string) {
	if s := v.shell; s.calls == 0 && !v.given && len(s.args) == 0 && !s.warned["arguments"] {
		s.warned["arguments"] = true
		s.noArguments(name)
	}
}

// Each implements expand.Environ.
func (v *variables) Each(fn func(name string, vr expand.Variable) bool) {
	for _, name := range slices.Sorted(maps.Keys(v.values)) {
		if !fn(name, v.values[name]) {
			return
		}
	}
}

// Set implements expand.WriteEnviron.
func (v *variables) Set(name string, x expand.Variable) error {
	old := v.values[name]
	size := lengthOf(x)
	switch {
	case old.ReadOnly:
		return errors.New(name + " is read-only")
	case !v.shell.spend(settingCost + (len(x.List)+16*len(x.Map))/8): // an array is copied when it is changed
		return errRefused
	case size > maxValue || len(x.List) > maxValue || len(x.Map) > maxValue:
		v.shell.tooLong(v.shell.at, "the value of $"+name+" grows too long")
		return errRefused
	case !x.Set && !x.ReadOnly && !x.Exported && x.Kind == expand.Unknown:
		v.remove(name)
	default:
		v.put(name, x)
	}
	if !v.shell.hold(0) {
		return errRefused
	}
	return nil
}

// put and remove change the variables, and count what they take.
func (v *variables) put(name string, x expand.Variable) {
	v.remove(name)
	v.size += sizeOf(x)
	v.values[name] = x
}

func (v *variables) remove(name string) {
	if old, ok := v.values[name]; ok {
		v.size -= sizeOf(old)
		delete(v.values, name)
	}
}

// count is how many variables a copy has.
func (v *variables) count() int { return len(v.values) + v.hidden }

// isSet tells whether a variable has a value, without counting as a look at it.
func (v *variables) isSet(name string) bool {
	return v.values[name].Set || !syntax.ValidName(name) || name == "LINENO" || slices.Contains(ofMachine, name)
}

// local keeps the outer value of a variable until the function ends.
func (v *variables) local(name string) {
	hidden := v.locals[len(v.locals)-1]
	if _, twice := hidden[name]; !twice {
		hidden[name] = v.values[name]
		v.shell.spend(settingCost + len(hidden[name].List)/4)
		v.hidden++
		v.size += sizeOf(hidden[name])
		v.remove(name)
	}
}

// enter and leave surround a function's body.
func (v *variables) enter(args []argument) {
	v.size += v.paramSize // of those that come back
	v.setParams(args)
	v.locals = append(v.locals, map[string]expand.Variable{})
}

// setParams makes the words the parameters.
func (v *variables) setParams(args []argument) {
	params, places := texts(args), make([]ast.Range, len(args))
	for i := range args {
		places[i] = args[i].at
	}
	v.replaceParams(params, places)
	v.shell.hold(0)
}

// replaceParams changes the parameters, and counts what they take.
func (v *variables) replaceParams(params []string, places []ast.Range) {
	n := sizeOfParams(params)
	v.size += n - v.paramSize
	v.params, v.places, v.paramSize = params, places, n
}

func sizeOfParams(params []string) int {
	n := len(params) * wordCost
	for _, p := range params {
		n += len(p)
	}
	return n
}

func (v *variables) leave() {
	last := len(v.locals) - 1
	for name, x := range v.locals[last] {
		v.size -= sizeOf(x)
		v.restore(name, x)
	}
	v.hidden -= len(v.locals[last])
	v.locals = v.locals[:last]
}

func (v *variables) restore(name string, x expand.Variable) {
	if x.Set || x.ReadOnly {
		v.put(name, x)
	} else {
		v.remove(name)
	}
}

// copy is what a subshell gets.
func (v *variables) copy() *variables {
	c := *v
	c.values = maps.Clone(v.values)
	c.locals = nil
	for _, hidden := range v.locals {
		c.locals = append(c.locals, maps.Clone(hidden))
	}
	return &c
}

// assignAll runs "A=x B=y" and the arguments of export and its kin.
func (s *shell) assignAll(assigns []*syntax.Assign) bool {
	for _, a := range assigns {
		if !s.assign(a) {
			return false
		}
	}
	return true
}

func (s *shell) assign(a *syntax.Assign) bool {
	x, ok := s.assigned(a)
	if !ok {
		return false
	}
	if err := s.vars.Set(a.Name.Value, x); err != nil {
		s.refuse(diag.ScriptError, s.rangeOf(a), "this assignment fails: "+err.Error(), "The shell stops here.", scriptFix)
		return false
	}
	return s.flow == goesOn
}

// assigned is the variable as it is after the assignment.
func (s *shell) assigned(a *syntax.Assign) (expand.Variable, bool) {
	old := s.vars.values[a.Name.Value]
	switch {
	case a.Array != nil:
		return s.array(a, old)
	case a.Index != nil:
		return s.element(a, old)
	}
	value, ok := s.literal(a.Value)
	if a.Append && old.Kind == expand.Indexed && len(old.List) > 0 {
		old.List = slices.Clone(old.List)
		old.List[0] += value
		return old, ok
	}
	if a.Append {
		value = old.String() + value
	}
	x := textValue(value)
	x.Exported, x.ReadOnly = old.Exported, old.ReadOnly
	return x, ok
}

// array is NAME=(a b c), with or without [index]=.
func (s *shell) array(a *syntax.Assign, old expand.Variable) (expand.Variable, bool) {
	x := expand.Variable{Set: true, Kind: expand.Indexed}
	if old.Kind == expand.Associative {
		x.Kind, x.Map = expand.Associative, map[string]string{}
	}
	if a.Append {
		x.List, x.Map = slices.Clone(old.List), maps.Clone(old.Map)
		if old.Kind == expand.String {
			x.List = []string{old.Str}
		}
	}
	for _, e := range a.Array.Elems {
		if e.Index != nil {
			value, ok := s.literal(e.Value)
			if !ok || !s.setElement(&x, e.Index, value, e) {
				return x, false
			}
			continue
		}
		words, ok := s.fields(e.Value)
		if !ok {
			return x, false
		}
		x.List = append(x.List, words...)
	}
	return x, true
}

// element is NAME[index]=value.
func (s *shell) element(a *syntax.Assign, old expand.Variable) (expand.Variable, bool) {
	value, ok := s.literal(a.Value)
	if !ok {
		return old, false
	}
	if old.Kind == expand.String {
		old = expand.Variable{Set: true, Kind: expand.Indexed, List: []string{old.Str}}
	}
	if old.Kind == expand.Unknown {
		old.Kind = expand.Indexed
	}
	old.List, old.Map, old.Set = slices.Clone(old.List), maps.Clone(old.Map), true
	return old, s.setElement(&old, a.Index, value, a)
}

func (s *shell) setElement(x *expand.Variable, index syntax.ArithmExpr, value string, at syntax.Node) bool {
	if x.Kind == expand.Associative {
		word, isWord := index.(*syntax.Word)
		if !isWord {
			s.refuse(diag.ScriptError, s.rangeOf(at), "this index is not understood", "", scriptFix)
			return false
		}
		key, ok := s.literal(word)
		if x.Map == nil {
			x.Map = map[string]string{}
		}
		x.Map[key] = value
		return ok
	}
	n, ok := s.arithmetic(index)
	switch {
	case !ok:
	case n >= 0 && n < len(x.List):
		x.List[n] = value
	case n == len(x.List):
		x.List = append(x.List, value)
	default:
		s.refuse(diag.ScriptError, s.rangeOf(at), "an array with gaps is not run", "", "Number the array's elements from 0 on.")
		return false
	}
	return ok
}
