// Package e2e holds obligations: each test is a sentence about the real
// plugin, run through `docker bluegreen` on the real engine with a real
// proxy, and checked on observed state. `make e2e` prepares what they need.
package e2e
