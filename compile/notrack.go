package compile

// NoTrack keeps the packet out of connection tracking. The packet goes on.
type NoTrack struct{}

// Extension implements Target.
func (*NoTrack) Extension() string { return "NOTRACK" }

// Ends implements Target.
func (*NoTrack) Ends() bool { return false }

var notrackTarget = &extension{
	name: "NOTRACK",
	target: func(c *call) Target {
		if !c.inTable("raw") {
			return nil
		}
		return &NoTrack{}
	},
}
