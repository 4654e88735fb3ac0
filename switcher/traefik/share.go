package traefik

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// lotteryPath is where the tool draws a lot of its own.
const lotteryPath = "/lot"

// Divides implements switcher.Proxy: all routes are the tool's. Traefik draws
// where a client arrives, so there has to be a place where both colours would
// take it.
func (c *control) Divides(_ context.Context, m compose.Model) error {
	if draws(m) {
		return nil
	}
	return &compose.InvalidError{
		Service: c.Errors.Proxy,
		Problem: "no pair is reached in the same way in both colours, and Traefik can draw a client only where both would take it",
		Fix:     "send all visitors at once: docker bluegreen switch",
	}
}

// fair finds whether Traefik gives the cookies by which all pairs know a
// client's lot, or the colour that it began on.
func (c *control) fair(ctx context.Context) error {
	a, err := c.ask(ctx, lotteryPath, "localhost")
	if err != nil {
		return err
	}
	given := (&http.Response{Header: a.Header}).Cookies()
	if !slices.ContainsFunc(given, func(k *http.Cookie) bool { return k.Name == coarse && k.Value == hashOf(noColour) }) {
		return fmt.Errorf("it gives clients other cookies than the ones that its routes know: %v", given)
	}
	return nil
}

// share is the share that a running Traefik has taken.
func (v *view) share() (int, error) {
	share := 0
	for name := range v.Routers {
		if rest, found := strings.CutPrefix(name, sharePrefix); found {
			n, err := strconv.Atoi(strings.TrimSuffix(rest, provider))
			if err != nil || share != 0 {
				return 0, fmt.Errorf("its router %s tells no share", name)
			}
			share = n
		}
	}
	return share, nil
}

// traffic is what the routers make of the visitors.
func (v *view) traffic(m compose.Model) (switcher.Traffic, error) {
	active, err := v.colour(m)
	if err != nil {
		return switcher.Traffic{}, err
	}
	t := switcher.Traffic{Active: active}
	if t.Canary, err = v.share(); err == nil {
		t.Pinned, err = v.pinned()
	}
	return t, err
}
