package switcher

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// CanaryError refuses to touch the containers of an idle colour that visitors
// are being sent to.
type CanaryError struct {
	Colour compose.Colour
	Share  int    // in percent
	Doing  string // the verb: "up", "stop"
}

func (e *CanaryError) Error() string {
	return fmt.Sprintf("%s %s: a canary is on, %s takes %d%% of the visitors", e.Doing, e.Colour, e.Colour, e.Share)
}

// Hint says what to type next.
func (*CanaryError) Hint() string {
	return "take the visitors back first: docker bluegreen canary 0%; or send it all traffic: docker bluegreen switch"
}

// notInCanary refuses to do something to the idle colour while visitors are
// sent to it.
func notInCanary(s State, c compose.Colour, doing string) error {
	if s.Canary() == 0 || c != s.Active().Other() {
		return nil
	}
	return &CanaryError{Colour: c, Share: s.Canary(), Doing: doing}
}
