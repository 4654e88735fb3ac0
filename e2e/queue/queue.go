package queue

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// The lists of the queue. A job is in Jobs until a worker has it, in Taken while
// it works on it, and then in Done, as a Record.
const (
	Jobs   = "jobs"
	Taken  = "taken"
	Done   = "done"
	Shifts = "shifts"
)

// Record tells of a job that is done, or of the time in which a worker's
// process took jobs. All containers of a machine have the same clock.
type Record struct {
	Job     string    `json:"job,omitempty"`
	Version string    `json:"version"`
	Worker  string    `json:"worker"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended"`
}

// String is the record as it stands in a list.
func (r Record) String() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings and times always marshal
	}
	return string(text)
}

// Push puts jobs into the queue, named by the numbers from one to another.
func (c *Client) Push(from, to int) error {
	if from > to {
		return nil
	}
	push := []string{"RPUSH", Jobs}
	for i := from; i <= to; i++ {
		push = append(push, strconv.Itoa(i))
	}
	_, err := c.Do(push...)
	return err
}

// Length counts what a list holds.
func (c *Client) Length(list string) (int, error) {
	answer, err := c.Do("LLEN", list)
	n, _ := answer.(int64)
	return int(n), err
}

// Records reads a list of records.
func (c *Client) Records(list string) ([]Record, error) {
	answer, err := c.Do("LRANGE", list, "0", "-1")
	if err != nil {
		return nil, err
	}
	items, _ := answer.([]any)
	records := make([]Record, 0, len(items))
	for _, item := range items {
		var r Record
		if err := json.Unmarshal([]byte(fmt.Sprint(item)), &r); err != nil {
			return nil, fmt.Errorf("read %v of %s: %w", item, list, err)
		}
		records = append(records, r)
	}
	return records, nil
}
