package probe

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// answer is what came back for a request.
type answer struct {
	status int
	text   string
	// colour is the one whose replica has answered; "" where the proxy does not
	// tell, or has answered itself.
	colour compose.Colour
	at     time.Time
}

// own are the texts of a proxy's own answers. Traefik tells a colour with them
// too.
var own = []string{"Bad Gateway", "Service Unavailable", "Gateway Timeout", "no available server"}

// lost says why an answer is none of the application's: whatever that answers,
// be it an error, is its own affair. Where the proxy tells whose an answer is,
// one without a colour is the proxy's; elsewhere its statuses must do.
func (a answer) lost(tells bool) error {
	gateway := a.status == http.StatusBadGateway || a.status == http.StatusServiceUnavailable || a.status == http.StatusGatewayTimeout
	switch {
	case tells && a.colour == "":
		return fmt.Errorf("the proxy itself answered %d", a.status)
	case !gateway || tells && !a.ownText():
		return nil
	default:
		return fmt.Errorf("it was answered %d", a.status)
	}
}

func (a answer) ownText() bool {
	text := strings.TrimSpace(a.text)
	for _, said := range own {
		if text == said {
			return true
		}
	}
	return false
}
