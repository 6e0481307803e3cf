package ipset

// Field is one part of a set's entries.
type Field uint8

// The fields. IP is an address, Net one with a prefix; Port stands behind a
// protocol, BarePort does not and means TCP and UDP alike.
const (
	IP Field = iota
	Net
	Port
	BarePort
	MAC
	Iface
	Mark
	Member
)

// Type is a kind of set, such as hash:net,port.
type Type struct {
	Name   string
	Fields []Field
	// old is the name before ipset 4.
	old string
	// Bitmap and List tell the storage; neither is a hash.
	Bitmap, List bool
	// masks tells that create takes a netmask.
	masks bool
	// zero tells that a net may be all addresses.
	zero bool
}

var types = []*Type{
	{Name: "hash:ip", Fields: []Field{IP}, old: "iphash", masks: true},
	{Name: "hash:net", Fields: []Field{Net}, old: "nethash"},
	{Name: "hash:ip,port", Fields: []Field{IP, Port}, old: "ipporthash", masks: true},
	{Name: "hash:net,port", Fields: []Field{Net, Port}, old: "netporthash"},
	{Name: "hash:ip,port,ip", Fields: []Field{IP, Port, IP}, old: "ipportiphash"},
	{Name: "hash:ip,port,net", Fields: []Field{IP, Port, Net}, old: "ipportnethash"},
	{Name: "hash:net,port,net", Fields: []Field{Net, Port, Net}},
	{Name: "hash:net,net", Fields: []Field{Net, Net}},
	{Name: "hash:net,iface", Fields: []Field{Net, Iface}, old: "netifacehash", zero: true},
	{Name: "hash:mac", Fields: []Field{MAC}, old: "machash"},
	{Name: "hash:ip,mark", Fields: []Field{IP, Mark}},
	{Name: "hash:ip,mac", Fields: []Field{IP, MAC}, old: "ipmachash"},
	{Name: "bitmap:ip", Fields: []Field{IP}, old: "ipmap", Bitmap: true, masks: true},
	{Name: "bitmap:ip,mac", Fields: []Field{IP, MAC}, old: "macipmap", Bitmap: true},
	{Name: "bitmap:port", Fields: []Field{BarePort}, old: "portmap", Bitmap: true},
	{Name: "list:set", Fields: []Field{Member}, old: "setlist", List: true},
}

func findType(name string) *Type {
	for _, t := range types {
		if t.Name == name || t.old == name && name != "" {
			return t
		}
	}
	return nil
}

// Has tells whether the entries have the field.
func (t *Type) Has(f Field) bool {
	for _, has := range t.Fields {
		if has == f {
			return true
		}
	}
	return false
}
