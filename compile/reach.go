package compile

// reachable tells for every chain from which hooks a packet can come to it.
func reachable(s *ruleSet) map[*Chain][NoHook]bool {
	reach := map[*Chain][NoHook]bool{}
	for _, t := range s.order {
		for _, c := range t.order {
			if c.Hook != NoHook {
				spread(reach, t, c, c.Hook)
			}
		}
	}
	return reach
}

func spread(reach map[*Chain][NoHook]bool, t *table, c *Chain, h Hook) {
	from := reach[c]
	if from[h] {
		return
	}
	from[h] = true
	reach[c] = from
	for _, r := range c.Rules {
		if j, ok := r.Target.(*Jump); ok && t.chains[j.Chain] != nil {
			spread(reach, t, t.chains[j.Chain], h)
		}
	}
}
