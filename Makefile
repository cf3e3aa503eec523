# Foresight. `make help` lists the targets; each says what it needs.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
SHARED  ?= ../shared
PEERS   ?= $(HOME)/.cache/foresight/peers
ALERTMANAGER ?= $(HOME)/.cache/foresight/alertmanager-v0.31.1/alertmanager
KEPT    ?= $(HOME)/.cache/foresight/peer-forecasts
VENV    ?= $(HOME)/.cache/foresight/venv
NODEENV ?= $(HOME)/.cache/foresight/node
NBENV   ?= $(HOME)/.cache/foresight/notebooks
DASHENV ?= $(HOME)/.cache/foresight/dashboards
INSPECT ?= $(HOME)/.cache/foresight/appinspect
LIB     := $(HOME)/.cache/foresight/app-lib
APPLIB  ?= $(LIB)
GOBIN   := $(shell go env GOPATH)/bin
LINT    := $(GOBIN)/golangci-lint
LINT_VERSION := v2.15.0
export CGO_ENABLED ?= 0
# Property tests draw the same every time, so that a change fails by what it changes; make properties draws anew,
# and more.
export RAPID_SEED ?= 1
export RAPID_CHECKS ?= 50

.DEFAULT_GOAL := help
.PHONY: help build demo test properties test-postgres crash race lint fmt bench bench-peers bench-peers-sample bench-many bench-splunk bench-scale bench-scale-two bench-scale-sample bars bars-sample accuracy accuracy-check demo-quote demo-check fuzz golden accept app app-scripts appinspect dashboards pictures check contract intake story bench-intake sdk conformance browser notebooks notebooks-check tools clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

build: ## Build bin/foresight
	@mkdir -p bin
	go build -ldflags "-X main.version=$(VERSION)" -o bin/foresight ./cmd/foresight

demo: build ## Show the whole line on a sandbox Splunk, then serve the reports (needs only Go)
	./bin/foresight demo $(ARGS)

# Some tests wait for processes and clocks: more packages at a time than cores keep the cores busy.
test: ## The fast suite (needs only Go)
	go test -p $$((2 * $$(getconf _NPROCESSORS_ONLN))) ./...

CHECKS ?= 1000
properties: ## The property tests on newly drawn inputs, CHECKS of each (1000; half an hour)
	RAPID_SEED=0 RAPID_CHECKS=$(CHECKS) go test -count=1 -timeout 3h $$(grep -rl 'rapid\.\(Check\|MakeCheck\)' --include='*_test.go' . | xargs -n1 dirname | sort -u)

test-postgres: ## What keeps state, on PostgreSQL: that of FORESIGHT_POSTGRES, else a server started for it (root: installed too)
	.ci/with-postgres go test -count=1 ./internal/store ./internal/schedule && .ci/with-postgres go test -count=1 -run Postgres ./cmd/foresight

KILLS ?= 200
crash: ## kill -9 the real processes anywhere, KILLS times on each database (200, half an hour; FORESIGHT_CRASH_SEED repeats one)
	@mkdir -p bin; FORESIGHT_CRASH=$(KILLS) .ci/with-postgres go test -count=1 -timeout 90m -parallel 8 -v -run '^TestCrash' ./cmd/foresight > bin/crash.log 2>&1 \
	  || { cat bin/crash.log; exit 1; }; grep '^crash test' bin/crash.log

# Where goroutines meet; the engine has none.
RACE := ./internal/... ./splunk/... ./configs ./models

race: ## What has goroutines, under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race $(RACE)

check: lint test race ## What a change must pass before it is shown to others

lint: $(LINT) ## gofmt, go vet and golangci-lint
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	go vet ./...
	$(LINT) run ./...

tools: $(DASHENV)/installed $(LINT) $(ALERTMANAGER) $(VENV)/sdk $(NODEENV)/installed $(NBENV)/ready $(INSPECT)/ready $(LIB)/ready $(PEERS)/installed ## Install what dashboards, lint, sdk, notebooks, appinspect and peers need

$(LINT):
	go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)

fmt: ## Format the code
	gofmt -w .

bench: ## Benchmarks with size ladders and allocations
	go test -run '^$$' -bench . -benchmem ./analytics/... ./splunk/... ./internal/...

$(PEERS)/installed: bench/requirements.txt
	python3 -m venv $(PEERS)
	$(PEERS)/bin/pip install -q -r $<
	@touch $@

