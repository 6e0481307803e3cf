package compile

import "net/netip"

// Tee sends a copy of the packet by way of another host of the same network.
// The packet goes on.
type Tee struct{ Gateway netip.Addr }

// Extension implements Target.
func (*Tee) Extension() string { return "TEE" }

// Ends implements Target.
func (*Tee) Ends() bool { return false }

var teeTarget = &extension{
	name:    "TEE",
	options: []option{{name: "gateway", args: 1}, {name: "oif", args: 1}},
	target: func(c *call) Target {
		g := c.need("gateway", "ADDRESS")
		if g == nil {
			return nil
		}
		t := &Tee{}
		var ok bool
		if t.Gateway, ok = c.host(g.value()); !ok {
			return nil
		}
		if t.Gateway.IsUnspecified() {
			c.bad(g.value(), "%q is not the address of a host", g.value().Text)
			return nil
		}
		if oif := c.get("oif"); oif != nil {
			c.unsupported(oif.at, "--oif", "iptables follows the device by its name; nftables would keep the number that it has while loading. Let the route to the gateway choose the device.")
			return nil
		}
		return t
	},
}
