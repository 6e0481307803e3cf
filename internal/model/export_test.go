package model

// Knows tells whether a match or target has its line, interpreted or not. State is a form of
// conntrack, and comment and recent have no line because they are no conditions.
func Knows(isTarget bool, name string) bool {
	if isTarget {
		_, ok := targets[name]
		return ok
	}
	if name == "state" {
		name = "conntrack"
	}
	_, ok := matches[name]
	return ok || name == "comment" || name == "recent"
}
