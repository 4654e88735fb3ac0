package images

import (
	"context"
	"fmt"
	"strings"
)

// Remove removes every image of this package, its parts too, from the engine; containers that use
// one keep it from going and are named in the error. A pulled official image stays: it is not ours.
func Remove(ctx context.Context) error {
	found, err := docker(ctx, "image", "ls", "--quiet", "--no-trunc", "--filter", "label="+Label+"="+labelValue)
	if err != nil {
		return fmt.Errorf("list the images to remove: %w", err)
	}
	ids := strings.Fields(found)
	if len(ids) == 0 {
		return nil
	}
	if _, err := docker(ctx, append([]string{"image", "rm", "--force"}, unique(ids)...)...); err != nil {
		return fmt.Errorf("remove images: %w", err)
	}
	return nil
}

// unique keeps the first of each: an image with two tags is listed twice.
func unique(ids []string) []string {
	seen := map[string]bool{}
	kept := ids[:0:0]
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}
