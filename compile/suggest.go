package compile

// What is looked at for a suggestion: more names than that are made by a program, and a
// longer word is not a typing error.
const (
	mostCandidates = 1000
	longestTypo    = 100
)

// closest returns the candidate that a typing error would most likely have
// meant, or "" if none is near.
func closest(word string, candidates []string) string {
	if len(candidates) > mostCandidates || len(word) > longestTypo {
		return ""
	}
	best, limit := "", max(1, len(word)/3)+1
	for _, c := range candidates {
		if d := distance(word, c, limit); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap to get from a
// to b, and stops at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	if len(b) >= 2*longestTypo {
		return limit
	}
	var memory [3][2 * longestTypo]int
	rows := [3][]int{memory[0][:len(b)+1], memory[1][:len(b)+1], memory[2][:len(b)+1]}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		two, one, row := rows[(i+1)%3], rows[(i+2)%3], rows[i%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
