package session

import (
	"bufio"
	"fmt"
	"strings"
)

// The protocol between a session and its agent, one line per request:
//
//	ping
//	read FILE...             answers "+FILE" and its lines, or "-FILE" when absent
//	write FILE BYTES         and as many bytes; answers the file as read back
//	seal FILE BYTES          the same for a file that nobody else may read
//	place FILE BYTES         the same in a directory that the proxy watches
//	append FILE BYTES        and one line; answers "ok LINES", the file's new length
//	remove FILE...
//	lock SECONDS HOLDER      waits that long for the lock; "err locked HOLDER"
//	held                     answers "ok free", or the holder and "ok held"
//	ask SOCKET PORT COMMAND  answers what the proxy's administration port says
//	talk PORT BYTES          and as many bytes; answers what that port of the loopback interface says
//	reach HOST PORT          answers ok when the host accepts a connection, else "err refused WHY"
//	run PROGRAM ARG...       answers its output and "ok STATUS"
//	kill SIGNAL PID
//	bye                      frees the lock and ends the agent
//
// An answer is payload lines, each behind a space ("+" and "-" for read), and
// a last line "=ok ..." or "=err CODE TEXT". Empty lines mean nothing. The
// agent greets with "=ok bluegreen VERSION TOOLS DIRECTORY".
const protocolVersion = "1"

// answer is what an agent said to one request.
type answer struct {
	lines  []string // with their first character
	result string   // what follows "ok"
}

// text is the payload as it stands in the container.
func (a answer) text() string {
	var b strings.Builder
	for _, line := range a.lines {
		b.WriteString(line[1:])
		b.WriteByte('\n')
	}
	return b.String()
}

// Code is the kind of an agent's refusal.
type Code string

// The codes that agents use.
const (
	Locked  Code = "locked"  // another session holds the lock; the text is its holder
	Refused Code = "refused" // the proxy's administration socket gave no answer
	Missing Code = "missing" // the image lacks tools; the text names them
	NoState Code = "nostate" // no candidate directory has a recorded project
	IO      Code = "io"      // a file or process operation failed
)

// AgentError is a refusal by the agent. The session stays usable.
type AgentError struct {
	Code Code
	Text string
}

func (e *AgentError) Error() string {
	switch e.Code {
	case Missing:
		return "the proxy's image lacks the tools " + e.Text
	case NoState:
		return "no directory of the proxy's volumes has a recorded project"
	case Locked:
		return "the lock is taken"
	default:
		return e.Text
	}
}

// Permanent tells that asking again is of no use: tools do not appear.
func (e *AgentError) Permanent() bool { return e.Code == Missing }

// readAnswer reads up to the closing line of one answer.
func readAnswer(r *bufio.Reader) (answer, error) {
	var a answer
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return answer{}, err
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "":
		case line[0] == '=':
			a.result, err = parseResult(line[1:])
			return a, err
		case strings.IndexByte(" +-", line[0]) >= 0:
			a.lines = append(a.lines, line)
		default:
			return answer{}, fmt.Errorf("the agent said %q, which is no answer", line)
		}
	}
}

func parseResult(line string) (string, error) {
	kind, rest, _ := strings.Cut(line, " ")
	switch kind {
	case "ok":
		return rest, nil
	case "err":
		code, text, _ := strings.Cut(rest, " ")
		return "", &AgentError{Code: Code(code), Text: strings.TrimSpace(text)}
	default:
		return "", fmt.Errorf("the agent said %q, which is no result", line)
	}
}
