package diag

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/recentc/recentc/internal/display"
)

// Rule is a code's documentation with the severity that its findings mostly have.
type Rule struct {
	Explanation
	Severity Severity
}

// Suppression is a finding that a comment in the input leaves out, and the
// comment's reason.
type Suppression struct {
	Diagnostic
	Reason string
}

// Run is what a SARIF file tells of: the program, all rules that it knows, and
// what it found.
type Run struct {
	Version    string
	Rules      []Rule
	Findings   List
	Suppressed []Suppression
}

// The parts of SARIF 2.1.0 that recentc writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		InformationURI  string      `json:"informationUri"`
		Version         string      `json:"version"`
		SemanticVersion string      `json:"semanticVersion"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string      `json:"id"`
		Short   sarifText   `json:"shortDescription"`
		Full    sarifText   `json:"fullDescription"`
		Help    sarifText   `json:"help"`
		Default sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI    string `json:"uri"`
		BaseID string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   uint32     `json:"startLine"`
		StartColumn uint32     `json:"startColumn,omitempty"`
		EndLine     uint32     `json:"endLine,omitempty"`
		EndColumn   uint32     `json:"endColumn,omitempty"`
		Snippet     *sarifText `json:"snippet,omitempty"`
	}
)

// WriteSARIF writes a run as SARIF 2.1.0: one run, with every rule in the driver,
// and an empty list of results where nothing was found.
func WriteSARIF(w io.Writer, run Run) error {
	s := &sarifWriter{index: map[Code]int{}, seen: map[string]int{}}
	out := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	out.Tool.Driver = sarifDriver{Name: "recentc", InformationURI: "https://github.com/recentc/recentc", Version: run.Version, SemanticVersion: run.Version, Rules: s.rules(run.Rules)}
	for i := range run.Findings {
		out.Results = append(out.Results, s.result(&run.Findings[i]))
	}
	for i := range run.Suppressed {
		r := s.result(&run.Suppressed[i].Diagnostic)
		r.Suppressions = []sarifSuppression{{"inSource", run.Suppressed[i].Reason}}
		out.Results = append(out.Results, r)
	}
	return display.JSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{out},
	}, true)
}

type sarifWriter struct {
	index map[Code]int
	seen  map[string]int
}

func (s *sarifWriter) rules(rules []Rule) []sarifRule {
	out := make([]sarifRule, 0, len(rules))
	for _, r := range rules {
		s.index[r.Code] = len(out)
		help := r.Why
		markdown := r.Why
		for _, part := range []struct{ title, text string }{{"Before", r.Before}, {"After", r.After}} {
			if part.text != "" {
				help += "\n\n" + part.title + ":\n" + part.text
				markdown += "\n\n" + part.title + ":\n\n```\n" + part.text + "```"
			}
		}
		out = append(out, sarifRule{string(r.Code), sarifText{Text: r.Title}, sarifText{Text: r.Why}, sarifText{help, markdown}, sarifConfig{level(r.Severity)}})
	}
	return out
}

// level is the severity's name in SARIF.
func level(s Severity) string {
	if s < Error || s > Note {
		return "none"
	}
	return s.String()
}

func (s *sarifWriter) result(d *Diagnostic) sarifResult {
	r := sarifResult{
		RuleID: string(d.Code), RuleIndex: -1, Level: level(d.Severity), Message: sarifText{Text: strings.Join(d.lines(), "\n")},
		Locations:    []sarifLocation{{sarifPhysical{artifact(d.File), region(d)}}},
		Fingerprints: map[string]string{"recentcFinding/v1": s.fingerprint(d)},
	}
	if i, ok := s.index[d.Code]; ok {
		r.RuleIndex = i
	}
	return r
}

// fingerprint names a finding by its code and the text of its line, so that it
// is the same finding after lines were added above. Equal ones are numbered.
func (s *sarifWriter) fingerprint(d *Diagnostic) string {
	key := strings.Join([]string{string(d.Code), filepath.ToSlash(d.File), strings.Join(strings.Fields(d.Line), " ")}, "\x00")
	n := s.seen[key]
	s.seen[key]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, n))
	return hex.EncodeToString(sum[:16])
}

// artifact writes a path as a URI reference: relative to the root of the sources
// if the file is in the current folder or below.
func artifact(file string) sarifArtifact {
	if here, err := os.Getwd(); err == nil && filepath.IsAbs(file) {
		if rel, err := filepath.Rel(here, file); err == nil && filepath.IsLocal(rel) {
			file = rel
		}
	}
	slashed := filepath.ToSlash(filepath.Clean(file))
	if filepath.IsAbs(file) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: slashed}).String()}
	}
	escaped := strings.ReplaceAll((&url.URL{Path: slashed}).EscapedPath(), ":", "%3A")
	return sarifArtifact{URI: escaped, BaseID: "%SRCROOT%"}
}

// region gives a range in characters; ours count bytes.
func region(d *Diagnostic) *sarifRegion {
	if d.Range.Start.Line == 0 {
		return nil
	}
	r := &sarifRegion{StartLine: d.Range.Start.Line, StartColumn: column(d.Line, d.Range.Start.Column)}
	if d.Line != "" {
		r.Snippet = &sarifText{Text: strings.ToValidUTF8(d.Line, "?")}
	}
	if d.Range.End.Line == d.Range.Start.Line {
		r.EndLine = r.StartLine
		r.EndColumn = max(r.StartColumn, column(d.Line, d.Range.End.Column))
	}
	return r
}

// column turns a column in bytes into one in characters.
func column(line string, n uint32) uint32 {
	before := min(len(line), max(0, int(n)-1))
	return uint32(len([]rune(line[:before]))) + 1 + n - 1 - uint32(before)
}
