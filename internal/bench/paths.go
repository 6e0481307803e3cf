package main

import (
	"fmt"
	"io"
)

// floods are the traffic that limitRules are measured under.
var floods = []scenario{
	{name: "one source, as fast as it goes", sources: 1, batch: 500, rounds: 600, warm: 40, block: 20, repeats: 3},
	{name: "90 sources, 2000 packets a second each", sources: 90, batch: 900, rounds: 800, warm: 60, block: 40, repeats: 3, rate: 180_000, fewer: true},
	{name: "90 sources, 1000 packets a second in all", sources: 90, batch: 50, rounds: 100, warm: 45, block: 20, repeats: 2, rate: 1000},
	{name: "10000 sources, 3 packets each", sources: 10_000, batch: 1000, rounds: 30, block: 30, repeats: 9},
	{name: "10000 sources, 6 packets each", sources: 10_000, batch: 1000, rounds: 60, block: 60, repeats: 9},
	{name: "10000 sources that go on", sources: 10_000, batch: 1000, rounds: 100, warm: 250, block: 20, repeats: 2},
}

func writePaths(w io.Writer) error {
	fmt.Fprint(w, `## The way of a packet

UDP packets are written to a TAP device, which receives each inside the call; the configurations take turns in short
batches, in shuffled order, on one CPU. Cost is a thread's CPU time above that of an empty rule set, relative to
xt_recent's in the same rounds. `+"`--set`"+` and `+"`--update --seconds 60 --hitcount N -j DROP`"+` is measured. An xt_recent
list holds 100 addresses, so that with 10000 sources it forgets each before it comes again, and drops nothing. What tc
and XDP drop never comes as far as the empty rule set, so that its cost can be below it.

`)
	for _, sc := range floods {
		for _, hits := range []int{4, 20} {
			if _, err := sc.table(w, fmt.Sprintf("%s, hitcount %d", sc.name, hits), limits(hits)); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeLimits measures what is nearest to what any rule set could cost.
func writeLimits(w io.Writer) error {
	fmt.Fprint(w, "What a rule set could cost at the least: programs that drop every packet.\n\n")
	net, err := floods[0].table(w, floods[0].name, drops())
	if err != nil {
		return err
	}
	for _, pair := range [][2]string{{oursAtTC, dropAtTC}, {oursAtXDP, dropAtXDP}} {
		more := above(net[pair[0]], net[pair[1]])
		fmt.Fprintf(w, "%s: %.0f ns [%.0f to %.0f] more than %s.\n\n", pair[0], median(more), quantile(more, 0.25), quantile(more, 0.75), pair[1])
	}
	return nil
}

// table measures the scenario and writes a table of the configs. The first is the
// base, the second the reference. It returns what each costs above the base, in
// nanoseconds, block by block.
func (sc scenario) table(w io.Writer, title string, configs []config) (map[string][]float64, error) {
	results, costs := map[string]*station{}, map[string][]float64{}
	for range max(1, sc.repeats) {
		if err := sc.once(configs, results); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(w, "**%s**\n\n| | ns a packet | above no rules | relative to xt_recent | let through |\n|---|---|---|---|---|\n", title)
	base := blocks(results[configs[0].name].nanoseconds, sc.block)
	reference := above(blocks(results[configs[1].name].nanoseconds, sc.block), base)
	for _, c := range configs {
		s := results[c.name]
		if s == nil {
			continue
		}
		own := blocks(s.nanoseconds, sc.block)
		net := above(own, base)
		costs[c.name] = net
		relative := ""
		if c.name != configs[0].name {
			relative = spread(ratios(net, reference))
		}
		fmt.Fprintf(w, "| %s | %.0f | %.0f | %s | %.2f %% |\n", c.name, median(own), median(net), relative, s.share)
	}
	one := results[configs[0].name]
	fmt.Fprintf(w, "\n%d packets to each, %.0f a second of each source.\n\n", one.sent, float64(one.sent)/one.seconds/float64(sc.sources))
	return costs, nil
}

func above(own, base []float64) []float64 {
	out := make([]float64, len(own))
	for i := range own {
		out[i] = own[i] - base[i]
	}
	return out
}

// once measures with new stations, and adds to the results.
func (sc scenario) once(configs []config, results map[string]*station) error {
	var stations []*station
	defer func() {
		for _, s := range stations {
			s.close()
		}
	}()
	for _, c := range configs {
		if c.spare && sc.fewer {
			continue
		}
		s, err := newStation(c)
		if err != nil {
			return err
		}
		stations = append(stations, s)
	}
	if err := sc.measure(stations); err != nil {
		return err
	}
	for _, s := range stations {
		if err := s.addTo(results); err != nil {
			return err
		}
	}
	return nil
}

// addTo adds the station's figures to those of its config.
func (s *station) addTo(results map[string]*station) error {
	passed, err := s.passed()
	if err != nil {
		return err
	}
	s.share = 100 * float64(passed) / float64(s.sent)
	if r := results[s.name]; r != nil {
		s.nanoseconds = append(r.nanoseconds, s.nanoseconds...)
		s.sent, s.seconds = s.sent+r.sent, s.seconds+r.seconds
	}
	results[s.name] = s
	return nil
}
