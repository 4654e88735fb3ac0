package compose

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const contract = "../docs/compose-file.md"

// Every example in the contract is a project that loads without a remark.
func TestExamplesOfTheContractLoad(t *testing.T) {
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readContract(t), -1)
	if len(examples) < 3 {
		t.Fatalf("found %d examples", len(examples))
	}
	for _, example := range examples {
		p := mustLoadText(t, example[1])
		equal(t, p.Name+"'s remarks", len(p.Remarks), 0)
	}
}

// Every key has its line in the contract's tables.
func TestContractHasEveryKey(t *testing.T) {
	text := readContract(t)
	for _, key := range slices.Concat(keysOf(serviceFields()), keysOf(projectFields()), keysOf(proxyFields())) {
		if !strings.Contains(text, "\n| `"+key+"` |") {
			t.Errorf("no line for %s", key)
		}
	}
}

func readContract(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(contract)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
