package lab

import (
	"fmt"
	"regexp"
	"strings"
)

// CheckNFT lets nft check a script against the kernel without loading it (`nft -c`), in a namespace
// of its own. The error carries what nft said.
func CheckNFT(script string) error {
	return WithNamespace(func(ns *Namespace) error {
		_, err := ns.Run(script, "nft", "-c", "-f", "-")
		return err
	})
}

// RoundTrip loads an nft script into a fresh namespace, loads what `nft list ruleset` shows into
// another, and compares the two listings. Only the remaining life of set elements may differ. The
// error says which of the steps failed, with what nft said, or shows the first line that differs.
func RoundTrip(script string) error {
	first, err := listed(script)
	if err != nil {
		return fmt.Errorf("first load: %w", err)
	}
	second, err := listed(first)
	if err != nil {
		return fmt.Errorf("load of its own listing: %w", err)
	}
	return sameListing(first, second)
}

// listed is what nft lists after loading the script into an empty namespace.
func listed(script string) (listing string, err error) {
	err = WithNamespace(func(ns *Namespace) error {
		if err := NFT("", script).Load(ns); err != nil {
			return err
		}
		listing, err = ns.Run("", "nft", "list", "ruleset")
		return err
	})
	return listing, err
}

// expires is the remaining life of an element, which has shrunk by the time it is listed again.
var expires = regexp.MustCompile(` expires [0-9dhms]+`)

func sameListing(first, second string) error {
	a := strings.Split(expires.ReplaceAllString(first, ""), "\n")
	b := strings.Split(expires.ReplaceAllString(second, ""), "\n")
	for i := range max(len(a), len(b)) {
		if la, lb := lineAt(a, i), lineAt(b, i); la != lb {
			return fmt.Errorf("listings differ in line %d:\n- %s\n+ %s", i+1, la, lb)
		}
	}
	return nil
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end)"
}
