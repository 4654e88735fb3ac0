package compose

// LogOptions say which output to show. Since is a time or a duration ("10m"),
// Tail a number of lines or "all", as the engine takes them.
type LogOptions struct {
	// Services are shown; none means all.
	Services   []string
	Follow     bool
	Tail       string
	Since      string
	Timestamps bool
	// Paint styles the text in front of a container's lines; nil leaves it
	// plain. The container's name is without the project's.
	Paint func(container, text string) string
}

// DownOptions say what goes beside the containers and networks.
type DownOptions struct {
	// Volumes removes the named volumes too, and with them the proxy's state;
	// the names that kept the images of releases go where that costs no image.
	Volumes bool
	// Orphans removes containers of services that the file no longer has.
	// Without a file there are none: all containers go.
	Orphans bool
}
