package loader

import (
	"testing"

	"github.com/recentc/recentc/backend/ebpf"
)

// BenchmarkPacket runs programs for packets from one source: without a rule that
// matches, with a rule that records, and with the usual pair of rules. A program
// that does nothing takes about 25 ns.
func BenchmarkPacket(b *testing.B) {
	for name, rules := range map[string][]string{
		"none":   {"-p tcp"},
		"record": {"-p udp -m recent --name A --set"},
		"pair":   {"-p udp -m recent --name A --set", "-p udp -m recent --name A --update --seconds 60 --hitcount 4"},
	} {
		for _, at := range []ebpf.Attach{ebpf.Netfilter, ebpf.XDP, ebpf.TCIngress} {
			b.Run(name+" at "+at.String(), func(b *testing.B) {
				x := newBenchWith(b, 100, ebpf.Options{Attach: at}, rules...)
				_, took, err := x.program().Benchmark(x.data(source(1), source(2), 64), b.N, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(took.Nanoseconds()), "ns/packet")
			})
		}
	}
}
