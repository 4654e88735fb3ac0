package switcher

import "fmt"

// HookError tells that a hook has failed before its move, which was therefore
// not made. It does not hold the command: the history keeps an error's words,
// and a command may hold a secret.
type HookError struct {
	Hook   string // "before_switch", or "before_switch 2"
	Err    error
	Output []string // the last lines
}

func (e *HookError) Error() string { return fmt.Sprintf("hook %s: %v", e.Hook, e.Err) }

func (e *HookError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *HookError) Hint() string {
	return "mend what it found, or the hook; in an emergency go on without any: --no-hooks"
}

// HooksUnreadError tells that the project has hooks which cannot be read, so
// that a move was not made which they might have kept from happening.
type HooksUnreadError struct {
	Doing string
	Err   error
}

func (e *HooksUnreadError) Error() string {
	return fmt.Sprintf("%s: the project has hooks, and they cannot be read: %v", e.Doing, e.Err)
}

func (e *HooksUnreadError) Unwrap() error { return e.Err }

// Hint says what to type next.
func (e *HooksUnreadError) Hint() string {
	return "mend the file, or name it: -f FILE; in an emergency go on without hooks: --no-hooks"
}
