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

	ProxyReload  = "proxy reload"
	ProxyUpgrade = "proxy upgrade"
)

// moves tells of the verbs that can change which colour is active.
func moves(verb string) bool {
	return verb != Scale && verb != ProxyReload && verb != ProxyUpgrade
}
