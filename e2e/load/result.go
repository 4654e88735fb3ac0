package load

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// Source is who answered, by its own word.
type Source struct{ Version, Colour string }

// Failure is one use that a visitor would have missed.
type Failure struct {
	At    time.Time // when it was noticed
	Kind  Kind
	Cut   bool   // it had begun well, and ended early
	Cause string // in words
}

func (f Failure) String() string {
	verdict := "lost"
	if f.Cut {
		verdict = "cut"
	}
	return fmt.Sprintf("%s %s %s: %s", f.At.Format("15:04:05.000"), f.Kind, verdict, f.Cause)
}

// result is the end of one use.
type result struct {
	at         time.Time
	source     Source
	lost, cut  string // the cause; at most one is not empty
	again      int    // times that it was sent again, having not been processed
	reconnects int    // idle connections that the server closed without a word
}

func answered(source Source) result { return result{at: time.Now(), source: source} }

func lost(format string, args ...any) result {
	return result{at: time.Now(), lost: fmt.Sprintf(format, args...)}
}

func cut(format string, args ...any) result {
	return result{at: time.Now(), cut: fmt.Sprintf(format, args...)}
}

// words says what a network error means for a visitor.
func words(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "nothing came in time"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "closed in the middle of the answer"
	case errors.Is(err, io.EOF):
		return "closed without an answer"
	}
	return err.Error()
}

// excerpt fits a body into one line of a report.
func excerpt(body []byte) string {
	const most = 80
	text := strings.Join(strings.Fields(string(body)), " ")
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}
