package proxytest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// client is a visitor who keeps the cookies that the proxy gives.
type client struct {
	cookies map[string]string
	colour  string // that answered last
	former  string // that answered before
}

func newClients(n int) []*client {
	all := make([]*client, n)
	for i := range all {
		all[i] = &client{cookies: map[string]string{}}
	}
	return all
}

// ask requests a page with the client's cookies, keeps those that it is given,
// and returns the colour that answers.
func (c *client) ask(through *http.Client, url string) (string, error) {
	request, err := http.NewRequest(http.MethodGet, url, nil) //nolint:noctx // the client has a limit of time
	if err != nil {
		return "", err
	}
	for name, value := range c.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	response, err := through.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "", err
	}
	for _, cookie := range response.Cookies() {
		if strings.HasPrefix(cookie.Name, "bluegreen-") {
			if !cookie.HttpOnly || cookie.Path != "/" || cookie.SameSite != http.SameSiteLaxMode {
				return "", fmt.Errorf("the cookie is %s", cookie)
			}
			c.cookies[cookie.Name] = cookie.Value
		}
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the answer is %s", response.Status)
	}
	c.former, c.colour = c.colour, response.Header.Get("X-Colour")
	return c.colour, nil
}

// browser is how clients ask: over connections that are kept.
func browser() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
}

func (w *world) url(t testing.TB, path string) string {
	t.Helper()
	return "http://" + w.published(t, httpPort) + path
}

// each lets all clients ask, several at a time.
func each(t testing.TB, clients []*client, url string, look func(c *client, colour string) error) {
	t.Helper()
	through, next, asking := browser(), make(chan *client), sync.WaitGroup{}
	for range 8 {
		asking.Go(func() {
			for c := range next {
				colour, err := c.ask(through, url)
				if err == nil {
					err = look(c, colour)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, c := range clients {
		next <- c
	}
	close(next)
	asking.Wait()
	through.CloseIdleConnections()
}

// share measures the share of green among as many new clients, in percent.
func (w *world) share(t testing.TB, clients []*client) float64 {
	t.Helper()
	green, counting := 0, sync.Mutex{}
	each(t, clients, w.url(t, "/"), func(_ *client, colour string) error {
		counting.Lock()
		defer counting.Unlock()
		if colour == "green" {
			green++
		}
		return nil
	})
	return 100 * float64(green) / float64(len(clients))
}

// answers fails the test unless a colour answers all clients.
func (w *world) answers(t testing.TB, clients []*client, want string) {
	t.Helper()
	each(t, clients, w.url(t, "/"), func(c *client, colour string) error {
		if colour != want {
			return fmt.Errorf("with %v a client is sent to %s, not to %s", c.cookies, colour, want)
		}
		return nil
	})
}
