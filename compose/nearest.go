package compose

import "github.com/hbollon/go-edlib"

// nearest finds the known word that a person most likely meant; "" when none
// is close. A third of the letters may be wrong, two that changed places
// count as one: "prot" is near "port", "pair" is not near "path".
func nearest(word string, known []string) string {
	best, distance := "", (len(word)+1)/3+1
	for _, k := range known {
		if d := edlib.OSADamerauLevenshteinDistance(word, k); d < distance {
			best, distance = k, d
		}
	}
	return best
}