# Without the series nothing is installed: the text names the public collections.
compare = @test -d $(SHARED)/data || { cat bench/absent.txt; exit 0; }; \
  $(MAKE) -s $(PEERS)/installed && cd bench && export PYTHONDONTWRITEBYTECODE=1 && \
  $(PEERS)/bin/python -m doctest score.py calendar_effects.py bar.py gotests.py command.py && \
  $(PEERS)/bin/python $(1) --jobs 2 --shared $(abspath $(SHARED))

bench-peers: build ## Foresight beside Prophet, statsforecast, flaircast; rewrites docs/benchmarks.md (half an hour)
	$(call compare,run.py) --write $(ARGS)

bench-peers-sample: build ## The same on a fixed part of the series, printed only (minutes)
	$(call compare,run.py) --sample --cache $(KEPT) $(ARGS)

SIGNALS ?= 100,1000,10000
SCALE = FORESIGHT_SCALE=$(SIGNALS) go test -count=1 -timeout 12h -v -run

bench-scale: ## Up to 10 000 daily signals: time, memory, database; fills docs/operations.md (an hour)
	@mkdir -p bin; $(SCALE) '^TestScale$$' ./cmd/foresight 2>&1 | tee bin/figures.log; \
	$(passed) && sh .ci/figures fill docs/operations.md < bin/figures.log

bench-scale-two: ## Two processes on one PostgreSQL beside one, with 1000 signals, printed only (minutes; PostgreSQL as test-postgres)
	.ci/with-postgres env $(SCALE) '^TestScaleOfTwo' ./cmd/foresight

bench-scale-sample: SIGNALS = 100,300
bench-scale-sample: ## That the cost a signal does not grow from 100 to 300, printed only (two minutes)
	$(SCALE) '^TestScale$$' ./cmd/foresight

bars: build ## Every bar the engine must reach: the figure, PASS or FAIL (40 minutes; ten with the peers' forecasts kept)
	$(call compare,bars.py) --cache $(KEPT) $(ARGS)

bars-sample: build ## The same on a fixed part of the series (minutes)
	$(call compare,bars.py) --sample --cache $(KEPT) $(ARGS)

bench-splunk: ## 5000 signals by one split search: rows a second, requests, memory; events a second beside a plain writer, of which 0.7 is wanted (a minute)
	FORESIGHT_SIGNALS=5000 go test -count=1 -run '^$$' -bench SplitInto -benchtime 1x ./splunk/enterprise
	go test -count=1 -run '^$$' -bench '^BenchmarkSend$$' -benchtime 10x ./splunk/enterprise

bench-many: build ## 1000 daily series: time, memory, both cores, progress (needs Python; 5 minutes)
	@test -d $(SHARED)/data || { cat bench/absent.txt; exit 0; }; \
	python3 -m doctest bench/many.py && python3 bench/many.py --shared $(abspath $(SHARED)) $(ARGS)

# Tests print the rows of the tables in docs/methods.md, the demo what is quoted there; .ci/figures
# puts them there, or compares.
absent = mkdir -p bin; test -d $(SHARED)/data || { cat bench/absent.txt; exit 0; }
passed = ! grep -E '^(--- )?FAIL' bin/figures.log
quoted = { echo '```text'; sed -n '/^Nordbutiken/,/paydays from/p' bin/demo.log; echo '```'; } | sed 's/^/figures demo: /' | sh .ci/figures

accuracy: ## Accuracy and coverage beside the seasonal naive; fills the tables of docs/methods.md (needs ../shared; half an hour)
	@$(absent); FORESIGHT_ACCURACY=all REGRESS_ROLLING=1 go test -count=1 -p 1 -timeout 90m -v -run 'Accuracy|M3|Rolling|CensoringBrings|Steadiness|BetterByTSB' \
	  ./analytics ./analytics/regress ./internal/pipeline 2>&1 | tee bin/figures.log; \
	$(passed) && sh .ci/figures fill docs/methods.md < bin/figures.log

accuracy-check: ## That a sample of those figures still stands in docs/methods.md (needs ../shared; a minute)
	@$(absent); FORESIGHT_ACCURACY=walmart,us_births go test -count=1 -v -run '^TestAccuracy$$' ./analytics 2>&1 | tee bin/figures.log; \
	$(passed) && sh .ci/figures check docs/methods.md < bin/figures.log

