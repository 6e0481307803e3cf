package compile

// OptionsWithValues are the options of every extension that take a word, by its name.
func OptionsWithValues() map[string][]string {
	out := map[string][]string{}
	for _, e := range extensions {
		for i := range e.options {
			if o := &e.options[i]; o.args > 0 && o.same == "" {
				out[e.name] = append(out[e.name], o.name)
			}
		}
	}
	return out
}
