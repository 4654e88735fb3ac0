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
	checkFields(r, "tls", r.at(r.schema, "$defs", "tls"), tlsFields())
	checkFields(r, "hooks", r.at(r.schema, "$defs", "hooks"), hooksFields())
	checkFields(r, "hook", r.at(r.schema, "$defs", "hook"), hookFields())
	checkValue(r, "hook, short", r.at(r.schema, "$defs", "command"), hookRun())
	checkFields(r, "check", r.at(r.schema, "$defs", "check"), fieldsOfCheck())
	checkFields(r, "check of the project", r.at(r.schema, "$defs", "projectcheck"), fieldsOfProjectCheck())
	short := r.at(project, "properties", "proxy")["anyOf"].([]any)[0].(node)
	checkValue(r, "proxy, short", r.at(short), proxyName())
	checkFields(r, "worker", r.at(r.schema, "$defs", "worker"), workerFields())
	short = r.at(service, "properties", "worker")["anyOf"].([]any)[0].(node)
	checkValue(r, "worker, short", r.at(short), workerPolicy())
	checkFields(r, "preview", r.at(r.schema, "$defs", "preview"), previewFields())
	short = r.at(project, "properties", "preview")["anyOf"].([]any)[0].(node)
	checkValue(r, "preview, short", r.at(short), previewMode())
	checkFields(r, "bake", r.at(r.schema, "$defs", "bake"), bakeFields())
	short = r.at(project, "properties", "bake")["anyOf"].([]any)[0].(node)
	checkValue(r, "bake, short", r.at(short), bakeTime())
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
	{"service", "", "write a mapping of pair, port, health, host, path, mode, listen, preview, worker and checks"},
	{"service", "8080", "write a mapping"},
	{"service", "[port]", "write a mapping"},
	{"service", "{prot: 80}", `did you mean "port"?`},
	{"service", "{port: 80, helth: /}", `did you mean "health"?`},
	{"service", "{port: 80, weight: 3}", "known are pair, port, health, host, path, mode, listen, preview, worker and checks"},
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
	{"service", "{port: 80, preview: next.example.com}", ""},
	{"service", "{port: 80, preview: 'next.example.com:80'}", "one host name"},
	{"service", "{port: 80, pair: shop}", ""},
	{"service", "{port: 80, pair: 'my shop'}", "letters, digits"},
	{"service", "{port: 80, pair: ''}", "letters, digits"},
	{"service", "{port: 80, pair: 7}", "letters, digits"},
	{"service", "{worker: none}", "write overlap or handoff or pause-then-start"},
	{"service", "{worker: }", "write a mapping of policy, signal and limit"},
	{"service", "{worker: [handoff]}", "write a mapping of policy, signal and limit"},
	{"service", "{worker: {limit: 5s}}", "write one: {policy: handoff}"},
	{"service", "{worker: {policy: handover}}", "write overlap or handoff or pause-then-start"},
	{"service", "{worker: {policy: handoff, signal: TERM}}", "write SIGTERM or SIGINT"},
	{"service", "{worker: {policy: handoff, signal: SIGKILL}}", "write SIGTERM or SIGINT"},
	{"service", "{worker: {policy: handoff, limit: 5}}", "with its unit"},
	{"service", "{worker: {policy: handoff, grace: 5s}}", "known are policy, signal and limit"},

	{"top", "{}", ""},
	{"top", "{defaults: {worker: pause-then-start}}", ""},
	{"top", "{defaults: {worker: '${W:-handoff}'}}", ""},
	{"top", "{defaults: {worker: {policy: handoff, signal: SIGUSR1, limit: 1m30s}}}", ""},
	{"top", "{defaults: {worker: later}}", "write overlap or handoff or pause-then-start"},
	{"top", "{proxy: lb}", ""},
	{"top", "{proxy: {service: lb, kind: haproxy, settings: own, volume: /var/lib/haproxy}}", ""},
	{"top", "{proxy: {service: lb, settings: generated}}", ""},
	{"top", "{proxy: {kind: haproxy}}", ""},
	{"top", "{wait_timeout: 90s, drain_timeout: 1m30s}", ""},
	{"top", "{wait_timeout: '${W:-90s}'}", ""},
	{"top", "{engine: swarm}", ""},
	{"top", "{engine: '${ENGINE:-local}'}", ""},
	{"top", "{engine: kubernetes}", "write local or swarm"},
	{"top", "{sticky: release}", ""},
	{"top", "{proxy: {tls: {port: 80, certificate: /certs/shop.pem}}}", ""},
	{"top", "{proxy: {tls: [{port: 80, certificate: /certs/shop.pem}]}}", ""},
	{"top", "{proxy: {tls: {port: 80}}}", "write both: {port: 443, certificate: /certs/shop.pem}"},
	{"top", "{proxy: {tls: {certificate: shop.pem, port: 80}}}", "the path of a file in the proxy's container"},
	{"top", "{proxy: {tls: 443}}", "write a mapping of port and certificate"},
	{"top", "{sticky: off}", ""},
	{"top", "{sticky: session}", "write release or off"},
	{"top", "{defaults: {port: 80, health: /, host: a.test, path: /a, mode: http, listen: 80}}", ""},
	{"top", "", "write a mapping of proxy, engine, wait_timeout, drain_timeout, retire, keep, preview, sticky, defaults, hooks, bake and checks"},
	{"top", "lb", "write a mapping"},
	{"top", "{poxy: lb}", `did you mean "proxy"?`},
	{"top", "{timeout: 3s}", `known are`},
	{"top", "{proxy: 'l b'}", "the name of a service"},
	{"top", "{proxy: 3}", "write a mapping of service, kind, holder, settings, volume and tls"},
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
	{"top", "{retire: 10m, keep: 5}", ""},
	{"top", "{keep: 0}", ""},
	{"top", "{keep: '${KEEP:-3}'}", ""},
	{"top", "{retire: 10}", "with its unit"},
	{"top", "{retire: 0s}", "with its unit"},
	{"top", "{keep: -1}", "a number, 0 to 1000"},
	{"top", "{keep: 1001}", "a number, 0 to 1000"},
	{"top", "{keep: 2.5}", "a number, 0 to 1000"},
	{"top", "{keep: all}", "a number, 0 to 1000"},
	{"top", "{keep: '03'}", "a number, 0 to 1000"},
	{"top", "{preview: token}", ""},
	{"top", "{preview: off}", ""},
	{"top", "{preview: '${PREVIEW:-open}'}", ""},
	{"top", "{preview: {host: next.example.com}}", ""},
	{"top", "{preview: {mode: open, host: next.example.com}}", ""},
	{"top", "{preview: }", "write a mapping of mode, secret and host"},
	{"top", "{preview: closed}", "write token or open or off"},
	{"top", "{preview: {mode: public}}", "write token or open or off"},
	{"top", "{preview: {secret: 'my token'}}", "the name of a secret"},
	{"top", "{preview: {host: '*.example.com'}}", "one host name"},
	{"top", "{preview: {token: abc}}", "known are mode, secret and host"},
	{"top", "{defaults: {pair: web}}", "known are port, health, host, path, mode, listen, preview and worker"},
	{"top", "{defaults: {port: x}}", "a port, 1 to 65535"},
	{"top", "{defaults: [port]}", "write a mapping"},
	{"top", "{bake: 60s}", ""},
	{"top", "{bake: '${BAKE:-60s}'}", ""},
	{"top", "{bake: {}}", ""},
	{"top", "{bake: {time: 1m30s, errors: 0.5%, factor: 1.5, latency: 300ms, requests: 50}}", ""},
	{"top", "{bake: {errors: '${E:-2%}', factor: '3', requests: '${R:-50}'}}", ""},
	{"top", "{bake: }", "write a mapping of time, errors, factor, latency and requests"},
	{"top", "{bake: 60}", "write a mapping of time"},
	{"top", "{bake: 0s}", "with its unit"},
	{"top", "{bake: {tme: 60s}}", `did you mean "time"?`},
	{"top", "{bake: {errors: 1}}", "a percentage above zero"},
	{"top", "{bake: {errors: 0%}}", "a percentage above zero"},
	{"top", "{bake: {errors: 0.0%}}", "a percentage above zero"},
	{"top", "{bake: {errors: 101%}}", "a percentage above zero"},
	{"top", "{bake: {factor: 0.5}}", "a number, 1 to 1000"},
	{"top", "{bake: {factor: twice}}", "a number, 1 to 1000"},
	{"top", "{bake: {factor: '0'}}", "a number, 1 to 1000"},
	{"top", "{bake: {latency: 300}}", "with its unit"},
	{"top", "{bake: {requests: 0}}", "a whole number"},
	{"top", "{bake: {requests: few}}", "a whole number"},
	{"top", "{hooks: {}}", ""},
	{"top", "{hooks: {before_up: []}}", ""},
	{"top", "{hooks: {before_switch: [./check.sh, {run: \"one\\ntwo\", service: lb, timeout: 1m30s}]}}", ""},
	{"top", "{hooks: {on_failure: ['${TELL:-true}', {run: ./tell.sh, timeout: '${LIMIT:-5s}'}]}}", ""},
	{"top", "{hooks: [./check.sh]}", "write a mapping of before_up, after_up, before_switch, after_switch, before_rollback, after_rollback and on_failure"},
	{"top", "{hooks: {befor_switch: [./check.sh]}}", `did you mean "before_switch"?`},
	{"top", "{hooks: {before_switch: ./check.sh}}", "write a list of commands"},
	{"top", "{hooks: {before_switch: }}", "write a list of commands"},
	{"top", "{hooks: {before_switch: [' ']}}", "a command"},
	{"top", "{hooks: {before_switch: [7]}}", "a command"},
	{"top", "{hooks: {before_switch: [[./check.sh]]}}", "a command"},
	{"top", "{hooks: {before_switch: [{service: lb}]}}", "write what it does"},
	{"top", "{hooks: {before_switch: [{run: true}]}}", "a command"},
	{"top", "{hooks: {before_switch: [{run: a, servce: lb}]}}", `did you mean "service"?`},
	{"top", "{hooks: {before_switch: [{run: a, service: 'l b'}]}}", "the name of a pair"},
	{"top", "{hooks: {before_switch: [{run: a, timeout: 30}]}}", "with its unit"},
	{"top", "{hooks: {before_switch: [{run: a, timeout: 0s}]}}", "with its unit"},

	{"service", "{port: 80, checks: []}", ""},
	{"service", "{port: 80, checks: [/, /orders?full=1, '${PAGE:-/}']}", ""},
	{"service", "{port: 80, checks: [{path: /, method: PUT, headers: {Accept: a/b, X-N: 3}, body: x, status: 201, text: ok}]}", ""},
	{"service", "{port: 80, checks: [{path: /, json: {a.b: 7, c: [x], d: null}, timeout: 2s, retries: 3, interval: 100ms}]}", ""},
	{"service", "{port: 80, checks: [{path: /, status: '${S:-204}', retries: '0'}]}", ""},
	{"service", "{port: 80, checks: [{exec: bin/smoke-test, timeout: 2m, retries: 1}, {exec: [/app, '']}]}", ""},
	{"service", "{port: 80, checks: /}", "write a list of checks"},
	{"service", "{port: 80, checks: [healthz]}", "a path that begins with /"},
	{"service", "{port: 80, checks: ['/a b']}", "a path that begins with /"},
	{"service", "{port: 80, checks: [7]}", "a path that begins with /"},
	{"service", "{port: 80, checks: [{}]}", "write what it asks for"},
	{"service", "{port: 80, checks: [{path: /, exec: a}]}", "write what it asks for"},
	{"service", "{port: 80, checks: [{run: smoke, exec: a}]}", "write what it asks for"},
	{"service", "{port: 80, checks: [{run: smoke, body: a}]}", "write path instead"},
	{"service", "{port: 80, checks: [{pth: /}]}", `did you mean "path"?`},
	{"service", "{port: 80, checks: [{path: /, pair: web}]}", "known are path, method"},
	{"service", "{port: 80, checks: [{path: /, method: get}]}", "a method in capitals"},
	{"service", "{port: 80, checks: [{path: /, headers: [a]}]}", "write a mapping of headers"},
	{"service", "{port: 80, checks: [{path: /, headers: {'a b': c}}]}", "letters, digits and dashes"},
	{"service", "{port: 80, checks: [{path: /, headers: {x-bluegreen: c}}]}", "asks for its colour by itself"},
	{"service", `{port: 80, checks: [{path: /, headers: {a: "b\nc"}}]}`, "write the header's value"},
	{"service", "{port: 80, checks: [{path: /, headers: {a: [b]}}]}", "write the header's value"},
	{"service", "{port: 80, checks: [{path: /, status: 99}]}", "a status, 100 to 599"},
	{"service", "{port: 80, checks: [{path: /, status: 2xx}]}", "a status, 100 to 599"},
	{"service", "{port: 80, checks: [{path: /, body: ''}]}", "a text"},
	{"service", "{port: 80, checks: [{path: /, text: ''}]}", "a text that the body contains"},
	{"service", "{port: 80, checks: [{path: /, json: {}}]}", "write a mapping of paths to values"},
	{"service", "{port: 80, checks: [{path: /, json: ok}]}", "write a mapping of paths to values"},
	{"service", "{port: 80, checks: [{path: /, timeout: 5}]}", "with its unit"},
	{"service", "{port: 80, checks: [{path: /, retries: -1}]}", "how often it is tried again"},
	{"service", "{port: 80, checks: [{path: /, retries: 1001}]}", "how often it is tried again"},
	{"service", "{port: 80, checks: [{exec: ' '}]}", "write a command"},
	{"service", "{port: 80, checks: [{exec: []}]}", "write a command"},
	{"service", "{port: 80, checks: [{exec: [a, 7]}]}", "write a command"},
	{"service", "{port: 80, checks: [{exec: ['']}]}", "write a command"},
	{"service", "{port: 80, checks: [{exec: a, status: 200}]}", "write path instead"},

	{"top", "{checks: [{pair: web, path: /}, {pair: web, exec: [a]}]}", ""},
	{"top", "{checks: [{path: /}]}", "write pair: web"},
	{"top", "{checks: [/]}", "write a mapping of pair, path"},
}
