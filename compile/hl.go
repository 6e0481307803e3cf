package compile

import "github.com/recentc/recentc/ast"

var hlMatch = &extension{
	name:   "hl",
	family: ast.IPv6,
	options: []option{
		{name: "hl-eq", args: 1, not: true}, {name: "hl", args: 1, not: true, same: "hl-eq"},
		{name: "hl-lt", args: 1}, {name: "hl-gt", args: 1},
	},
	match: func(c *call) Step { return c.ttl("hl") },
}
