package compose

// Instance is one task of the proxy on a Swarm.
type Instance struct {
	ID string `json:"id"`
	// Node is the host name of the node that it is on.
	Node string `json:"node"`
	// Address is its IP address in the network by which the tool reaches it; ""
	// while it has none.
	Address string `json:"address"`
	// State is how far it has come.
	State InstanceState `json:"state"`
	// Status is the Swarm's sentence ("Running on node-1").
	Status string `json:"status"`
}

// InstanceState is how far an instance of the proxy has come.
type InstanceState string

// The states of an instance. Starting may serve in a moment. Lost is on a node
// that the Swarm holds down, and Unsure on one of which the Swarm has not heard
// for some seconds: it may serve all the same.
const (
	InstanceStarting InstanceState = "starting"
	InstanceRunning  InstanceState = "running"
	InstanceUnsure   InstanceState = "unsure"
	InstanceLost     InstanceState = "lost"
)

// ActiveVariable is where an instance on a Swarm finds in its environment whom
// it serves when it starts, and NobodyActive is its value before the first
// colour is active.
const (
	ActiveVariable = "BLUEGREEN_ACTIVE"
	NobodyActive   = "none"
)
