package haproxy

import (
	"fmt"

	"github.com/bluegreen/docker-bluegreen/compose"
)

// A request whose header has the preview's token is one of the tool's own, by
// which it watches a switch. It goes where a visitor's goes, and its answer
// names the colour of the replica that gave it: not that of HAProxy itself.
const (
	isProbe = "bluegreen:probe"
	probe   = "var(txn.bluegreen_probe)"
	probed  = "{ " + probe + " -m bool }"
)

// probeAcls tell which requests are the tool's own.
func probeAcls(p compose.Proxy) []string {
	return []string{
		"acl " + isProbe + " req.hdr(" + compose.ProbeHeader + ") -m str -f " + tokenPath(p),
		"http-request set-" + probe + " bool(true) if " + isProbe,
	}
}

// probeBackendLines keep a colour's replicas from seeing the token, but not that
// nobody visits, and name the colour.
func probeBackendLines(c compose.Colour) []string {
	return []string{
		"http-request set-header " + compose.ProbeHeader + " 1 if " + probed,
		fmt.Sprintf("http-response set-header %s %s if %s", compose.ColourHeader, c, probed),
	}
}
