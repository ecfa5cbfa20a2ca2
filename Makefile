# Everything that a developer does with krok. `make help` lists it.

GO       ?= go
VERSION  ?= 19
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VULN     := golang.org/x/vuln/cmd/govulncheck@v1.9.0
ODOO     := odoo/odootest

.PHONY: help
help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: build
build: ## the binary, as bin/krok
	$(GO) build -trimpath -o bin/krok ./cmd/krok

.PHONY: demo
demo: ## a real Odoo 19 with the sample bot, and a chat with it in this terminal
	@$(ODOO)/demo.sh

.PHONY: test
test: ## all tests, with a real Odoo 19 and 14, a real Redis and a real browser; installs what is missing
	$(ODOO)/install.sh
	$(ODOO)/server.sh start 19
	$(ODOO)/server.sh start 14
	$(GO) test $(TESTFLAGS) -race -timeout 20m ./config ./flow/... ./connector/...
	$(GO) test $(TESTFLAGS) -race -timeout 30m -p 1 -parallel 2 ./odoo ./odoo/rpc/... ./odoo/odootest/... ./odoo/records/...
	$(GO) test $(TESTFLAGS) -race -timeout 60m -p 1 -parallel 1 ./odoo/module ./odoo/catalog ./cmd/... # two imports at once confuse an Odoo 14

SEED ?=
.PHONY: torture
torture: ## 20 000 events while everything around krok fails; SEED=n plays a run again
	$(ODOO)/install.sh
	$(ODOO)/server.sh start 19
	KROK_TORTURE=long KROK_TORTURE_SEED=$(SEED) $(GO) test -count 1 -v -timeout 90m -run 'TestNothingIsLost|TestNoMessageComesTwice' ./cmd/krok

.PHONY: short
short: ## the tests that need nothing but Go
	$(GO) test -short ./...

.PHONY: lint
lint: ## linters
	$(GO) vet ./...
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) run $(LINT) run

.PHONY: vuln
vuln: ## known holes in what krok is built from (asks the Go vulnerability database)
	$(GO) run $(VULN) ./...

.PHONY: bench
bench: bench-parts bench-rivals ## both benchmarks

.PHONY: bench-parts
bench-parts: ## benchmarks of turns, texts, parsing and the store
	$(GO) test -run '^$$' -bench . -benchmem ./flow/... ./connector/... ./odoo/rpc/...

# BENCH takes what `go run ./cmd/bench -help` lists: make bench-rivals BENCH="-contenders krok,telego -rounds 5"
.PHONY: bench-rivals
bench-rivals: ## krok beside bots by hand on telego, grammY and Telegraf, a few minutes; needs redis-server and Node
	$(GO) run ./cmd/bench -rounds 1 $(BENCH)

FUZZTIME ?= 10m
.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (10m) each
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	  echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p || exit 1; done; done

.PHONY: odoo
odoo: ## a real Odoo to try things in: make odoo [VERSION=14]
	@$(ODOO)/install.sh
	@$(ODOO)/server.sh run $(VERSION)

.PHONY: stop
stop: ## ends the Odoos and the database that the tests started
	@$(ODOO)/server.sh stop
