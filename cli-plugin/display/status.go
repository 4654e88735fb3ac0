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
	footer := [][2]string{{"rollback", s.Rollback}, {"stops", retires(s.Retire, now)}, {"urls", strings.Join(s.URLs, "  ")}}
	if m := s.Maintenance; m != nil {
		footer = append(footer, [2]string{"closed", fmt.Sprintf("for maintenance since %s by %s: visitors get 503, Retry-After %d", m.Since.Local().Format(time.DateTime), m.By, m.RetryAfter)})
	}
	footer = append(footer, previewRows(s.Preview)...)
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

// retires says which colour is to be stopped, and when.
func retires(r *switcher.Retirement, now time.Time) string {
	switch {
	case r == nil:
		return ""
	case now.Before(r.Due):
		return fmt.Sprintf("%s, in %s: the first command then, or docker bluegreen stop --due", r, strings.ToLower(units.HumanDuration(r.Due.Sub(now))))
	default:
		return r.String() + ", once it serves nothing: the next command, or docker bluegreen stop --due"
	}
}

// previewRows are the commands that show the idle colour, a row for each.
func previewRows(p *switcher.PreviewStatus) [][2]string {
	if p == nil {
		return nil
	}
	if p.Missing != "" {
		return [][2]string{{"preview", "none: " + p.Missing}}
	}
	rows := make([][2]string, 0, len(p.Curl))
	for i, command := range p.Curl {
		name := ""
		if i == 0 {
			name = "preview"
		}
		rows = append(rows, [2]string{name, command})
	}
	return rows
}

// serving says which colour visitors see.
func serving(s switcher.Status) string {
	if s.Active == nil {
		return "no colour takes traffic"
	}
	text := fmt.Sprintf("%s takes all traffic", *s.Active)
	if s.Canary > 0 {
		text = fmt.Sprintf("%s takes %d%% of the visitors, %s the others (canary)", s.Active.Other(), s.Canary, *s.Active)
	}
	if s.Pinned != "" {
		text += fmt.Sprintf("; %s keeps those who began on it", s.Pinned)
	}
	return text
}

// statusRows is a row for each colour's part of each pair, and of each worker,
// with its policy.
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
				fmt.Sprint(v.Sessions), uptime(v.Since, v.Healthy, now),
			})
		}
		for _, v := range colour.Workers {
			rows = append(rows, []string{
				mark + string(c), v.Worker, orDash(colour.Release), fmt.Sprintf("%s (%s)", v.State, v.Policy), orDash(ImageName(v.Image)), orDash(ShortDigest(v.Digest)),
				fmt.Sprintf("%d/%d", v.Healthy, v.Replicas), "-", "-", uptime(v.Since, v.Healthy, now),
			})
		}
	}
	return rows
}

// uptime is how long a service has been up; nothing of it ready: a dash.
func uptime(since time.Time, healthy int, now time.Time) string {
	if since.IsZero() || healthy == 0 {
		return "-"
	}
	return units.HumanDuration(now.Sub(since))
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
