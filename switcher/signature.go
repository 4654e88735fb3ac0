package switcher

import (
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// Signature says which command makes a change, who typed it and when.
type Signature struct {
	Action string
	Who    string
	At     time.Time
}

// routing signs a routing in which colour c is active with a release.
func (s Signature) routing(c compose.Colour, release string) Routing {
	return Routing{Active: c, Release: release, Action: s.Action, Since: s.At, By: s.Who}
}
