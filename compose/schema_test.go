package compose

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

const schemaFile = "../docs/x-bluegreen.schema.json"

// node is a part of the schema.
type node = map[string]any

func readSchema(t *testing.T) node {
	t.Helper()
	content, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var schema node
	if err := json.Unmarshal(content, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// at follows keys, and each $ref on the way.
func (r resolver) at(from node, keys ...string) node {
	for {
		if ref, ok := from["$ref"].(string); ok {
			path := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
			from = r.at(r.schema, path...)
			continue
		}
		if len(keys) == 0 {
			return from
		}
		next, ok := from[keys[0]].(node)
		if !ok {
			r.t.Fatalf("the schema has no %v below %v", keys[0], slices.Sorted(maps.Keys(from)))
		}
		from, keys = next, keys[1:]
	}
}

type resolver struct {
	t      *testing.T
	schema node
}

func TestSchemaHasTheKeysOfTheCode(t *testing.T) {
	r := resolver{t: t, schema: readSchema(t)}
	project := r.at(r.schema, "properties", extension)
	service := r.at(r.schema, "properties", "services", "additionalProperties", "properties", extension)
	checkFields(r, "the top level", project, projectFields())
	checkFields(r, "a service", service, serviceFields())
	checkFields(r, "defaults", r.at(project, "properties", "defaults"), routeFields())
	checkFields(r, "proxy", r.at(r.schema, "$defs", "proxy"), proxyFields())
	short := r.at(project, "properties", "proxy")["anyOf"].([]any)[0].(node)
	checkValue(r, "proxy, short", r.at(short), proxyName())
}

// checkFields holds one mapping of the schema against a table of fields.
func checkFields[T any](r resolver, what string, mapping node, fields []field[T]) {
	known := r.at(mapping, "properties")
	if got, want := slices.Sorted(maps.Keys(known)), slices.Sorted(slices.Values(keysOf(fields))); !slices.Equal(got, want) {
		r.t.Errorf("%s: the schema knows %v, the code %v", what, got, want)
	}
	if mapping["additionalProperties"] != false || mapping["type"] != "object" {
		r.t.Errorf("%s: the schema allows what the code refuses", what)
	}
	for _, f := range fields {
		if described, ok := known[f.key].(node); !ok || described["description"] == nil && described["$ref"] == nil {
			r.t.Errorf("%s: %s has no description", what, f.key)
		}
		if f.pattern != "" || f.values != nil {
			checkValue(r, what+"."+f.key, r.at(mapping, "properties", f.key), f)
		}
	}
}

// checkValue holds what the schema says of one value against its field.
func checkValue[T any](r resolver, what string, schema node, f field[T]) {
	said := schema["anyOf"].([]any)[0].(node)
	if pattern, _ := said["pattern"].(string); pattern != f.pattern {
		r.t.Errorf("%s: the schema has pattern %q, the code %q", what, pattern, f.pattern)
	}
	var values []string
	if listed, ok := said["enum"].([]any); ok {
		for _, v := range listed {
			values = append(values, fmt.Sprint(v))
		}
	}
	if !slices.Equal(values, f.values) {
		r.t.Errorf("%s: the schema has values %v, the code %v", what, values, f.values)
	}
}

// Each value goes through the loader and through the schema, which must
// agree.
func TestSchemaAndLoaderAgree(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range verdicts {
		t.Run(c.where+" "+c.value, func(t *testing.T) {
			text := c.file()
			_, loaded := loadText(t, text)
			var file any
			if err := yaml.Unmarshal([]byte(text), &file); err != nil {
				t.Fatal(err)
			}
			checked := schema.Validate(file)
			if good := c.fix == ""; (loaded == nil) != good || (checked == nil) != good {
				t.Errorf("want good=%v, the loader says:\n%v\nthe schema says:\n%v", good, loaded, checked)
			}
			if c.fix != "" {
				contains(t, loaded, c.fix)
			}
		})
	}
}

// A verdict is a value at a place of the smallest project, and what the
// loader says to write instead; "" when it is good.
type verdict struct{ where, value, fix string }

// file is the smallest project with the value. At "service" it stands on
// both twins.
func (v verdict) file() string {
	if v.where == "top" {
		return strings.Replace(smallest, top, top+"x-bluegreen: "+v.value+"\n", 1)
	}
	return strings.ReplaceAll(smallest, "{port: 8080}", v.value)
}

var verdicts = []verdict{
	{"service", "{port: 1}", ""},
	{"service", "{port: 65535}", ""},
	{"service", "{port: '8080'}", ""},
	{"service", "{port: '${P:-8080}'}", ""},
	{"service", "{port: 8080.0}", ""},
	{"service", "{port: 0}", "a port, 1 to 65535"},
	{"service", "{port: -1}", "a port, 1 to 65535"},
	{"service", "{port: 65536}", "a port, 1 to 65535"},
	{"service", "{port: '65536'}", "a port, 1 to 65535"},
	{"service", "{port: '080'}", "a port, 1 to 65535"},
	{"service", "{port: 80.5}", "a port, 1 to 65535"},
	{"service", "{port: true}", "a port, 1 to 65535"},
	{"service", "{port: [80]}", "a port, 1 to 65535"},
	{"service", "{port: http}", "a port, 1 to 65535"},
	{"service", "{port: }", "a port, 1 to 65535"},
	{"service", "", "write a mapping of pair, port, health, host, path, mode and listen"},
	{"service", "8080", "write a mapping"},
	{"service", "[port]", "write a mapping"},
	{"service", "{prot: 80}", `did you mean "port"?`},
	{"service", "{port: 80, helth: /}", `did you mean "health"?`},
	{"service", "{port: 80, weight: 3}", "known are pair, port, health, host, path, mode and listen"},
	{"service", "{port: 80, health: /up?deep=1&all=yes}", ""},
	{"service", "{port: 80, health: healthz}", "begins with /"},
	{"service", "{port: 80, health: /a b}", "begins with /"},
	{"service", `{port: 80, health: "/a\nserver evil"}`, "begins with /"},
	{"service", `{port: 80, health: "/a\n"}`, "begins with /"},
	{"service", "{port: 80, health: true}", "begins with /"},
	{"service", "{port: 80, host: shop.example.com}", ""},
	{"service", "{port: 80, host: '*.example.com'}", "one host name"},
	{"service", "{port: 80, host: 'shop.test:80'}", "one host name"},
	{"service", "{port: 80, host: 'shop test'}", "one host name"},
	{"service", `{port: 80, host: 'shop"'}`, "one host name"},
	{"service", "{port: 80, host: -shop}", "one host name"},
	{"service", "{port: 80, host: ''}", "one host name"},
	{"service", "{port: 80, host: [a.test, b.test]}", "one host name"},
	{"service", "{port: 80, path: /}", ""},
	{"service", "{port: 80, path: /api/v1}", ""},
	{"service", "{port: 80, path: api}", "begins with /"},
	{"service", "{port: 80, path: '/a b'}", "begins with /"},
	{"service", "{port: 80, path: '/a#b'}", "begins with /"},
	{"service", "{port: 80, mode: http}", ""},
	{"service", "{port: 80, mode: tcp}", ""},
	{"service", "{port: 80, mode: TCP}", "write http or tcp"},
	{"service", "{port: 80, mode: udp}", "write http or tcp"},
	{"service", "{port: 80, listen: 80}", ""},
	{"service", "{port: 80, listen: 0}", "a port, 1 to 65535"},
	{"service", "{port: 80, pair: shop}", ""},
	{"service", "{port: 80, pair: 'my shop'}", "letters, digits"},
	{"service", "{port: 80, pair: ''}", "letters, digits"},
	{"service", "{port: 80, pair: 7}", "letters, digits"},

	{"top", "{}", ""},
	{"top", "{proxy: lb}", ""},
	{"top", "{proxy: {service: lb, kind: haproxy, settings: own, volume: /var/lib/haproxy}}", ""},
	{"top", "{proxy: {service: lb, settings: generated}}", ""},
	{"top", "{proxy: {kind: haproxy}}", ""},
	{"top", "{wait_timeout: 90s, drain_timeout: 1m30s}", ""},
	{"top", "{wait_timeout: '${W:-90s}'}", ""},
	{"top", "{defaults: {port: 80, health: /, host: a.test, path: /a, mode: http, listen: 80}}", ""},
	{"top", "", "write a mapping of proxy, wait_timeout, drain_timeout and defaults"},
	{"top", "lb", "write a mapping"},
	{"top", "{poxy: lb}", `did you mean "proxy"?`},
	{"top", "{timeout: 3s}", `known are`},
	{"top", "{proxy: 'l b'}", "the name of a service"},
	{"top", "{proxy: 3}", "write a mapping of service, kind, holder, settings and volume"},
	{"top", "{proxy: {servic: lb}}", `did you mean "service"?`},
	{"top", "{proxy: {kind: nginx}}", "write haproxy or traefik"},
	{"top", "{proxy: {settings: mine}}", "write generated or own"},
	{"top", "{proxy: {volume: state}}", "the mount point"},
	{"top", "{proxy: {volume: '/a b'}}", "the mount point"},
	{"top", "{wait_timeout: 90}", "with its unit"},
	{"top", "{wait_timeout: 0s}", "with its unit"},
	{"top", "{wait_timeout: 0.0m0s}", "with its unit"},
	{"top", "{wait_timeout: -3s}", "with its unit"},
	{"top", "{drain_timeout: soon}", "with its unit"},
	{"top", "{drain_timeout: }", "with its unit"},
	{"top", "{defaults: {pair: web}}", "known are port, health, host, path, mode and listen"},
	{"top", "{defaults: {port: x}}", "a port, 1 to 65535"},
	{"top", "{defaults: [port]}", "write a mapping"},
}
