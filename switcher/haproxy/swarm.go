package haproxy

import (
	"fmt"
	"strings"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher/session"
)

// On a Swarm each instance has its settings from configs, which cannot be
// changed, and finds whom it serves in its environment when it starts. The
// runtime API is reached from the control network alone: it asks for no
// password.
const (
	controlPort    = 61920
	controlSection = "bluegreen_control"
	// adminSocket is a name in the container's network namespace (unix(7),
	// abstract): no directory need be writable.
	adminSocket = "abns@bluegreen"
)

// SwarmFiles are the files of an instance on a Swarm, by their paths.
func SwarmFiles(m compose.Model, token string) map[string]string {
	directory := m.Proxy.Directory()
	files := map[string]string{
		m.Proxy.Settings:              Render(m),
		directory + "/" + routingFile: "# A Swarm keeps whom its proxies serve in a label of their service.\n",
	}
	if m.Preview != compose.PreviewOff {
		files[directory+"/"+session.TokenFile] = token + "\n"
	}
	return files
}

// onSwarm tells that settings are those of an instance on a Swarm.
func onSwarm(m compose.Model) bool { return m.Proxy.Control != "" }

// control opens the runtime API to the control network: to whoever is in it,
// by the address that the instance has there.
func (s *settings) control(m compose.Model) {
	s.section("frontend %s", controlSection)
	s.set("mode tcp")
	s.set("no log")
	s.set("bind :%d", controlPort)
	s.set("tcp-request connection reject unless { src %s } { dst %s }", m.Proxy.Control, m.Proxy.Control)
	s.set("default_backend %s", controlSection)
	s.section("backend %s", controlSection)
	s.set("mode tcp")
	s.set("server admin %s", adminSocket)
}

// lostNodeLines keep a visitor from waiting for a node that is lost: it sends
// nothing any more, not even that a connection is over. Its connections are given
// up after some seconds (tcp(7): TCP_USER_TIMEOUT, and keep-alive for those on
// which only an answer is awaited), and what may be asked twice (RFC 9110, section
// 9.2.2) is asked of another replica.
func lostNodeLines(mode compose.Mode) []string {
	lines := []string{"option srvtcpka", "srvtcpka-idle 1s", "srvtcpka-intvl 1s", "srvtcpka-cnt 2"}
	if mode == compose.HTTP {
		lines = append(lines, "retry-on conn-failure empty-response",
			"http-request disable-l7-retry unless { method GET HEAD OPTIONS }")
	}
	return lines
}

// host is the name by which the engine's DNS knows a pair's replicas.
func host(m compose.Model, p compose.Pair, c compose.Colour) string {
	if onSwarm(m) {
		return "tasks." + m.Name + "_" + p.Services[c]
	}
	return p.Services[c]
}

// whom is the expression's default: whom an instance serves that has been told
// nothing since it started.
func whom(p compose.Proxy) string {
	if p.Control != "" {
		return "${" + compose.ActiveVariable + "}"
	}
	return noColour
}

// fromEnvironment is whom an instance serves by its environment, as it tells in
// the answer to "show env".
func fromEnvironment(said string) (string, bool) {
	for line := range strings.Lines(said) {
		if value, found := strings.CutPrefix(strings.TrimSpace(line), compose.ActiveVariable+"="); found {
			return value, true
		}
	}
	return "", false
}

// askWhom are the commands whose answers tell whom an instance serves.
func askWhom(file string) string {
	return fmt.Sprintf("show map %s;show env %s", file, compose.ActiveVariable)
}
