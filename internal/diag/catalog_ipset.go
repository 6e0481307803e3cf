package diag

// The codes of what is found in a file of `ipset save`, and in how rules use its sets.
const (
	IPSetSyntax  Code = "RC1501"
	IPSetValue   Code = "RC1502"
	IPSetUnknown Code = "RC1503"
	IPSetUnused  Code = "RC1504"
)

var ipsetCodes = []Explanation{
	{IPSetSyntax, "line of the ipset file not understood",
		"The file of --ipset-file has one command of ipset in each line, as `ipset save` writes them. What the line would do to the sets is not known, so nothing is translated.",
		"", ""},
	{IPSetValue, "value in the ipset file is not valid",
		"The type, option or entry is not one that ipset takes for this set. ipset restore stops at such a line, so the sets would not be whole.",
		"", ""},
	{IPSetUnknown, "no such ipset",
		"A rule, or a line of the ipset file, names a set that no create line makes. iptables refuses a rule without its set.",
		"", ""},
	{IPSetUnused, "direction that the set does not need, or that it lacks",
		"--match-set has a src or dst for each part of the set's entries. With fewer the kernel never finds anything; more are ignored.",
		"", ""},
}
