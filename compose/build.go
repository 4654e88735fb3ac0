package compose

import (
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// A builder makes the model of a project, in which both colours are active,
// and notes every rule that is broken on the way.
type builder struct {
	problems
	source *types.Project
	top    projectSettings
	// settings are x-bluegreen of each service, with the defaults.
	settings map[string]serviceSettings
	// unread names the services whose x-bluegreen has mistakes: what follows
	// from those is not reported as well.
	unread  map[string]bool
	remarks []string
}

// build finds pairs, jobs, routes and proxy. It knows the project alone, and
// of the files only what at tells about places in them.
func build(source *types.Project, at locator) (*Project, error) {
	b := &builder{
		source:   source,
		problems: problems{at: at},
		settings: map[string]serviceSettings{},
		unread:   map[string]bool{},
	}
	b.readSettings()
	secret := b.previewSecret()
	proxy, proxyFound := b.findProxy()
	members := b.members(proxy.Service)
	b.checkMembers(members)
	b.checkDependencies(members, proxy.Service)
	twins := b.twins(members)
	model := Model{
		Name:         source.Name,
		Engine:       b.top.Engine,
		WaitTimeout:  b.top.WaitTimeout,
		DrainTimeout: b.top.DrainTimeout,
		Retire:       b.top.Retire,
		Keep:         b.top.Keep,
		Preview:      b.top.Preview.Mode,
		Sticky:       b.top.Sticky,
		Pairs:        b.pairs(twins),
		Workers:      b.workers(twins),
		Jobs:         b.jobs(members),
		Shared:       b.shared(proxy.Service, proxy.Holder),
		Proxy:        proxy,
		Hooked:       len(b.top.Hooks) > 0,
		Bake:         b.top.Bake,
	}
	if proxyFound {
		b.checkNetworks(model)
		b.route(&model)
		b.endTLS(&model)
	}
	b.checkWorkers(model)
	b.checkHooks(model)
	checks := b.checks(model)
	model.Checked = len(checks) > 0
	b.remarkUnused(model)
	return &Project{Model: model, Hooks: b.top.Hooks, Checks: checks, Remarks: b.remarks, secret: secret}, b.err()
}

// readSettings reads every x-bluegreen, also where it takes no effect: a
// misspelt key is a mistake wherever it stands.
func (b *builder) readSettings() {
	top := place{problems: &b.problems, path: []string{extension}}
	if value, ok := b.source.Extensions[extension]; ok {
		readMapping(top, value, projectFields(), &b.top)
	}
	topUnread := len(b.list) > 0
	fields := serviceFields()
	for _, name := range b.services() {
		var own serviceSettings
		before := len(b.list)
		at := place{problems: &b.problems, service: name, path: []string{"services", name, extension}}
		if value, ok := b.source.Services[name].Extensions[extension]; ok {
			readMapping(at, value, fields, &own)
		}
		b.settings[name] = own.or(b.top.Defaults)
		b.unread[name] = topUnread || len(b.list) > before
	}
}

// services lists the names of the active services, sorted.
func (b *builder) services() []string {
	return slices.Sorted(maps.Keys(b.source.Services))
}

// shared lists the services without a colour, those that are the proxy's left
// out.
func (b *builder) shared(proxy ...string) []string {
	var shared []string
	for _, name := range b.services() {
		if !slices.Contains(proxy, name) && len(coloursOf(b.source.Services[name])) == 0 {
			shared = append(shared, name)
		}
	}
	return shared
}
