package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bluegreen/docker-bluegreen/switcher"
)

// steps are the flags of a switch that goes by shares of the visitors.
type steps struct {
	canary shareValue
	shares shareList
	pause  time.Duration
}

func (s *steps) install(set *pflag.FlagSet) {
	set.Var(&s.canary, "canary", "Send only this share of the visitors, `N%`, and stay at it")
	set.Var(&s.shares, "steps", "Send one share of the visitors after the other, as `5%,25%,100%`; 100% at the end is the switch")
	set.Var((*span)(&s.pause), "step-time", "How long to stay at each of --steps (default 30s)")
}

// complete registers the completion of the flags.
func (*steps) complete(cmd *cobra.Command) {
	completeFlag(cmd, "canary", cobra.FixedCompletions([]string{"5%", "10%", "25%", "50%"}, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "steps", cobra.FixedCompletions([]string{"5%,25%,100%", "10%,50%,100%"}, cobra.ShellCompDirectiveNoFileComp))
}

// read gives the shares, and refuses flags that do not go together.
func (s *steps) read(cmd *cobra.Command, stopOld bool) ([]int, error) {
	shares := []int(s.shares)
	if s.canary > 0 {
		if len(shares) > 0 {
			return nil, status(wrong(cmd, "--canary and --steps do not go together"))
		}
		shares = []int{int(s.canary)}
	}
	switch {
	case s.pause != 0 && len(s.shares) == 0:
		return nil, status(wrong(cmd, "--step-time is of --steps, which is missing"))
	case stopOld && len(shares) > 0 && shares[len(shares)-1] != switcher.All:
		return nil, status(wrong(cmd, "--stop-old would stop the colour that most visitors stay with: end --steps with 100%"))
	}
	return shares, nil
}

// parseShare reads "10%" or "10".
func parseShare(text string) (int, error) {
	share, err := strconv.Atoi(strings.TrimSuffix(text, "%"))
	if err != nil || share < 0 || share > switcher.All {
		return 0, errNoShare
	}
	return share, nil
}

// shareValue is a flag's value that is a share above zero.
type shareValue int

func (s *shareValue) String() string {
	if *s == 0 {
		return ""
	}
	return fmt.Sprintf("%d%%", int(*s))
}

// Type names the value in help.
func (*shareValue) Type() string { return "share" }

// Set reads the flag.
func (s *shareValue) Set(text string) error {
	share, err := parseShare(text)
	if err == nil && share == 0 {
		err = errors.New("0% takes the visitors back, which is: docker bluegreen canary 0%")
	}
	*s = shareValue(share)
	return err
}

// shareList is a flag's value of several shares that rise.
type shareList []int

func (l *shareList) String() string {
	texts := make([]string, 0, len(*l))
	for _, share := range *l {
		texts = append(texts, fmt.Sprintf("%d%%", share))
	}
	return strings.Join(texts, ",")
}

// Type names the value in help.
func (*shareList) Type() string { return "shares" }

// Set reads the flag.
func (l *shareList) Set(text string) error {
	var shares []int
	for part := range strings.SplitSeq(text, ",") {
		share, err := parseShare(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		if share == 0 || len(shares) > 0 && share <= shares[len(shares)-1] {
			return errors.New("the shares rise, as in 5%,25%,100%")
		}
		shares = append(shares, share)
	}
	*l = shares
	return nil
}
