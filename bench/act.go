package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// harm is what visitors may notice of an act.
type harm int

const (
	harmless harm = iota
	graced        // websockets that never end are cut when the proxy's grace time is over
	harmful
)

// act is done to a project again and again, under load.
type act struct {
	what  string
	times int
	harm  harm
	do    func(ctx context.Context, p *project, n int) error
}

// measure does the acts to a project of its own, one kind after the other.
func (s seriesProject) measure(ctx context.Context, behind proxy, acts ...act) (outcomes []outcome, err error) {
	p, err := s.start(ctx, behind)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.remove(ctx)) }()
	for _, a := range acts {
		o := outcome{act: a, proxy: behind.name}
		if err := o.measure(ctx, p); err != nil {
			return nil, fmt.Errorf("%s: %w", a.what, err)
		}
		o.print()
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

// outcome is what visitors noticed of an act.
type outcome struct {
	act
	proxy                    string
	took                     sample
	outside, inside, endless tally
}

// measure does the act as often as it is to be done, among visitors.
func (o *outcome) measure(ctx context.Context, p *project) error {
	visitors, err := p.crowd(ctx)
	if err != nil {
		return err
	}
	err = o.repeat(ctx, p, visitors)
	var ended error
	o.outside, o.inside, o.endless, ended = visitors.end()
	return errors.Join(err, ended)
}

// repeat lets visitors come for a while before the act, and after it: then
// some have come anew, and what is held has been held at the former place.
func (o *outcome) repeat(ctx context.Context, p *project, visitors *crowd) error {
	for n := range o.times {
		if err := visitors.come(ctx); err != nil {
			return err
		}
		began := time.Now()
		if err := o.do(ctx, p, n); err != nil {
			return err
		}
		o.took = append(o.took, time.Since(began))
	}
	return visitors.come(ctx)
}

// noticed names the failures that must not be.
func (o *outcome) noticed() (err error) {
	strict := map[harm][]tally{harmless: {o.outside, o.inside, o.endless}, graced: {o.outside, o.inside}}
	for _, t := range strict[o.harm] {
		for _, failure := range t.Failures {
			err = errors.Join(err, fmt.Errorf("%s behind %s: %s", o.what, o.proxy, failure))
		}
	}
	return err
}
