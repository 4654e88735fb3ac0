package swarm

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	api "github.com/moby/moby/api/types/swarm"
	"gotest.tools/v3/assert"

	"github.com/bluegreen/docker-bluegreen/compose"
)

func TestRecords(t *testing.T) {
	f := newFake()
	e, ctx := f.engine(t, nil), t.Context()
	none, err := e.Record(ctx, "history")
	assert.NilError(t, err)
	assert.Equal(t, none.Value, "")
	first, err := e.Replace(ctx, "history", none, "one")
	assert.NilError(t, err)
	_, err = e.Replace(ctx, "history", none, "two")
	assert.ErrorIs(t, err, ErrChanged, "there is one meanwhile")
	second, err := e.Replace(ctx, "history", first, "two")
	assert.NilError(t, err)
	assert.Equal(t, second.Value, "two")
	_, err = e.Replace(ctx, "history", first, "three")
	assert.ErrorIs(t, err, ErrChanged, "it was read before it was changed")
	_, err = e.Replace(ctx, "history2", none, "another's name begins so")
	assert.NilError(t, err)
	now, err := f.engine(t, nil).Record(ctx, "history")
	assert.NilError(t, err)
	assert.Equal(t, now.Value, "two")

	assert.NilError(t, e.removeRecords(ctx))
	_, err = e.Replace(ctx, "history", second, "three")
	assert.ErrorIs(t, err, ErrChanged, "it is gone")
}

func withReplicas(n string) file { return file{pair: "    deploy: {replicas: " + n + "}\n"} }

func replicasNow(f *fakeSwarm, name string) uint64 {
	return *f.service(name).Spec.Mode.Replicated.Replicas
}

func TestAServiceIsMadeStartedStoppedAndRemoved(t *testing.T) {
	source := withReplicas("3").load(t)
	synctest.Test(t, func(t *testing.T) {
		f, ctx := newFake(), t.Context()
		f.ending = 4 * time.Second
		e := f.engine(t, source)
		web := []string{"web-blue"}
		assert.NilError(t, e.Create(ctx, web))
		assert.Equal(t, replicasNow(f, "web-blue"), uint64(0))
		assert.Equal(t, f.service("web-blue").Spec.Labels[replicasLabel], "3")
		assert.Assert(t, f.service("web-blue").Spec.Labels[hashLabel] != "")
		f.changes()
		assert.NilError(t, e.Start(ctx, web))
		assert.NilError(t, e.Await(ctx, web))
		assert.Equal(t, replicasNow(f, "web-blue"), uint64(3))
		slots, err := e.Observe(ctx)
		assert.NilError(t, err)
		assert.Equal(t, len(slots), 3)
		f.changes()
		assert.NilError(t, e.Start(ctx, web))
		assert.Equal(t, len(f.changes()), 0, "it runs as it should")

		// As many are taken away as are meant.
		assert.NilError(t, e.Remove(ctx, []string{slots[2].ID}))
		assert.Equal(t, replicasNow(f, "web-blue"), uint64(2))
		assert.Equal(t, f.service("web-blue").Spec.Labels[replicasLabel], "2")

		began := time.Now()
		assert.NilError(t, e.Stop(ctx, []string{slots[0].ID, slots[1].ID}))
		assert.Assert(t, time.Since(began) >= f.ending, "their containers have ended")
		assert.Equal(t, replicasNow(f, "web-blue"), uint64(0))
		stopped, err := e.Observe(ctx)
		assert.NilError(t, err)
		assert.Equal(t, len(stopped), 2)
		assert.Equal(t, stopped[0].State, "exited")
		assert.Equal(t, stopped[0].ID, slots[0].ID, "a slot keeps its id")
		assert.NilError(t, e.Remove(ctx, []string{stopped[0].ID, stopped[1].ID}))
		assert.Assert(t, f.service("web-blue") == nil)
		err = e.Start(ctx, web)
		assert.ErrorIs(t, err, errGone)
	})
}

// One that is there gets the number that it will be started with, and no more.
func TestCreateOfAServiceThatIsThere(t *testing.T) {
	source := withReplicas("3").load(t)
	f := newFake()
	f.addReplicated("web-blue", 2, map[string]string{"own": "kept"})
	assert.NilError(t, f.engine(t, source).Create(t.Context(), []string{"web-blue"}))
	s := f.service("web-blue")
	assert.Equal(t, s.Spec.Labels[replicasLabel], "3")
	assert.Equal(t, s.Spec.Labels["own"], "kept")
	assert.Equal(t, *s.Spec.Mode.Replicated.Replicas, uint64(2))
}

func TestAwaitEndsWhenTasksFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.broken["web:1"] = true
		s := f.addReplicated("web-blue", 1, nil)
		s.Spec.TaskTemplate.RestartPolicy = &api.RestartPolicy{Condition: api.RestartPolicyConditionNone}
		s.CreatedAt = time.Now().Add(-time.Second)
		err := f.engine(t, nil).Await(t.Context(), []string{"web-blue"})
		var unhealthy *compose.UnhealthyError
		assert.Assert(t, errors.As(err, &unhealthy), "%v", err)
		assert.Equal(t, unhealthy.Failures[0].Container, "shop_web-blue.1")
		assert.ErrorIs(t, f.engine(t, nil).Await(t.Context(), []string{"db"}), errGone)
	})
}

func TestAwaitSaysWhoIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.idle = true
		f.addReplicated("web-blue", 2, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := f.engine(t, nil).Await(ctx, []string{"web-blue"})
		var unhealthy *compose.UnhealthyError
		assert.Assert(t, errors.As(err, &unhealthy), "%v", err)
		assert.Equal(t, len(unhealthy.Failures), 2)
		assert.Equal(t, unhealthy.Failures[0].Reason, "is not running in time (New)")
	})
}

func TestTheProxyStandsAsOne(t *testing.T) {
	f := newFake()
	f.addProxy(nil)
	f.addReplicated("web-blue", 1, nil)
	e := f.engine(t, nil)
	assert.NilError(t, e.ensureControl(t.Context(), "haproxy:3.2"))
	f.nodes[2].Status.State = api.NodeStateDown
	all, err := e.Observe(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, len(all), 2, "the control service is none of the file's")
	assert.Equal(t, all[0].Service, "lb")
	assert.Equal(t, all[0].State, "running")
	assert.Equal(t, len(all[0].Instances), 3)
	instances, err := e.Instances(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, len(instances), 3)
	assert.Equal(t, instances[0].State, compose.InstanceRunning)
	assert.Equal(t, instances[2].State, compose.InstanceLost)
	f.idle, f.tasks = true, nil
	all, err = e.Observe(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, all[0].Status, "No instance runs")
}

// rolling is a test of new settings for the instances.
func rolling(t *testing.T, test func(t *testing.T, f *fakeSwarm, e *Engine)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.addProxy(map[string]string{ActiveLabel: "green", RoutingLabel: "r", epochLabel: "4"})
		e := f.engine(t, nil)
		_, err := e.Observe(t.Context())
		assert.NilError(t, err)
		assert.NilError(t, e.Configure(t.Context(), compose.HAProxy, map[string]string{"/etc/haproxy.cfg": "text"}, "settings-2"))
		test(t, f, e)
	})
}

func TestNewSettingsKeepWhatTheLabelsSayOfTheTraffic(t *testing.T) {
	rolling(t, func(t *testing.T, f *fakeSwarm, e *Engine) {
		// Another one writes the labels at the last moment.
		first := true
		f.before = func(_ http.ResponseWriter, r *http.Request) bool {
			if isUpdate(r) && first {
				first = false
				assert.NilError(t, f.engine(t, nil).SetLabels(t.Context(), 5, nil, map[string]string{ActiveLabel: "blue"}))
			}
			return false
		}
		assert.NilError(t, e.ReplaceSettings(t.Context()))
		s := f.service("lb")
		assert.Equal(t, s.Spec.Labels[ActiveLabel], "blue")
		assert.Equal(t, s.Spec.Labels[RoutingLabel], "r")
		assert.Equal(t, s.Spec.Labels[epochLabel], "5")
		assert.Equal(t, s.Spec.Labels[settingsLabel], "settings-2")
		configs := s.Spec.TaskTemplate.ContainerSpec.Configs
		assert.Equal(t, len(configs), 1)
		assert.Equal(t, configs[0].File.Name, "/etc/haproxy.cfg")
		assert.Equal(t, s.Spec.UpdateConfig.Order, api.UpdateOrderStopFirst)
		hash, err := e.SettingsHash(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, hash, "settings-2")
	})
}

func TestInstancesThatDoNotComeUpArePutBack(t *testing.T) {
	rolling(t, func(t *testing.T, f *fakeSwarm, e *Engine) {
		s, _, err := e.proxyService(t.Context())
		assert.NilError(t, err)
		next := s.Spec
		c := *next.TaskTemplate.ContainerSpec
		c.Image = "haproxy:broken"
		next.TaskTemplate.ContainerSpec = &c
		f.broken["haproxy:broken"] = true
		time.Sleep(time.Minute)
		err = e.roll(t.Context(), s, next)
		var unhealthy *compose.UnhealthyError
		assert.Assert(t, errors.As(err, &unhealthy), "%v", err)
		now := f.service("lb")
		assert.Equal(t, image(now.Spec.TaskTemplate), "haproxy:3.2")
		assert.Equal(t, now.Spec.Labels[ActiveLabel], "green")
		assert.Equal(t, now.Spec.Labels[settingsLabel], "settings-1")
	})
}

