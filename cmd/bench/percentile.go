package main

import (
	"cmp"
	"math"
	"slices"
)

// percentile is the smallest value that at least p percent of the sorted values do not exceed (nearest rank); 0 of none.
func percentile[T cmp.Ordered](sorted []T, p float64) T {
	var none T
	if len(sorted) == 0 {
		return none
	}
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median is the middle value; of an even number the lower one of the two, so that it was really seen.
func median[T cmp.Ordered](values []T) T {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return percentile(sorted, 50)
}
