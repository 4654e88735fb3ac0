package session

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Reply is an answer to a request of the tool's own.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Get asks a port of the container's loopback interface for a page, with
// further headers ("X-Name: value"). The request is in HTTP/1.0, whose answer
// ends with the connection. Without an answer the error is an *AgentError with
// code Refused.
func (s *Session) Get(ctx context.Context, port int, host, path string, headers ...string) (Reply, error) {
	var request strings.Builder
	fmt.Fprintf(&request, "GET %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: docker-bluegreen\r\nConnection: close\r\n", path, host)
	for _, h := range headers {
		request.WriteString(h + "\r\n")
	}
	request.WriteString("\r\n")
	said, err := s.Talk(ctx, port, request.String())
	if err != nil {
		return Reply{}, err
	}
	response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(said)), nil)
	if err != nil {
		return Reply{}, fmt.Errorf("port %d answers what is no HTTP: %w", port, err)
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close() // it is a text
	return Reply{Status: response.StatusCode, Header: response.Header, Body: body}, err
}

// Good tells of a status that a health check takes for well.
func (r Reply) Good() bool {
	return r.Status >= http.StatusOK && r.Status < http.StatusBadRequest
}
