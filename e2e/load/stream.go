package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// streamTime is how long a stream is asked to last.
const streamTime = 5 * time.Second

// streamer reads streams to their end.
type streamer struct{ line }

func (s *streamer) once(ctx context.Context) result {
	defer s.close()
	if _, err := s.ready(ctx); err != nil {
		return lost("connect: %s", words(err))
	}
	response, err := s.send(http.MethodGet, "/stream?for="+streamTime.String(), "", 0, true)
	if err != nil {
		return lost("GET /stream: %s", words(err))
	}
	if response.StatusCode != http.StatusOK {
		return lost("GET /stream: status %s", response.Status)
	}
	return s.follow(response)
}

// follow reads until the line "end" and the end of the chunks after it.
func (s *streamer) follow(response *http.Response) result {
	began := time.Now()
	lines := bufio.NewReader(response.Body)
	var order sequence
	for {
		if err := s.conn.SetReadDeadline(time.Now().Add(s.options.Timeout)); err != nil {
			return cut("GET /stream: %s", words(err))
		}
		text, err := lines.ReadString('\n')
		switch {
		case errors.Is(err, io.EOF) && order.ended && text == "":
			return answered(order.source)
		case errors.Is(err, io.EOF):
			return cut("GET /stream: ended after %s without the line \"end\"", since(began))
		case err != nil:
			return cut("GET /stream: after %s: %s", since(began), words(err))
		}
		if err := order.next(strings.TrimSuffix(text, "\n")); err != nil {
			return lost("GET /stream: after %s: %v", since(began), err)
		}
	}
}

func since(began time.Time) time.Duration { return time.Since(began).Round(time.Millisecond) }

// sequence checks that the lines of a stream are numbered and from one replica.
type sequence struct {
	lines  int
	host   string
	source Source
	ended  bool
}

func (s *sequence) next(text string) error {
	if s.ended {
		return fmt.Errorf("wrong body: %q after the end", text)
	}
	if text == "end" {
		s.ended = true
		return nil
	}
	var number int
	var version, host string
	if _, err := fmt.Sscanf(text, "%d %s %s", &number, &version, &host); err != nil {
		return fmt.Errorf("wrong body: line %q", text)
	}
	if s.lines == 0 {
		s.source.Version, s.host = version, host
	}
	if number != s.lines || version != s.source.Version || host != s.host {
		return fmt.Errorf("wrong body: line %q, want number %d of %s %s", text, s.lines, s.source.Version, s.host)
	}
	s.lines++
	return nil
}
