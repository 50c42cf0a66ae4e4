# make run    builds the web apps and the binary and starts everything, with demo data and simulated people
# make test   everything, on a real PostgreSQL started by itself: Go with -race, web unit tests, browser tests
# make check  generated code is current, lint, make test: what CI runs
#
# `make help` lists all targets.

SHELL      := /bin/bash
GO         ?= go
NPM        ?= npm
WEB        := portal/web
BUF        := $(WEB)/node_modules/.bin/buf
VALIDATE   := github.com/bufbuild/protovalidate@v1.2.2
PACKAGES   := ./...
FUZZTIME   ?= 1s

export GOFLAGS ?= -buildvcs=auto
export npm_config_fund = false
export npm_config_audit = false
export npm_config_update_notifier = false

.DEFAULT_GOAL := help
.PHONY: help run build web check test test-go test-web fuzz bench bench-web lint generate proto-deps generated-current \
	system-run system-test lighthouse screenshots clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

run: system-run ## Everything at once, on http://127.0.0.1:8080, with a made-up fleet
	@# What needs no web build is compiled meanwhile.
	@$(GO) build $$($(GO) list ./... | grep -v -e /cmd/ -e /internal/server$$ -e /simulate -e /replay -e /loadtest) & \
		$(MAKE) --no-print-directory web && wait && $(GO) build -o bin/utsendt ./cmd/utsendt
	@exec ./bin/utsendt demo $(ARGS)

build: web ## The binary with the web apps in it: bin/utsendt
	$(GO) build -o bin/utsendt ./cmd/utsendt

web: $(WEB)/dist/app/index.html ## The web apps

# Node modules are installed anew only when the lock file changed.
$(WEB)/node_modules/.installed: $(WEB)/package-lock.json $(WEB)/package.json
	@cd $(WEB) && $(NPM) ci --no-fund --no-audit --loglevel=error
	@touch $@

WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/board $(WEB)/tech $(WEB)/public -type f 2>/dev/null) \
	$(wildcard $(WEB)/*.html $(WEB)/*.ts $(WEB)/*.js)

$(WEB)/dist/app/index.html: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	@cd $(WEB) && $(NPM) run --silent build
	@touch $@

check: generated-current lint test ## What CI runs

test: system-test test-web test-go fuzz ## All tests

# Lighthouse is large and only looked through here: no part of the web apps' own modules.
$(WEB)/lighthouse/node_modules/.installed: $(WEB)/lighthouse/package-lock.json
	@cd $(WEB)/lighthouse && $(NPM) ci --no-fund --no-audit --loglevel=error
	@touch $@

test-go: web $(WEB)/lighthouse/node_modules/.installed ## Go tests with -race, browser tests among them
	@# Browser tests wait more than they work: four at a time fill two cores.
	@$(GO) test -race -timeout 25m -parallel 4 $(PACKAGES)
	@# What is smaller under the race detector, at its full size.
	@$(GO) test -timeout 10m -run 'HundredThousand|FiftyThousand|BombsStaySmall|HEIC|TestBad(Fields|IDs|Bodies|Envelopes)' \
		./portal/readings/... ./portal/transfer/... ./internal/picture ./internal/server

test-web: $(WEB)/node_modules/.installed ## Types and unit tests of the web apps
	@cd $(WEB) && $(NPM) run --silent check && $(NPM) run --silent test

fuzz: ## Every fuzz test for FUZZTIME
	@scripts/fuzz $(FUZZTIME)

bench: ## The benchmarks
	$(GO) test -run '^$$' -bench . -benchtime 1s ./geo/... ./dispatch/... ./internal/... ./portal/...

bench-web: build ## The board in a browser: 5,000 requests, 10,000 technicians who move
	@cd $(WEB) && node e2e/measure/board.mjs

lint: $(WEB)/node_modules/.installed proto-deps ## gofmt, vet, staticcheck, buf lint
	@unformatted=$$(gofmt -l $$(git ls-files '*.go' ':!:proto/gen')); \
		if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	@$(GO) vet ./...
	@$(GO) tool staticcheck ./...
	@$(BUF) lint proto

generate: $(WEB)/node_modules/.installed proto-deps ## Go and TypeScript from proto
	@$(BUF) generate && $(BUF) generate --template buf.gen.web.yaml

# The validation rules' own proto file, laid where buf finds it, out of the Go module that is used for it.
proto-deps: .cache/protovalidate/buf/validate/validate.proto
.cache/protovalidate/buf/validate/validate.proto: Makefile
	@dir=$$($(GO) mod download -json $(VALIDATE) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p') && rm -rf .cache/protovalidate && \
		mkdir -p .cache && cp -r "$$dir/proto/protovalidate" .cache/protovalidate && chmod -R u+w .cache/protovalidate && touch $@

generated-current: generate
	@git diff --exit-code --stat -- proto/gen $(WEB)/src/gen || { echo "generated code is stale: run make generate and commit it"; exit 1; }
	@test -z "$$(git ls-files --others --exclude-standard proto/gen $(WEB)/src/gen)" || { echo "generated files are not committed"; exit 1; }

lighthouse: build $(WEB)/lighthouse/node_modules/.installed ## What Lighthouse says of the portal, quickness included: 95 at least
	@DEMO_ARGS='--no-simulate --no-dispatcher' scripts/with-demo sh -c 'cd $(WEB)/lighthouse && UTSENDT_CUSTOMER=kunde01:utsendt-demo UTSENDT_DISPATCHER=sentral1:utsendt-demo UTSENDT_TECHNICIAN=tekniker01:utsendt-demo node run.mjs'

screenshots: build ## The pictures in docs/screenshots, from the demo
	@scripts/screenshots

system-run: ## What make run needs of the system; installed if we are root
	@scripts/system-packages run

system-test: ## What make test needs of the system; installed if we are root
	@scripts/system-packages test

clean: ## Remove what was built
	rm -rf bin .cache $(WEB)/dist/app $(WEB)/node_modules
