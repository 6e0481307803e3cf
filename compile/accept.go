package compile

var acceptTarget = plainTarget("ACCEPT", Accept{})

// plainTarget is a target without options.
func plainTarget(name string, t Target) *extension {
	return &extension{name: name, target: func(*call) Target { return t }}
}
