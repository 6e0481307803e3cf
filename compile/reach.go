package compile

// reachable tells for every chain from which hooks a packet can come to it.
func reachable(s *ruleSet) map[*Chain][NoHook]bool {
	reach, next := map[*Chain][NoHook]bool{}, map[*Chain][]*Chain{}
	for _, t := range s.order {
		for _, c := range t.order {
			next[c] = t.called(c)
		}
	}
	for c := range next {
		if c.Hook != NoHook {
			spread(reach, next, c, c.Hook)
		}
	}
	return reach
}

// called are the chains that a chain's rules jump or go to.
func (t *table) called(c *Chain) (out []*Chain) {
	for _, r := range c.Rules {
		if j, ok := r.Target.(*Jump); ok && t.chains[j.Chain] != nil {
			out = append(out, t.chains[j.Chain])
		}
	}
	return out
}

func spread(reach map[*Chain][NoHook]bool, next map[*Chain][]*Chain, c *Chain, h Hook) {
	from := reach[c]
	if from[h] {
		return
	}
	from[h] = true
	reach[c] = from
	for _, to := range next[c] {
		spread(reach, next, to, h)
	}
}
