package display

import (
	"testing"

	"github.com/bluegreen/docker-bluegreen/compose"
	"github.com/bluegreen/docker-bluegreen/switcher"
)

func TestOutcome(t *testing.T) {
	steps := switcher.Plan{Steps: []switcher.Step{{Action: switcher.DoCommit, Colour: compose.Green, Cause: "every replica is ready"}}}
	images := map[string]string{"web": "hello:v2", "api": "api:v2"}
	const runs = "release 5a1c0b77e2, api api:v2, web hello:v2"
	for _, c := range []struct {
		name           string
		outcome        switcher.Outcome
		result, remark string
	}{
		{
			name:    "nothing to do",
			outcome: switcher.Outcome{Verb: switcher.Switch, Plan: switcher.Plan{Nothing: "green is active already"}},
			result:  "nothing to do: green is active already\n",
		},
		{
			name:    "a dry run",
			outcome: switcher.Outcome{Verb: switcher.Switch, DryRun: true, Plan: steps},
			result:  "1. commit green: every replica is ready\n",
			remark:  "dry run: nothing was changed\n",
		},
		{
			name: "up beside the active colour",
			outcome: switcher.Outcome{
				Verb: switcher.Up, Plan: steps, Active: compose.Blue, Colour: compose.Green, Release: "5a1c0b77e2", Images: images,
			},
			result: "green is up: " + runs + "; blue takes all traffic\n",
			remark: "next: docker bluegreen switch\n",
		},
		{
			name: "the first up",
			outcome: switcher.Outcome{
				Verb: switcher.Up, Plan: steps, Active: compose.Green, Colour: compose.Green, Switched: true, Release: "5a1c0b77e2", Images: images,
			},
			result: "green takes all traffic: " + runs + "\n",
		},
		{
			name: "a deploy",
			outcome: switcher.Outcome{
				Verb: switcher.Deploy, Plan: steps, Active: compose.Green, Colour: compose.Green, Switched: true,
				Release: "5a1c0b77e2", Images: images, Drained: compose.Blue,
			},
			result: "green takes all traffic: " + runs + "\nblue is drained\n",
			remark: "back: docker bluegreen rollback\n",
		},
		{
			name: "a switch that leaves a websocket",
			outcome: switcher.Outcome{
				Verb: switcher.Switch, Plan: steps, Active: compose.Green, Colour: compose.Green, Switched: true,
				Drained: compose.Blue, Left: switcher.InFlight{Websockets: 1},
			},
			result: "green takes all traffic\nblue still serves 1 websocket\n",
			remark: "back: docker bluegreen rollback\n",
		},
		{
			name: "a switch that was probed",
			outcome: switcher.Outcome{
				Verb: switcher.Switch, Plan: steps, Active: compose.Green, Colour: compose.Green, Switched: true,
				Drained: compose.Blue, Probe: &switcher.Probe{Sent: 12, LongestGap: 22, FirstNew: new(int64(14)), LastOld: new(int64(-1))},
			},
			result: "green takes all traffic\nblue is drained\n" +
				"probe: 12 sent, 0 lost, longest gap 22ms; first answer of green after 14ms, last of blue after -1ms\n",
			remark: "back: docker bluegreen rollback\n",
		},
		{
			name: "a rollback",
			outcome: switcher.Outcome{
				Verb: switcher.Rollback, Plan: steps, Active: compose.Blue, Colour: compose.Blue, Switched: true, Drained: compose.Green,
			},
			result: "blue takes all traffic\ngreen is drained\n",
		},
		{
			name: "a canary",
			outcome: switcher.Outcome{
				Verb: switcher.Canary, Plan: steps, Active: compose.Blue, Colour: compose.Green, Canary: 10, Release: "5a1c0b77e2", Images: images,
			},
			result: "green takes 10% of the visitors: " + runs + "; blue takes the others\n",
			remark: "next: docker bluegreen switch; back: docker bluegreen rollback\n",
		},
		{
			name:    "the end of a canary",
			outcome: switcher.Outcome{Verb: switcher.Canary, Plan: steps, Active: compose.Blue, Colour: compose.Blue},
			result:  "blue takes all traffic\n",
		},
		{
			name:    "a stop",
			outcome: switcher.Outcome{Verb: switcher.Stop, Plan: steps, Active: compose.Green, Colour: compose.Blue, Release: "09f3d8c1aa"},
			result:  "blue is stopped; green takes all traffic\n",
		},
		{
			name:    "the end",
			outcome: switcher.Outcome{Project: "hello", Verb: switcher.Down, Plan: steps},
			result:  "project hello is removed\n",
		},
		{
			name: "a scaling",
			outcome: switcher.Outcome{
				Verb: switcher.Scale, Plan: steps, Active: compose.Green, Colour: compose.Green, Release: "5a1c0b77e2",
			},
			result: "green is scaled: release 5a1c0b77e2\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, remark := Outcome(c.outcome)
			if result != c.result {
				t.Errorf("result %q, want %q", result, c.result)
			}
			if remark != c.remark {
				t.Errorf("remark %q, want %q", remark, c.remark)
			}
		})
	}
}
