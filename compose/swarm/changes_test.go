package swarm

import (
	"context"
	"testing"
	"testing/synctest"

	moby "github.com/moby/moby/api/types/events"
	"gotest.tools/v3/assert"
)

// told counts what was told of changes, when all has been.
func told(changes <-chan struct{}) (n int) {
	for {
		synctest.Wait()
		select {
		case <-changes:
			n++
		default:
			return n
		}
	}
}

// Whoever watches hears of the project's services that are made, changed and
// removed.
func TestChangesOfTheServicesAreTold(t *testing.T) {
	source := withReplicas("1").load(t)
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		changes := f.engine(t, nil).Changes(ctx)
		assert.Equal(t, told(changes), 0, "nothing has happened yet")
		e := f.engine(t, source)
		assert.NilError(t, e.Create(t.Context(), []string{"web-blue"}))
		assert.Assert(t, told(changes) > 0, "a service was made")
		assert.NilError(t, e.Start(t.Context(), []string{"web-blue"}))
		assert.Assert(t, told(changes) > 0, "a service was changed")
		s := f.service("web-blue")
		assert.NilError(t, e.removeService(t.Context(), *s))
		assert.Assert(t, told(changes) > 0, "a service was removed")
	})
}

// What concerns other projects, and what is no service, wakes nobody.
func TestChangesOfOthersAreNotTold(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		changes := f.engine(t, nil).Changes(ctx)
		shop2 := f.addReplicated("web", 1, nil)
		shop2.Spec.Name, shop2.Spec.Labels[stackLabel] = "shop2_web", "shop2"
		f.happening(func() {
			f.publish("update", shop2)
			f.happen(moby.Message{Type: moby.ContainerEventType, Action: "start", Actor: moby.Actor{
				ID: "c1", Attributes: map[string]string{"name": "shop_web.1", stackLabel: "shop"},
			}})
		})
		assert.Equal(t, told(changes), 0)
		shop := f.addReplicated("web", 1, nil)
		f.happening(func() { f.publish("update", shop) })
		assert.Equal(t, told(changes), 1, "it still listens")
	})
}

// Nobody waits for whoever is slow to look: many changes are one.
func TestChangesThatNobodyHasSeenAreOne(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeSwarm) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := f.addReplicated("web", 1, nil)
		changes := f.engine(t, nil).Changes(ctx)
		for range 50 {
			f.happening(func() { f.publish("update", s) })
		}
		assert.Equal(t, told(changes), 1)
		cancel()
		synctest.Wait()
		f.happening(func() { f.publish("update", s) })
		assert.Equal(t, told(changes), 0, "it has ended")
	})
}
