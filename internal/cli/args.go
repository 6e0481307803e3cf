package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// reorder moves options in front of file names, because the library stops
// looking for options at the first word that is none. "--" ends the options.
func reorder(app *cli.App, args []string) []string {
	at := slices.IndexFunc(args, func(a string) bool { return !strings.HasPrefix(a, "-") })
	if at < 0 {
		return args
	}
	cmd := app.Command(args[at])
	if cmd == nil {
		return args
	}
	var options, words []string
	rest := args[at+1:]
	for i := 0; i < len(rest); i++ {
		a := rest[i]
		switch {
		case a == "--":
			words = append(words, rest[i+1:]...)
			i = len(rest)
		case a == "-" || !strings.HasPrefix(a, "-"):
			words = append(words, a)
		default:
			options = append(options, a)
			if takesValue(cmd, a) && i+1 < len(rest) {
				i++
				options = append(options, rest[i])
			}
		}
	}
	out := append(slices.Clone(args[:at+1]), options...)
	return append(append(out, "--"), words...)
}

func takesValue(cmd *cli.Command, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	if strings.Contains(name, "=") {
		return false
	}
	for _, f := range cmd.Flags {
		if slices.Contains(f.Names(), name) {
			_, isBool := f.(*cli.BoolFlag)
			return !isBool
		}
	}
	return false
}
