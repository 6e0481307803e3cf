package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// mostShown is how many messages are shown of one run: more than anybody reads, and few
// enough that a file of errors cannot fill a disk.
const mostShown = 10000

// Bounded is the list, without the least severe and the last of its messages where there
// are too many. A message in their place says how many they are.
func (l List) Bounded() List {
	if len(l) <= mostShown {
		return l
	}
	places := make([]int, len(l))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(i, j int) int { return cmp.Compare(l[i].Severity, l[j].Severity) })
	left := l[places[mostShown]]
	kept := places[:mostShown]
	slices.Sort(kept)
	out := make(List, 0, mostShown+1)
	for _, i := range kept {
		out = append(out, l[i])
	}
	return append(out, Diagnostic{
		Code: MoreMessages, Severity: left.Severity, File: left.File,
		Summary: fmt.Sprintf("%d more messages are not shown", len(l)-mostShown),
		Fix:     "Put right what is shown, and run the command again.",
	})
}
