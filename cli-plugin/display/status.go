package display

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

// Status is a project's condition as a person reads it at three in the
// morning: what serves, whether it is whole, whether there is a way back.
func Status(s switcher.Status, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", s.Project, serving(s))
	if s.Proxy.Service != "" {
		fmt.Fprintf(&b, "proxy %s (%s): %d of %d ready\n", s.Proxy.Service, s.Proxy.Kind, s.Proxy.Ready, s.Proxy.Instances)
	}
	if rows := statusRows(s, now); len(rows) > 1 {
		b.WriteString("\n" + table(rows) + "\n")
	}
	footer := [][2]string{{"rollback", s.Rollback}, {"urls", strings.Join(s.URLs, "  ")}}
	if o := s.Operation; o != nil {
		footer = append(footer, [2]string{"running", fmt.Sprintf("%s by %s since %s", o.Command, o.Who, o.Since.Local().Format(time.DateTime))})
	} else if s.Interrupted != "" {
		footer = append(footer, [2]string{"unfinished", s.Interrupted + "; the next command finishes it"})
	}
	for _, line := range footer {
		if line[1] != "" {
			fmt.Fprintf(&b, "%-10s %s\n", line[0], line[1])
		}
	}
	return b.String()
}

// serving says which colour visitors see.
func serving(s switcher.Status) string {
	if s.Active == nil {
		return "no colour takes traffic"
	}
	return fmt.Sprintf("%s takes all traffic", *s.Active)
}

// statusRows is a row for each colour's part of each pair.
func statusRows(s switcher.Status, now time.Time) [][]string {
	rows := [][]string{{"  COLOUR", "PAIR", "RELEASE", "STATE", "IMAGE", "DIGEST", "DOCKER", "PROXY", "SESSIONS", "UP"}}
	for _, c := range compose.Colours() {
		mark := "  "
		if s.Active != nil && *s.Active == c {
			mark = "▶ "
		}
		colour := s.Colours[c]
		for _, v := range colour.Services {
			rows = append(rows, []string{
				mark + string(c), v.Pair, orDash(colour.Release), colour.State, orDash(ImageName(v.Image)), orDash(ShortDigest(v.Digest)),
				fmt.Sprintf("%d/%d", v.Healthy, v.Replicas), fmt.Sprintf("%d/%d", v.InProxy, v.Replicas),
				fmt.Sprint(v.Sessions), uptime(v, now),
			})
		}
	}
	return rows
}

// uptime is how long a service has been up; nothing of it ready: a dash.
func uptime(v switcher.ServiceStatus, now time.Time) string {
	if v.Since.IsZero() || v.Healthy == 0 {
		return "-"
	}
	return units.HumanDuration(now.Sub(v.Since))
}

// ShortDigest is as much of a digest as tells two images apart.
func ShortDigest(digest string) string {
	digest = strings.TrimPrefix(digest, "sha256:")
	return digest[:min(len(digest), 12)]
}

// ImageName is an image's reference as a person reads it: one that has lost
// its tag is known by its digest alone, which is long.
func ImageName(ref string) string {
	if strings.HasPrefix(ref, "sha256:") {
		return ShortDigest(ref)
	}
	return ref
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// table sets rows in columns.
func table(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		_, _ = fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}
