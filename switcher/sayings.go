package switcher

import "bytes"

// The last lines of a hook's output that its error shows, and the length after
// which a line is broken.
const (
	lastLines  = 10
	lineLength = 8 << 10
)

// sayings makes lines of a command's output, and keeps the last ones.
type sayings struct {
	tell func(line string)
	part []byte
	last []string
}

// Write never fails.
func (s *sayings) Write(p []byte) (int, error) {
	s.part = append(s.part, p...)
	for {
		line, rest, whole := bytes.Cut(s.part, []byte("\n"))
		if !whole && len(s.part) < lineLength {
			return len(p), nil
		}
		s.part = rest
		s.say(line)
	}
}

// end says what stands on a line that has not ended.
func (s *sayings) end() {
	if len(s.part) > 0 {
		s.say(s.part)
		s.part = nil
	}
}

func (s *sayings) say(line []byte) {
	text := string(bytes.TrimRight(line, "\r"))
	s.last = append(s.last, text)
	if len(s.last) > lastLines {
		s.last = s.last[1:]
	}
	s.tell(text)
}
