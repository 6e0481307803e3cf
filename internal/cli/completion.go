package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// The scripts ask the program itself for words, as the library offers, and fall
// back to file names.
const (
	bashCompletion = `_recentc() {
    local cur words
    cur="${COMP_WORDS[COMP_CWORD]}"
    words="$("${COMP_WORDS[@]:0:COMP_CWORD}" ${cur:+"$cur"} --generate-bash-completion 2>/dev/null)"
    COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur"))
}
complete -o filenames -F _recentc recentc
`
	zshCompletion = `#compdef recentc
_recentc() {
    local -a words_
    words_=("${(@f)$("${words[@]:0:#words[@]-1}" --generate-bash-completion 2>/dev/null)}")
    _describe 'recentc' words_
    _files
}
# From a folder of fpath this file is the function itself when it is called for the first time.
if [ "$funcstack[1]" = "_recentc" ]; then
    _recentc "$@"
else
    compdef _recentc recentc
fi
`
)

func (c *Command) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a completion script for bash, zsh or fish",
		ArgsUsage: "SHELL",
		Action: func(ctx *cli.Context) error {
			switch shell := ctx.Args().First(); shell {
			case "bash":
				fmt.Fprint(c.Stdout, bashCompletion)
			case "zsh":
				fmt.Fprint(c.Stdout, zshCompletion)
			case "fish":
				script, err := c.app().ToFishCompletion()
				if err != nil {
					return err
				}
				fmt.Fprint(c.Stdout, script)
			default:
				return usage("completion needs the name of a shell: bash, zsh or fish")
			}
			return nil
		},
	}
}