func TestAChangeThatConcernsNoTaskEnds(t *testing.T) {
	rolling(t, func(t *testing.T, f *fakeSwarm, e *Engine) {
		s, _, err := e.proxyService(t.Context())
		assert.NilError(t, err)
		began := time.Now()
		assert.NilError(t, e.roll(t.Context(), s, s.Spec))
		assert.Assert(t, time.Since(began) < 2*beginning)
		assert.Equal(t, f.service("lb").Spec.Labels[ActiveLabel], "green")
	})
}

func TestSettingsThatWereNotMade(t *testing.T) {
	f := newFake()
	e := f.engine(t, nil)
	assert.ErrorIs(t, e.ReplaceSettings(t.Context()), errGone)
	f.addProxy(nil)
	assert.ErrorContains(t, e.ReplaceSettings(t.Context()), "its settings have not been made")
}

func TestTheProxyIsMadeWithItsSettings(t *testing.T) {
	source := file{}.load(t)
	f, ctx := newFake(), t.Context()
	e := f.engine(t, source)
	assert.ErrorContains(t, e.Start(ctx, []string{"lb"}), "its settings have not been made")
	assert.NilError(t, e.Configure(ctx, compose.HAProxy, map[string]string{source.Proxy.Settings: "text"}, "h"))
	assert.NilError(t, e.Create(ctx, []string{"lb"}))
	assert.Assert(t, f.service("lb") == nil, "it begins with its making")
	assert.Assert(t, f.service(controlService) != nil)
	assert.NilError(t, e.Start(ctx, []string{"lb"}))
	s := f.service("lb").Spec
	assert.Equal(t, s.Labels[ActiveLabel], compose.NobodyActive)
	assert.Equal(t, s.Labels[compose.ProxyLabel], string(compose.HAProxy))
	assert.Assert(t, slices.Contains(s.TaskTemplate.ContainerSpec.Env, `BLUEGREEN_ACTIVE={{index .Service.Labels "bluegreen.active"}}`))
	subnet, err := e.ControlSubnet(ctx)
	assert.NilError(t, err)
	assert.Assert(t, strings.HasSuffix(subnet, "/24"), subnet)
}

func TestDownKeepsTheMemoryUnlessTheVolumesGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, ctx := newFake(), t.Context()
		f.addProxy(nil)
		f.addReplicated("web-blue", 2, nil)
		f.ending = 2 * time.Second
		seen := &events{}
		e := f.reporting(t, nil, seen.take)
		_, err := e.Replace(ctx, "history", Record{}, "kept")
		assert.NilError(t, err)
		_, err = e.ensureConfig(ctx, "shop_file", api.ConfigSpec{Annotations: api.Annotations{Name: "shop_file", Labels: map[string]string{stackLabel: "shop"}}})
		assert.NilError(t, err)
		assert.NilError(t, e.ensureControl(ctx, "haproxy:3.2"))
		_, err = e.Observe(ctx)
		assert.NilError(t, err)
		assert.NilError(t, e.Down(ctx, compose.DownOptions{Orphans: true}))
		assert.Equal(t, len(f.services)+len(f.networks)+len(f.secrets), 0)
		assert.Equal(t, len(f.configs), 1)
		r, err := e.Record(ctx, "history")
		assert.NilError(t, err)
		assert.Equal(t, r.Value, "kept")
		assert.NilError(t, e.Down(ctx, compose.DownOptions{Volumes: true}))
		assert.Equal(t, len(f.configs), 0)
		texts := seen.texts()
		assert.Assert(t, strings.HasPrefix(texts[len(texts)-1], "down volumes: "), "%v", texts)
	})
}

func TestResolve(t *testing.T) {
	source := withReplicas("2").load(t)
	f, seen := newFake(), &events{}
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/distribution/") {
			answer(w, http.StatusOK, map[string]any{"Descriptor": map[string]any{"digest": "sha256:" + strings.Repeat("a", 64)}})
			return true
		}
		return false
	}
	specs, err := f.reporting(t, source, seen.take).Resolve(t.Context(), []string{"web-blue"}, compose.ImagePolicy{})
	assert.NilError(t, err)
	assert.Equal(t, specs[0].ImageID, "sha256:"+strings.Repeat("a", 64))
	assert.Equal(t, specs[0].Replicas, 2)
	f.before = nil
	specs, err = f.reporting(t, source, seen.take).Resolve(t.Context(), []string{"web-blue"}, compose.ImagePolicy{})
	assert.NilError(t, err)
	assert.Equal(t, specs[0].ImageID, "web:1", "no registry tells it")
	assert.Assert(t, strings.Contains(seen.texts()[0], "no registry tells its digest"), "%v", seen.texts())
	var invalid *compose.InvalidError
	_, err = f.engine(t, source).Resolve(t.Context(), []string{"web-blue"}, compose.ImagePolicy{Build: true})
	assert.Assert(t, errors.As(err, &invalid), "%v", err)
	_, err = f.engine(t, nil).Resolve(t.Context(), nil, compose.ImagePolicy{})
	assert.ErrorIs(t, err, errNoFile)
}
