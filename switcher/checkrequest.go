package switcher

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// mostOfABody is how many bytes of an answer's body are read.
const mostOfABody = 1 << 20

// A way leads checks to a colour: through the proxy, as visitors go, by the
// preview's token and the colour's name.
type way struct {
	model  compose.Model
	colour compose.Colour
	token  string
	// secure are the ports at which the proxy ends TLS.
	secure []int
	dial   func(ctx context.Context, port int) (net.Conn, error)
}

// way finds the way to a colour; the zero way where no check asks for one.
func (r *runner) way(ctx context.Context, c compose.Colour, checks []compose.Check) (way, error) {
	if !slices.ContainsFunc(checks, compose.Check.Asks) {
		return way{}, nil
	}
	doing := "check " + string(c)
	there, err := r.line.Previews(ctx, r.model)
	if err != nil {
		return way{}, err
	}
	if !there {
		return way{}, &compose.InvalidError{
			Service: r.model.Proxy.Service,
			Problem: doing + ": your settings of the proxy lack the preview's lines, and without them there is no way to a colour without the traffic",
			Fix:     "add them: docker bluegreen config --proxy; or leave the checks out: --no-checks",
		}
	}
	token, err := r.line.Token(ctx)
	if err != nil {
		return way{}, err
	}
	if token == "" {
		return way{}, &ProxyError{
			Proxy: r.model.Proxy.Service, Doing: doing, Err: errors.New("it has no preview yet"), Next: "bring the colour up anew: docker bluegreen up",
		}
	}
	secure, err := r.line.Secure(ctx, r.model)
	if err != nil {
		return way{}, err
	}
	dial := func(ctx context.Context, port int) (net.Conn, error) { return r.Doors.Dial(ctx, r.inside, port) }
	return way{model: r.model, colour: c, token: token, secure: secure, dial: dial}, nil
}

// ask makes one request and holds the answer against what the check expects.
func (w way) ask(ctx context.Context, check compose.Check) CheckResult {
	pair, _ := w.model.Pair(check.Pair)
	if !pair.Has(w.colour) {
		return CheckResult{Why: fmt.Sprintf("cannot be asked for: %s has no %s", w.colour, check.Pair)}
	}
	route := pair.Routes[w.colour]
	request, err := w.request(ctx, route, check)
	if err != nil {
		return CheckResult{Why: "cannot be asked for: " + err.Error()}
	}
	conn, err := w.connect(ctx, route)
	if err != nil {
		return CheckResult{Request: shown(request), Why: "has no connection to the proxy: " + err.Error()}
	}
	defer conn.Close() //nolint:errcheck // the answer has been read
	return timed(ctx, limitOf(check), func(ctx context.Context) CheckResult {
		return w.answer(ctx, check, route, conn, request.WithContext(ctx))
	})
}

// connecting bounds the making of a connection, which is no part of a check's
// time: a busy engine may take a while to start a process.
const connecting = 30 * time.Second

func (w way) connect(ctx context.Context, route compose.Route) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connecting)
	defer cancel()
	return w.dial(ctx, route.Listen)
}

// answer sends a request on a connection and judges what comes.
func (w way) answer(ctx context.Context, check compose.Check, route compose.Route, conn net.Conn, request *http.Request) CheckResult {
	result := CheckResult{Request: shown(request)}
	answer, err := transport(route, conn).RoundTrip(request)
	if err != nil {
		result.Why = silent(ctx, check, err)
		return result
	}
	defer answer.Body.Close() //nolint:errcheck // it is read as far as it is of interest
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostOfABody))
	result.Status = answer.StatusCode
	switch {
	case err != nil:
		result.Why = silent(ctx, check, err)
	default:
		result.Why = w.judge(check, answer, body)
	}
	if result.Why != "" {
		result.Answer = firstLines(body)
	}
	return result
}

// request is what a visitor of the route would send, with what leads it to the
// colour.
func (w way) request(ctx context.Context, route compose.Route, check compose.Check) (*http.Request, error) {
	scheme := "http"
	if slices.Contains(w.secure, route.Listen) {
		scheme = "https"
	}
	var body io.Reader
	if check.Body != "" {
		body = strings.NewReader(check.Body)
	}
	request, err := http.NewRequestWithContext(ctx, check.Verb(), scheme+"://"+route.CheckHost()+route.Below(check.Path), body)
	if wrong, ok := errors.AsType[*url.Error](err); ok {
		return nil, wrong.Err // without the address, whose query may hold a secret
	}
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "docker-bluegreen")
	for name, value := range check.Headers {
		request.Header.Set(name, value)
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	request.Header.Set(compose.PreviewHeader, w.token)
	request.Header.Set(compose.ColourHeader, string(w.colour))
	return request, nil
}

// transport sends one request on a connection that was made inside the proxy's
// container. Who answers on its loopback interface needs no proof.
func transport(route compose.Route, conn net.Conn) http.RoundTripper {
	return &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil },
		TLSClientConfig: &tls.Config{
			ServerName: route.CheckHost(), InsecureSkipVerify: true,
		},
		DisableKeepAlives: true, DisableCompression: true,
	}
}

// shown is a request without what a query may tell.
func shown(r *http.Request) string {
	return r.Method + " " + r.URL.Scheme + "://" + r.Host + r.URL.EscapedPath()
}

// silent says why there is no answer.
func silent(ctx context.Context, check compose.Check, err error) string {
	if ctx.Err() != nil {
		return fmt.Sprintf("has no whole answer after %s, its time limit", limitOf(check))
	}
	return "has no answer: " + err.Error()
}

// The lines of a body that are shown, and the length after which one is cut.
const (
	shownLines  = 5
	shownLength = 200
)

// firstLines are the first lines of a body.
func firstLines(body []byte) []string {
	text := strings.TrimSpace(strings.ToValidUTF8(string(body), "\uFFFD"))
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), shownLines)]
	for i, line := range lines {
		runes := []rune(printable(line))
		if len(runes) > shownLength {
			runes = append(runes[:shownLength], '…')
		}
		lines[i] = string(runes)
	}
	return lines
}

// printable leaves out what would do something to a terminal.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, line)
}
