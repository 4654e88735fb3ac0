package compose

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	contract    = "../docs/compose-file.md"
	workers     = "../docs/workers.md"
	checksGuide = "../docs/checks.md"
	hooksGuide  = "../docs/hooks.md"
)

// Every example in the contract is a project that loads without a remark.
func TestExamplesOfTheContractLoad(t *testing.T) {
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(examplesOf(t), -1)
	if len(examples) < 3 {
		t.Fatalf("found %d examples", len(examples))
	}
	for _, example := range examples {
		p := mustLoadText(t, example[1])
		equal(t, p.Name+"'s remarks", len(p.Remarks), 0)
	}
}

// examplesOf are all pages that have examples of a file.
func examplesOf(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for _, page := range []string{contract, workers, checksGuide, hooksGuide, "../docs/preview.md"} {
		text.WriteString(readPage(t, page))
	}
	return text.String()
}

// Every key has its line in the contract's tables.
func TestContractHasEveryKey(t *testing.T) {
	hasLines(t, contract, keysOf(serviceFields()), keysOf(projectFields()), keysOf(proxyFields()), keysOf(bakeFields()), keysOf(workerFields()))
	hasLines(t, hooksGuide, keysOf(hooksFields()), keysOf(hookFields()))
	hasLines(t, checksGuide, keysOf(fieldsOfProjectCheck()))
}

func hasLines(t *testing.T, page string, keys ...[]string) {
	t.Helper()
	text := readPage(t, page)
	for _, key := range slices.Concat(keys...) {
		if !strings.Contains(text, "\n| `"+key+"` |") {
			t.Errorf("%s: no line for %s", page, key)
		}
	}
}

func readPage(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
