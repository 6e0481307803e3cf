package compile

// RPFilter tests whether the way back to a packet's source leads through the
// device that it came in by, or through any device if Loose.
type RPFilter struct {
	Loose bool
	// Mark makes the look-up as for a packet with this packet's mark.
	Mark bool
	// Failed holds for packets whose way back is another.
	Failed bool
}

// Extension implements Step.
func (*RPFilter) Extension() string { return "rpfilter" }

// Kind implements Step.
func (*RPFilter) Kind() Kind { return Condition }

var rpfilterMatch = &extension{
	name:    "rpfilter",
	options: []option{{name: "loose"}, {name: "validmark"}, {name: "accept-local"}, {name: "invert"}},
	match: func(c *call) Step {
		if g := c.get("accept-local"); g != nil {
			c.unsupported(g.at, "--accept-local", "nftables cannot ask for local addresses together with the others. Accept packets from local addresses in a rule in front.")
			return nil
		}
		if c.hookIn(Input, Forward, Output, Postrouting) || c.table != nil && !c.tableIn("raw", "mangle") {
			c.wrongPlace("in PREROUTING of the tables raw and mangle")
			return nil
		}
		return &RPFilter{Loose: c.has("loose"), Mark: c.has("validmark"), Failed: c.has("invert")}
	},
}
