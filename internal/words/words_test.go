package words_test

import (
	"testing"

	"github.com/recentc/recentc/internal/words"
)

// TestWords holds the numbers whose words are irregular.
func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{words.Count(0, "rule"), "0 rules"}, {words.Count(1, "rule"), "1 rule"}, {words.Count(2, "rule"), "2 rules"},
		{words.Count(1, "recent match"), "1 recent match"}, {words.Count(uint32(3), "recent match"), "3 recent matches"},
		{words.Ordinal(1), "1st"}, {words.Ordinal(2), "2nd"}, {words.Ordinal(3), "3rd"}, {words.Ordinal(4), "4th"},
		{words.Ordinal(11), "11th"}, {words.Ordinal(12), "12th"}, {words.Ordinal(13), "13th"}, {words.Ordinal(uint32(21)), "21st"}, {words.Ordinal(112), "112th"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
