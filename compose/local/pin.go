package local

import (
	"context"

	"github.com/compose-spec/compose-go/v2/types"
)

// pin is what a service is by the file whose containers are made from an image
// that is kept by another name.
type pin struct {
	ref  string // by which the file has the image
	hash string // the config hash with that
}

// pinned tells that a service's image is given: it is neither built nor pulled.
func (e *Engine) pinned(service string) bool {
	return e.source != nil && e.source.Pinned(service) != ""
}

// reference names the image that a service's containers are made from.
func (e *Engine) reference(p *types.Project, s types.ServiceConfig) string {
	if e.pinned(s.Name) {
		return e.source.Pinned(s.Name)
	}
	return imageName(p, s)
}

// pins has the SDK make containers of pinned services from the images that
// they are pinned to, and tells what the containers are to be known by: the
// SDK would take the name for a setting.
func (e *Engine) pins(ctx context.Context, p *types.Project) (map[string]pin, error) {
	var hashes map[string]string
	pins := map[string]pin{}
	for name, s := range p.Services {
		if !e.pinned(name) {
			continue
		}
		if hashes == nil {
			var err error
			if hashes, err = e.serviceHashes(ctx, p); err != nil {
				return nil, err
			}
		}
		pins[name] = pin{ref: imageName(p, s), hash: hashes[name]}
	}
	for name := range pins {
		s := p.Services[name]
		s.Image = e.source.Pinned(name)
		p.Services[name] = s
	}
	return pins, nil
}
