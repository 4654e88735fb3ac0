package switcher

// The names of the verbs, as history and the lock's holder show them.
const (
	Up       = "up"
	Switch   = "switch"
	Rollback = "rollback"
	Deploy   = "deploy"
	Scale    = "scale"
	Stop     = "stop"
	Down     = "down"
)
