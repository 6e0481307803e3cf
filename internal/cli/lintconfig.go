package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/safefile"
	"github.com/recentc/recentc/lint"
	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"
)

// lintSettings are the settings for one group of files.
type lintSettings struct {
	lint.Options
	// severity is the least that is shown.
	severity diag.Severity
}

// lintFile is a settings file. The command line goes before it.
type lintFile struct {
	Disable      []string `toml:"disable" yaml:"disable"`
	Severity     string   `toml:"severity" yaml:"severity"`
	Kernel       string   `toml:"kernel" yaml:"kernel"`
	HZ           []uint32 `toml:"hz" yaml:"hz"`
	IPListTot    uint32   `toml:"ip-list-tot" yaml:"ip-list-tot"`
	IPPktListTot uint32   `toml:"ip-pkt-list-tot" yaml:"ip-pkt-list-tot"`
}

var lintFileNames = []string{".recentc.toml", ".recentc.yaml", ".recentc.yml"}

// lintSettings puts the command line and the settings file of an input together.
func (c *Command) lintSettings(ctx *cli.Context, input string) (*lintSettings, error) {
	path, err := settingsPath(ctx.String("config"), input)
	if err != nil {
		return nil, err
	}
	file, err := readSettings(path)
	if err != nil {
		return nil, usage("%s: %v", path, err)
	}
	options, err := compileOptions(ctx)
	if err != nil {
		return nil, err
	}
	s := &lintSettings{Options: lint.Options{Options: options, HZ: file.HZ}}
	if !ctx.IsSet("ip-list-tot") {
		s.IPListTot = file.IPListTot
	}
	if !ctx.IsSet("ip-pkt-list-tot") {
		s.IPPktListTot = file.IPPktListTot
	}
	if err := s.kernel(ctx, file, path); err != nil {
		return nil, err
	}
	if err := s.codes(file.Disable, path); err != nil {
		return nil, err
	}
	return s, s.flags(ctx, file)
}

func (s *lintSettings) kernel(ctx *cli.Context, file *lintFile, path string) error {
	if ctx.IsSet("kernel") || file.Kernel == "" {
		return nil
	}
	v, ok := compile.ParseVersion(file.Kernel)
	if !ok {
		return usage("%s: kernel %s is not a version such as 5.10", path, file.Kernel)
	}
	s.Kernel = v
	return nil
}

// codes adds codes that are not wanted.
func (s *lintSettings) codes(codes []string, where string) error {
	for _, code := range codes {
		up := diag.Code(strings.ToUpper(strings.TrimSpace(code)))
		_, ours := lint.Lookup(string(up))
		if _, known := diag.Lookup(string(up)); !ours && !known {
			return usage("%s: there is no code %s; recentc lint --list-rules lists them", where, code)
		}
		s.Disable = append(s.Disable, up)
	}
	return nil
}

// flags takes what only the command line and the file both may say.
func (s *lintSettings) flags(ctx *cli.Context, file *lintFile) error {
	if d := ctx.String("disable"); d != "" {
		if err := s.codes(strings.Split(d, ","), "--disable"); err != nil {
			return err
		}
	}
	level := ctx.String("severity")
	if level == "" {
		level = file.Severity
	}
	var ok bool
	if s.severity, ok = map[string]diag.Severity{"": diag.Note, "error": diag.Error, "warning": diag.Warning, "note": diag.Note}[level]; !ok {
		return usage("severity %s: write error, warning or note", level)
	}
	if rates := ctx.String("hz"); rates != "" {
		s.HZ = nil
		for _, r := range strings.Split(rates, ",") {
			n, err := strconv.ParseUint(strings.TrimSpace(r), 10, 32)
			if err != nil {
				return usage("--hz %s: write clock rates such as 250,1000", rates)
			}
			s.HZ = append(s.HZ, uint32(n))
		}
	}
	for _, hz := range s.HZ {
		if hz == 0 || hz > 10000 {
			return usage("hz %d: a kernel's clock has 1 to 10000 ticks a second", hz)
		}
	}
	return nil
}

// settingsPath finds the settings file of an input: the one named, or the first
// in the input's folder and those above it. "" stands for none.
func settingsPath(named, input string) (string, error) {
	switch {
	case named == "none":
		return "", nil
	case named != "":
		return named, nil
	}
	dir, err := filepath.Abs(filepath.Dir(input))
	if err != nil {
		return "", err
	}
	for {
		for _, name := range lintFileNames {
			path := filepath.Join(dir, name)
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
		if dir == filepath.Dir(dir) {
			return "", nil
		}
		dir = filepath.Dir(dir)
	}
}

// maxSettings bounds a settings file. It is found in whatever folder the rules are in.
const maxSettings = 1 << 20

// readSettings reads a settings file. A key that is not known is an error: a
// mistyped one would be ignored in silence.
func readSettings(path string) (*lintFile, error) {
	f := &lintFile{}
	if path == "" {
		return f, nil
	}
	text, err := safefile.ReadRegular(path, maxSettings)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("there is no such file")
	}
	if err != nil {
		return nil, err
	}
	if filepath.Ext(path) != ".toml" {
		d := yaml.NewDecoder(strings.NewReader(text))
		d.KnownFields(true)
		if err := d.Decode(f); err != nil && err.Error() != "EOF" {
			return nil, err
		}
		return f, nil
	}
	meta, err := toml.Decode(text, f)
	if err == nil && len(meta.Undecoded()) > 0 {
		err = errors.New("there is no setting " + meta.Undecoded()[0].String())
	}
	return f, err
}