demo-quote: build ## Quote in docs/methods.md what the demo says
	./bin/foresight demo --once --dir $$(mktemp -d) > bin/demo.log && $(quoted) fill docs/methods.md

demo-check: build ## The demo, once, and that docs/methods.md quotes it right
	./bin/foresight demo --once --dir $$(mktemp -d) > bin/demo.log && cat bin/demo.log && $(quoted) check docs/methods.md

FUZZTIME ?= 10s
fuzz: ## Each fuzz target for FUZZTIME (10s; 300x for a number of runs)
	@for p in $$(grep -rl '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$p/*_test.go | sed 's/func //'); do \
	    echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$p || exit 1; \
	  done; \
	done

golden: ## Rewrite the golden files; read the diff before committing it
	go test ./internal/report ./configs ./splunk/app -update

$(LIB)/ready: splunk/app/lib/requirements.txt
	rm -rf $(LIB)
	python3 -m pip install -q --disable-pip-version-check --root-user-action ignore --require-hashes --no-deps --no-compile --target $(LIB) -r $<
	@touch $@

app: build $(filter $(LIB)/ready,$(APPLIB:%=%/ready)) ## The Splunk app as a package: bin/foresight.spl (fetches splunklib from PyPI; APPLIB= leaves the search command out)
	./bin/foresight app package --out bin/foresight.spl $(APPLIB:%=--lib %)

RENDER := splunk/app/studio/render
$(DASHENV)/installed: $(RENDER)/package.json $(RENDER)/package-lock.json
	@mkdir -p $(DASHENV) && cp $^ $(DASHENV)
	cd $(DASHENV) && npm ci --legacy-peer-deps --no-audit --no-fund --loglevel=error
	@touch $@

# bundle leaves the page that draws dashboards where the tests look for it.
bundle = cp $(RENDER)/*.mjs $(RENDER)/*.jsx $(DASHENV) && cd $(DASHENV) && node build.mjs page.js
dashboards: $(DASHENV)/installed ## The app's dashboards against Splunk's schema, and drawn with Splunk's packages: bin/screens (npm, chromium; four minutes)
	$(bundle)
	FORESIGHT_DASHBOARD_TOOLS=$(DASHENV) go test -tags browser -count=1 -timeout 20m -run '^TestBrowserDashboards' ./splunk/app/studio

pictures: $(DASHENV)/installed ## Make docs/pictures anew: the dashboards over the demo's data, as docs/splunk-app.md shows them; look at them before committing (as dashboards)
	@mkdir -p docs/pictures
	$(bundle)
	FORESIGHT_DASHBOARD_TOOLS=$(DASHENV) FORESIGHT_PICTURES=$(CURDIR)/docs/pictures go test -tags browser -count=1 -timeout 20m -run '^TestBrowserDashboardsAreDrawn$$' ./splunk/app/studio

$(INSPECT)/ready: splunk/app/inspect/requirements.txt
	python3 -m venv $(INSPECT)
	$(INSPECT)/bin/pip install -q -r $<
	@touch $@

appinspect: app $(INSPECT)/ready ## Splunk's own checker on the app, also as Splunk Cloud runs it; reports in bin (installs it from PyPI; a minute)
	$(INSPECT)/bin/python splunk/app/inspect/inspect_app.py bin/foresight.spl bin docs/splunk-app.md

PYTHON ?= python3
app-scripts: $(LIB)/ready ## The app's alert actions and search command under PYTHON (3.9 or later) against a real serve (two minutes)
	cd splunk/app/pythontest && PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m unittest
	@mkdir -p bin; FORESIGHT_PYTHON=$(PYTHON) FORESIGHT_APP_LIB=$(LIB) go test -count=1 -v -run '^TestApp[A-Z]' ./cmd/foresight > bin/app-scripts.log 2>&1 \
	  || { cat bin/app-scripts.log; exit 1; }; grep '^--- \|^ok' bin/app-scripts.log; ! grep -q '^--- SKIP' bin/app-scripts.log

contract: build ## The contract checks from outside, where ../shared is
	@test -d $(SHARED)/checks || { echo "no $(SHARED)/checks here: skipped"; exit 0; }; \
	for c in forecast_contract sandbox_contract; do \
	  echo "== $$c"; python3 $(SHARED)/checks/$$c.py bin/foresight || exit 1; \
	done

# Later releases cannot be built from their module. Without one the tests that need it say so.
$(ALERTMANAGER):
	GOBIN=$(dir $@) go install github.com/prometheus/alertmanager/cmd/alertmanager@v0.31.1 || echo "Alertmanager cannot be installed here"

intake: build $(ALERTMANAGER) ## Alertmanager, go-pagerduty and the CloudEvents SDK report to serve (installs them; a minute)
	@cd internal/web/intake/conformance && { go mod download || { echo "their modules cannot be had here: skipped"; exit 0; }; } && \
	  FORESIGHT=$(CURDIR)/bin/foresight ALERTMANAGER=$(ALERTMANAGER) go test -count=1 -v .

story: ## The incident process from the outside, from a fault to its review: serve, HTTP, commands, pages, index (two minutes)
	@mkdir -p bin; FORESIGHT_STORY=1 go test -count=1 -v -run '^TestStory$$' ./cmd/foresight > bin/story.log 2>&1 || { cat bin/story.log; exit 1; }; grep -v '^{' bin/story.log

bench-intake: ## 10000 alarms of one service over HTTP, on SQLite and PostgreSQL: one case, one page, all counted; alarms a second (a minute)
	.ci/with-postgres go test -count=1 -run '^$$' -bench Intake -benchtime 10000x ./internal/app

# The mark says which packages are in the environment.
$(VENV)/sdk: splunk/conformance/python/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install -q -r $<
	@touch $@

# npm is asked for the packages once for each change of their list.
$(NODEENV)/installed: splunk/conformance/node/package.json
	@command -v npm > /dev/null || { echo "npm is missing: splunk-sdk and splunk-logging for Node cannot be installed"; exit 1; }
	mkdir -p $(NODEENV) && cp $< $(NODEENV) && cd $(NODEENV) && npm install --no-audit --no-fund --silent
	@touch $@

sdk: build $(VENV)/sdk $(NODEENV)/installed ## Splunk's SDKs for Python and Node, the latter by its own tests, against the sandbox (installs them from PyPI and npm)
	$(VENV)/bin/python splunk/conformance/python/smoke.py bin/foresight
	NODE_PATH=$(NODEENV)/node_modules node splunk/conformance/node/run.js bin/foresight
	@go test -count=1 -v -run SDK ./splunk/cloudservices > bin/sdk.log 2>&1 || { cat bin/sdk.log; exit 1; }
	@echo "splunk-cloud-sdk-go 1.11.1: $$(grep '^ *--- PASS' bin/sdk.log | grep -vc 'ItselfAgainst[A-Za-z]* (') passed, 0 failed"

conformance: build ## The event client, and the sandbox's collector, against the OpenTelemetry Collector's receiver of Splunk's events (fetches its modules; a minute)
	@mkdir -p bin; cd splunk/conformance/otel && FORESIGHT=$(CURDIR)/bin/foresight go test -count=1 -v . > $(CURDIR)/bin/conformance.log 2>&1 || { cat $(CURDIR)/bin/conformance.log; exit 1; }
	@grep -E '_test.go:[0-9]+: [0-9]+ ' bin/conformance.log; echo "splunkhecreceiver of the OpenTelemetry Collector: $$(grep -c '^ *--- PASS' bin/conformance.log) passed, 0 failed"; ! grep -q -- '--- SKIP' bin/conformance.log

browser: ## The pages in a real browser (needs chromium)
	go test -tags browser -run Browser ./internal/report ./internal/web ./splunk/app

$(NBENV)/ready: notebooks/requirements.txt
	python3 -m venv $(NBENV)
	$(NBENV)/bin/pip install -q -r $<
	@touch $@

NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))
EXECUTE    = PYTHONDONTWRITEBYTECODE=1 $(NBENV)/bin/jupyter-execute --NotebookClient.record_timing=False

notebooks: build $(NBENV)/ready ## Execute the notebooks and keep their output (needs Python 3.11; installs from PyPI; 2 minutes)
	$(EXECUTE) --inplace $(NOTEBOOKS)

notebooks-check: build $(NBENV)/ready ## The same without keeping the output
	$(EXECUTE) $(NOTEBOOKS)

ISSUE ?= 8
accept: build ## PASS or FAIL for each line of "It is done when" of ISSUE (3 to 8)
	@sh .ci/accept-$(ISSUE)

clean: ## Remove what the targets made
	rm -rf bin foresight-demo
