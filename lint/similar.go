package lint

import "strings"

// similar tells whether two names differ only in case, or by one or two letters.
func similar(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	return a == b || min(len(a), len(b)) > 3 && distance(a, b) <= 1 || min(len(a), len(b)) > 6 && distance(a, b) <= 2
}

// distance is the number of letters to insert, remove or exchange.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, corner+cost)
		}
	}
	return row[len(b)]
}
