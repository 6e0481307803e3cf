package nft

import "github.com/recentc/recentc/compile"

// stepForms translates each kind of step; the key is the match's name.
var stepForms = map[string]func(*translator, compile.Step) form{
	"address":   stepOf((*translator).address),
	"interface": stepOf((*translator).iface),
	"protocol":  stepOf((*translator).protocol),
	"fragment":  stepOf((*translator).fragment),
	"tcp":       stepOf((*translator).tcp),
}
