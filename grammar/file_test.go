package grammar

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	var s strings.Builder
	s.WriteString("*filter\n")
	n := 10000
	for i := range n {
		fmt.Fprintf(&s, "-A INPUT -s 10.0.%d.%d/32 -p tcp -m tcp --dport %d -m state --state NEW -j ACCEPT\n", i/256%256, i%256, i%65536)
	}
	s.WriteString("COMMIT\n")
	b.ResetTimer()
	for b.Loop() {
		_, l := ParseFile("x", s.String())
		if len(l) > 0 {
			b.Fatal(l[0])
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rules/s")
}
