package loader

import "testing"

// BenchmarkPacket runs programs for packets from one source: without a rule that
// matches, with a rule that records, and with the usual pair of rules. A program
// that does nothing takes about 27 ns.
func BenchmarkPacket(b *testing.B) {
	for name, rules := range map[string][]string{
		"none":   {"-p tcp"},
		"record": {"-p udp -m recent --name A --set"},
		"pair":   {"-p udp -m recent --name A --set", "-p udp -m recent --name A --update --seconds 60 --hitcount 4"},
	} {
		b.Run(name, func(b *testing.B) {
			x := newBench(b, 100, rules...)
			_, took, err := x.coll.Programs["v4_filter_input"].Benchmark(packet(source(1), source(2), 64), b.N, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(took.Nanoseconds()), "ns/packet")
		})
	}
}
