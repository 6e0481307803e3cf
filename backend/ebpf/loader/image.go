package loader

import (
	"fmt"
	"path/filepath"

	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/compile"
)

// Image is an object with all that has to be known of it to install it and to show
// it later. Unlike [ebpf.Output] it refers to nothing else, so it can be handed to
// another process.
type Image struct {
	Object []byte
	Description
}

// Description is what is known of programs that stay, beside their maps.
type Description struct {
	Programs []ebpf.Program
	Lists    []ebpf.List
	// Rules are the texts of the rules, by the number of their counters.
	Rules    []RuleText
	Tracking bool
	// Attach is where the programs stand, Device the device for all but netfilter.
	Attach ebpf.Attach
	Device string `json:",omitempty"`
	// HZ is the rate of the clock that the object is made for, 0 for that of the
	// kernel that loads it.
	HZ uint32
}

// RuleText is a rule that has counters.
type RuleText struct {
	Family, Table, Chain string
	// Place is "rules.v4:12", Text the rule as written.
	Place, Text string
	// Log is what the rule logs; nil if it does not.
	Log *LogText `json:",omitempty"`
}

// LogText is how LOG or NFLOG says what it logs.
type LogText struct {
	Prefix string
	// Level is syslog's number of it for LOG; Group is that of NFLOG, which has none.
	Level uint8
	Group uint16
	NFLog bool
}

// NewImage takes what is needed of a translation. Device is where programs for xdp and
// tc are to stand.
func NewImage(out *ebpf.Output, device string) *Image {
	img := &Image{Object: out.Object, Description: Description{
		Programs: out.Programs, Lists: out.Lists, Tracking: out.Tracking, Attach: out.Attach, Device: device, HZ: out.HZ,
	}}
	for _, r := range out.Rules {
		place := fmt.Sprintf("%s:%d", filepath.Base(r.Rule.File.Name), r.Rule.Range.Start.Line)
		img.Rules = append(img.Rules, RuleText{r.Family.String(), r.Table, r.Chain, place, r.Rule.Source, logText(r.Rule.Target)})
	}
	return img
}

func logText(t compile.Target) *LogText {
	switch t := t.(type) {
	case *compile.Log:
		return &LogText{Prefix: t.Prefix, Level: t.Level}
	case *compile.NFLog:
		return &LogText{Prefix: t.Prefix, Group: t.Group, NFLog: true}
	}
	return nil
}

// Logs tells whether some rule logs, so that there are events to read.
func (d *Description) Logs() bool {
	for _, r := range d.Rules {
		if r.Log != nil {
			return true
		}
	}
	return false
}
