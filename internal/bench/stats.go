package main

import (
	"fmt"
	"slices"
)

// quantile of values, the middle one for 0.5. NaNs are not expected.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// blocks are the means of n values each, and of what is left at the end.
func blocks(values []float64, n int) (out []float64) {
	for some := range slices.Chunk(values, n) {
		sum := 0.0
		for _, v := range some {
			sum += v
		}
		out = append(out, sum/float64(len(some)))
	}
	return out
}

// ratios are a[i]/b[i].
func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return out
}

// spread prints the median with the quartiles.
func spread(values []float64) string {
	return fmt.Sprintf("%.2f [%.2f to %.2f]", median(values), quantile(values, 0.25), quantile(values, 0.75))
}
