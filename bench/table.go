package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// sample is what several runs of one thing took.
type sample []time.Duration

// median is the middle one; zero of none.
func (s sample) median() time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[len(sorted)/2]
}

// String is min / median / max in milliseconds.
func (s sample) String() string {
	if len(s) == 0 {
		return "-"
	}
	return fmt.Sprintf("%d / %d / %d", slices.Min(s).Milliseconds(), s.median().Milliseconds(), slices.Max(s).Milliseconds())
}

// ratio is how many times as long a took as b, by the median of the ratios
// of runs that stood side by side.
func ratio(a, b sample) string {
	var ratios []float64
	for i := range min(len(a), len(b)) {
		ratios = append(ratios, float64(a[i])/float64(b[i]))
	}
	if len(ratios) == 0 {
		return "-"
	}
	slices.Sort(ratios)
	return fmt.Sprintf("%.2f", ratios[len(ratios)/2])
}

// table prints a title and rows, the first of which is the head.
func table(title string, rows ...[]string) {
	fmt.Printf("\n%s\n\n", title)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	for _, row := range rows {
		_, _ = fmt.Fprintln(w, "  "+strings.Join(row, "\t")) // Flush tells
	}
	if err := w.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
