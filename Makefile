# The commands of this repository: `make help`. Scripts that are longer than a line live in .ci/.
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Folders count too: their time changes when a file in them comes or goes.
WEB_SOURCES := $(shell find app shared style public -not -path '*/tests/*' 2>/dev/null) \
	Cargo.toml Cargo.lock $(wildcard Trunk.toml) .ci/web .ci/tools end2end/pack.mjs

.PHONY: help run test lint web dev bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build what is missing and serve the portal in demo mode, http://localhost:8080
	@.ci/setup run
	@$(MAKE) --no-print-directory dist/index.html
	@cargo build --package server --bin selfservice
	@SELFSERVICE_DEMO=$${SELFSERVICE_DEMO:-true} exec target/debug/selfservice serve

test: ## every test, Rust's and the browser's; ends with `N passed, N failed`
	@.ci/setup test
	@.ci/test

lint: ## format, clippy for host and browser, the dependency rules, biome and tsc
	@.ci/setup test
	@.ci/lint

web: ## what the browser loads, into dist/, when a source of it changed
	@.ci/setup run
	@$(MAKE) --no-print-directory dist/index.html

dist/index.html: $(WEB_SOURCES)
	@.ci/web
	@touch $@

dev: ## live reload on http://localhost:8081, the API from a demo server on http://localhost:8080
	@.ci/setup dev
	@.ci/dev

bench: ## bytes that a browser loads, and the server's CPU time per enrollment
	@.ci/setup run
	@$(MAKE) --no-print-directory dist/index.html
	@.ci/bench
