package images

import (
	"context"
	"embed"
)

//go:embed redis
var redisFiles embed.FS

// Redis returns the reference of an image of Redis, of Debian's package, that is
// on the engine.
func Redis(ctx context.Context) (string, error) {
	return flavoured{name: "redis", files: redisFiles}.ensure(ctx, BashOnly, nil)
}
