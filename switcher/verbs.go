package switcher

// The names of the verbs, as history and the lock's holder show them.
const (
	Up       = "up"
	Switch   = "switch"
	Rollback = "rollback"
	Deploy   = "deploy"
	Scale    = "scale"
	Canary   = "canary"
	Stop     = "stop"
	Down     = "down"

	ProxyReload  = "proxy reload"
	ProxyUpgrade = "proxy upgrade"

	MaintenanceOn  = "maintenance on"
	MaintenanceOff = "maintenance off"
)

// moves tells of the verbs that can change which colour is active.
func moves(verb string) bool {
	return verb != Scale && verb != Canary && verb != ProxyReload && verb != ProxyUpgrade && !maintained(verb)
}
