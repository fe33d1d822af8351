# Countersign. `make test` is what CI runs; it installs or builds what the tests need.
SHELL := /bin/bash
GO ?= go
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/countersign
LINT_VERSION := v2.15.0
export CGO_ENABLED := 1

.PHONY: test need lint bench fuzz demo build tidy vault-dev mutants endurance cover experience

build: ## the product, as bin/countersign
	$(GO) build -trimpath -ldflags "-s -w" -o bin/ ./cmd/countersign ./cmd/slacksim

demo: ## everything embedded, with a Slack workspace in the browser
	$(GO) run ./cmd/countersign demo

need: ## what the tests need: Chromium, OpenSSL, Node, Vault, Pebble; cached outside the tree
	@scripts/need
	@vault/hashicorp/server/get >/dev/null
	@vault/acme/pebble/get >/dev/null

vault-dev: ## a Vault for development with everything enabled; Ctrl-C ends it
	$(GO) run ./vault/hashicorp/devserver/vault-dev -vault "$$(vault/hashicorp/server/get)"

test: need ## all tests, race detector on
	$(GO) vet ./...
	$(GO) test -race -shuffle=on -timeout 45m -p $$(($$(getconf _NPROCESSORS_ONLN) + 1)) ./... # those that start the product wait half of their time

cover: need ## what the tests of workflows and bot cover of them; less than 85 % fails
	set -o pipefail; $(GO) test -cover ./workflows/... ./bot | scripts/coverage

mutants: need ## break each line that holds a promise, and see a test of its package fail; SINCE=COMMIT: of what changed
	@$(GO) run ./tests/mutants $(if $(SINCE),-since $(SINCE))

endurance: need ## the long form of the tests that treat the product badly
	COUNTERSIGN_ENDURANCE=1 $(GO) test -race -count=1 -timeout 60m ./tests/endurance/...

experience: ## learn from the labelled texts, and measure on texts whose source was left out
	$(GO) run ./triage/eval/learn -o triage/experience.bin
	$(GO) run ./triage/eval/run

lint: ## formatting, golangci-lint, module tidiness
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these'; exit 1; }
	@test -x $(CACHE)/golangci-lint-$(LINT_VERSION) || { echo 'building golangci-lint $(LINT_VERSION), once ...'; \
	  GOBIN=$(CACHE) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION) && mv $(CACHE)/golangci-lint $(CACHE)/golangci-lint-$(LINT_VERSION); }
	$(CACHE)/golangci-lint-$(LINT_VERSION) run ./...
	$(GO) mod tidy -diff

bench: need ## the budgets of the design, beside their peers
	scripts/bench

fuzz: ## every fuzz target for a while: make fuzz TIME=10m
	scripts/fuzz $(or $(TIME),30s)
