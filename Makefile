# docker bluegreen: everything that a developer types. `make help` lists it.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PLUGIN   := docker-bluegreen
MODULE   := github.com/bluegreen/docker-bluegreen
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT   ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null)
COMPOSE  := $(shell sed -n 's|.*docker/compose/v5 \(v[0-9.]*\).*|\1|p' go.mod | head -n 1)
VARS     := -X $(MODULE)/cli-plugin/version.version=$(VERSION) \
            -X $(MODULE)/cli-plugin/version.commit=$(COMMIT) \
            -X github.com/docker/compose/v5/internal.Version=$(COMPOSE)
BUILD    := CGO_ENABLED=0 go build -trimpath -ldflags '-s -w $(VARS)'

DOCKER_CONFIG ?= $(HOME)/.docker
PLUGINS       := $(DOCKER_CONFIG)/cli-plugins
CACHE         := $(CURDIR)/.cache
TOOLS         := $(CACHE)/bin
# The tests' own Docker configuration: the plugin under test and the real
# Docker Compose, and nothing of the user's.
E2E_CONFIG    := $(CACHE)/docker
# The proxy of the demo: haproxy or traefik.
PROXY         ?= haproxy
E2E           := $(TOOLS)/gotestsum --format testname -- -race -parallel 4 -timeout 60m -count 1 ./e2e
SWARM         := $(TOOLS)/gotestsum --format testname -- -race -timeout 60m -count 1 ./e2e/swarm
PLATFORMS     := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z0-9 -]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

.PHONY: build
build: ## build the plugin into bin/
	@mkdir -p bin
	$(BUILD) -o bin/$(PLUGIN) ./cli-plugin

.PHONY: install
install: build ## build the plugin and install it for the user
	@mkdir -p "$(PLUGINS)"
	install -m 0755 bin/$(PLUGIN) "$(PLUGINS)/$(PLUGIN)"

.PHONY: demo
demo: build ## a release and a rollback under load, on this machine's engine (PROXY=traefik: behind Traefik)
	@mkdir -p $(CACHE)
	@test -e "$(PLUGINS)/$(PLUGIN)" || touch $(CACHE)/installed-by-demo
	@$(MAKE) --no-print-directory install
	go run ./e2e/demo -proxy $(PROXY)

.PHONY: demo-clean
demo-clean: build ## remove all that the demo made, behind either proxy, and the test images
	go run ./e2e/demo -clean
	@if [ -e $(CACHE)/installed-by-demo ]; then \
		rm -f "$(PLUGINS)/$(PLUGIN)" $(CACHE)/installed-by-demo; \
		rmdir -p --ignore-fail-on-non-empty "$(PLUGINS)"; \
	fi

.PHONY: test
test: lint unit cross e2e test-swarm ## everything: lint, unit tests, cross-builds, end to end on one engine and on a Swarm

.PHONY: lint
lint: $(TOOLS)/golangci-lint ## format and lint
	$(TOOLS)/golangci-lint run ./...

.PHONY: unit
unit: $(TOOLS)/gotestsum images ## unit and contract tests, with the race detector
	$(TOOLS)/gotestsum --format pkgname -- -race -parallel 4 -timeout 40m $$(go list ./... | grep -v -e /e2e$$ -e /e2e/swarm$$ -e /bench$$)

E2E_NEEDS := $(TOOLS)/gotestsum $(E2E_CONFIG)/cli-plugins/$(PLUGIN) $(E2E_CONFIG)/cli-plugins/docker-compose $(E2E_CONFIG)/clients/docker-20.10

.PHONY: e2e
e2e: $(E2E_NEEDS) images ## the real plugin on the real engine, under load, behind each proxy
	BLUEGREEN_E2E_CONFIG=$(E2E_CONFIG) BLUEGREEN_E2E_PROXY=haproxy $(E2E) -short
	BLUEGREEN_E2E_CONFIG=$(E2E_CONFIG) BLUEGREEN_E2E_PROXY=traefik $(E2E) -short

.PHONY: e2e-haproxy e2e-traefik
e2e-haproxy e2e-traefik: e2e-%: $(E2E_NEEDS) images ## all scenarios behind one proxy, also the long ones
	BLUEGREEN_E2E_CONFIG=$(E2E_CONFIG) BLUEGREEN_E2E_PROXY=$* $(E2E)

.PHONY: test-swarm test-swarm-all
test-swarm: $(E2E_NEEDS) ## the real plugin on real swarms, of engines in containers (as root)
	BLUEGREEN_E2E_CONFIG=$(E2E_CONFIG) $(SWARM) -short

test-swarm-all: $(E2E_NEEDS) ## all scenarios on a swarm of each engine, also the long ones
	BLUEGREEN_E2E_CONFIG=$(E2E_CONFIG) $(SWARM)

.PHONY: bench
bench: $(E2E_CONFIG)/cli-plugins/$(PLUGIN) $(E2E_CONFIG)/cli-plugins/docker-compose images ## print the tables of side-by-side measurements
	BLUEGREEN_E2E_CONFIG=$(E2E_CONFIG) go run ./bench

.PHONY: images
images: ## make the test images, where they are missing (Traefik the first time: minutes)
	go run ./e2e/images/cmd

.PHONY: docs
docs: ## write docs/commands from the commands themselves
	go generate ./cli-plugin/...

.PHONY: cross
cross: ## compile the clients of the other systems
	@for p in darwin/arm64 windows/amd64; do \
		echo "compile $$p"; \
		GOOS=$${p%/*} GOARCH=$${p#*/} CGO_ENABLED=0 go build -o /dev/null ./cli-plugin; \
	done

.PHONY: release
release: ## build dist/ for every platform, with checksums
	@rm -rf dist && mkdir -p dist
	@for p in $(PLATFORMS); do \
		os=$${p%/*}; arch=$${p#*/}; suffix=; [ $$os = windows ] && suffix=.exe; \
		echo "build $(PLUGIN)-$$os-$$arch$$suffix"; \
		GOOS=$$os GOARCH=$$arch $(BUILD) -o dist/$(PLUGIN)-$$os-$$arch$$suffix ./cli-plugin; \
	done
	@cd dist && sha256sum $(PLUGIN)-* > checksums.txt && cat checksums.txt

.PHONY: clean
clean: ## remove what was built; the test images stay (see images-clean)
	rm -rf bin dist .cache

.PHONY: images-clean
images-clean: ## remove the test images
	go run ./e2e/images/cmd -remove

$(TOOLS)/golangci-lint $(TOOLS)/gotestsum &: tools/lint/go.mod
	@mkdir -p $(TOOLS)
	cd tools/lint && GOBIN=$(TOOLS) go install tool
	@touch $(TOOLS)/golangci-lint $(TOOLS)/gotestsum

# The plugin that the tests run is built anew each time: go knows whether
# there is anything to do.
.PHONY: $(E2E_CONFIG)/cli-plugins/$(PLUGIN)
$(E2E_CONFIG)/cli-plugins/$(PLUGIN): build
	@mkdir -p $(@D)
	@install -m 0755 bin/$(PLUGIN) $@

$(E2E_CONFIG)/cli-plugins/docker-compose: tools/compose/go.mod
	@mkdir -p $(@D)
	cd tools/compose && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X github.com/docker/compose/v5/internal.Version=$(COMPOSE)' -o $@ github.com/docker/compose/v5/cmd

# The oldest client of Docker that is promised; the tests release with it too.
$(E2E_CONFIG)/clients/docker-20.10: e2e/clients.sh
	sh e2e/clients.sh $(@D)
	@touch $@
