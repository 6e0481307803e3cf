package compile

var dropTarget = &extension{name: "DROP", target: func(c *call) Target {
	if c.table.name == "nat" {
		c.wrongPlace("outside the nat table, which sees only the first packet of a connection")
		return nil
	}
	return Drop{}
}}

var returnTarget = plainTarget("RETURN", Return{})
