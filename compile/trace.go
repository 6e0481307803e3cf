package compile

// Trace makes the kernel report the packet's way through the rules. The packet goes on.
type Trace struct{}

// Extension implements Target.
func (*Trace) Extension() string { return "TRACE" }

// Ends implements Target.
func (*Trace) Ends() bool { return false }

var traceTarget = &extension{
	name: "TRACE",
	target: func(c *call) Target {
		if !c.forTable("raw") {
			return nil
		}
		return &Trace{}
	},
}
