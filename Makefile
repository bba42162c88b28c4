# make demo    sets everything up, starts a server, streams recordings to it and prints what they show
# make test    sets everything up and runs all tests
# make serve   leaves a server running on 127.0.0.1:50051
# make gateway  HTTP and JSON on 127.0.0.1:8000, for the server that make serve left running
# make schemathesis   sends that gateway what its OpenAPI document allows, and what it does not
# make check   generated code, contract, style, types, imports, the documentation as a site
# make docs    builds that site into build/site; make docs-serve shows it while it is written
# make train   DATA=<PTB-XL folder> [OUTPUT=build/ensemble] trains both networks and makes the default bundle
# make evaluate DATA=<PTB-XL folder> [FOLD=9] [MODEL=<name or path> | ADDRESS=<host:port>] measures a model as served
# make recordings DATA=<PTB-XL folder> measures what other forms of a recording cost: docs/recordings.md
# make quality  DATA=<PTB-XL folder> measures what is found of poor signals: docs/quality.md
# make explanations DATA=<PTB-XL folder> measures how far explanations can be trusted: docs/explanations.md
# make model-card   writes docs/model-card.md from docs/evaluation
# make screenshots  takes the pictures of the gateway's page anew: docs/images/page-*.png
# make bench   measures this machine: the bare network, this server and others, side by side
# make bench-overload   floods a server with many times the calls it can answer, and tells what becomes of them
# make bench-cluster   what the road through Ray Serve costs beside ecg-server, and what replicas bring
# make fuzz     RUNS=1000000 gives that many rubbish inputs to all that reads other people's bytes (Linux)
# make soak     MINUTES=10 loads real servers while faults are injected at random; ends with what became of it all
# make faults   FAULTS=100 cuts streams to real servers so often in each way; each recording is answered once, in order
# make dashboard-picture [DATA=<recordings>] runs servers for some minutes and draws the dashboard: docs/images
# make clients  builds the clients of other languages, as far as their tool chains are there, and tests them
# make packages   builds sdist and wheel into dist/, and installs them, with every extra, on every Python that is found
# make images   ENGINE=docker builds both container images; make sbom writes what is in them into build/sbom
# make generate, make generate-clients, make lock   renew generated/ with docs/reference/contract.md and the OpenAPI
#               document, the stubs of clients/, and requirements.lock with the locks of the images

PYTHON ?= python3
DATA ?=
OUTPUT ?= build/ensemble
FOLD ?= 9
MODEL ?=
ADDRESS ?=
EVALUATION ?= build/evaluation
RUNS ?= 1000000
MINUTES ?= 10
FAULTS ?= 100
ENGINE ?= docker
ARGS ?=

BIN := .venv/bin
READY := .venv/ready
# Its successor is known: docs/adr/0013.
MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs
PROTOS := $(wildcard protos/ecg/v1/*.proto)

.PHONY: demo serve gateway schemathesis test check docs docs-serve train evaluate recordings quality explanations \
    model-card bench bench-overload fuzz bench-cluster soak faults clients packages images sbom generate \
    generate-clients lock clean dashboard-picture

demo: $(READY)
	@$(BIN)/python examples/demo.py $(DATA)

serve: $(READY)
	$(BIN)/ecg-server $(ARGS)

gateway: $(READY)
	$(BIN)/ecg-gateway $(ARGS)

# That leads have one length, or are not flat, no schema can say: what it allows may be refused.
schemathesis: $(READY)
	$(BIN)/schemathesis run http://127.0.0.1:8000/openapi.json --exclude-checks positive_data_acceptance $(ARGS)

test: $(READY)
	$(BIN)/pytest $(ARGS)

train: $(READY)
	@test -n "$(DATA)" || { echo 'say where PTB-XL is: make train DATA=<folder>'; exit 2; }
	$(BIN)/python -m ecg_training "$(DATA)" --network residual --output build/residual $(ARGS)
	$(BIN)/python -m ecg_training "$(DATA)" --network reference --output build/reference $(ARGS)
	$(BIN)/python -m ecg_training "$(DATA)" --combine build/residual build/reference --output "$(OUTPUT)"

evaluate: $(READY)
	@test -n "$(DATA)" || { echo 'say where PTB-XL is: make evaluate DATA=<folder>'; exit 2; }
	$(BIN)/python -m ecg_evaluation "$(DATA)" --fold $(FOLD) $(if $(MODEL),--model "$(MODEL)") \
	    $(if $(ADDRESS),--address "$(ADDRESS)") --output "$(EVALUATION)" $(ARGS)

recordings: $(READY)
	@test -n "$(DATA)" || { echo 'say where PTB-XL is: make recordings DATA=<folder>'; exit 2; }
	$(BIN)/python -m ecg_evaluation.recording_forms "$(DATA)" --document docs/recordings.md $(ARGS)

quality: $(READY)
	@test -n "$(DATA)" || { echo 'say where PTB-XL is: make quality DATA=<folder>'; exit 2; }
	$(BIN)/python -m ecg_evaluation.signal_quality "$(DATA)" --document docs/quality.md $(ARGS)

explanations: $(READY)
	@test -n "$(DATA)" || { echo 'say where PTB-XL is: make explanations DATA=<folder>'; exit 2; }
	$(BIN)/python -m ecg_evaluation.explanations "$(DATA)" --document docs/explanations.md $(ARGS)

model-card: $(READY)
	$(BIN)/python -m ecg_evaluation.model_card docs/evaluation --output docs/model-card.md
	$(BIN)/python scripts/model_card_page.py docs/model-card.md server/ecg_gateway/page/static/model-card.html

# It stands on what the tests stand on: a server, a gateway, Debian's Chromium.
screenshots: $(READY)
	PYTHONPATH=tests $(BIN)/python -m ecg_testing.screenshots docs/images

bench: $(READY)
	$(BIN)/python -m benchmarks $(ARGS)

bench-overload: $(READY)
	$(BIN)/python -m benchmarks.overload $(ARGS)

bench-cluster: $(READY)
	$(BIN)/python -m benchmarks.cluster $(ARGS)

fuzz: $(READY)
	PYTHONPATH=tests $(BIN)/python -m fuzzing all --runs $(RUNS) $(ARGS)

# It stands on what the tests stand on: servers as processes, a proxy that cuts.
soak: $(READY)
	PYTHONPATH=tests $(BIN)/python -m soak --minutes $(MINUTES) $(ARGS)

faults: $(READY)
	$(BIN)/pytest tests/faults --faults $(FAULTS) $(ARGS)

# Like the soak. What Prometheus is: apt-get install prometheus, or its own releases.
dashboard-picture: $(READY)
	PYTHONPATH=tests $(BIN)/python -m dashboard_picture $(if $(DATA),--data "$(DATA)") $(ARGS)

clients: $(READY)
	$(BIN)/pytest tests/clients $(ARGS)

packages: $(READY)
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	$(BIN)/pytest tests/packages tests/deploy/test_container.py tests/deploy/test_bill_of_materials.py \
	    --all-packages -rs $(ARGS)

VERSION = $(shell $(BIN)/python -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
images: $(READY)
	for runtime in onnx tensorflow; do \
	    $(ENGINE) build --file deploy/container/$$runtime.Dockerfile --build-arg VERSION=$(VERSION) \
	        --build-arg REVISION=$$(git rev-parse HEAD) --tag ecg-classifier:$(VERSION)-$$runtime $(ARGS) . || exit; \
	done
	$(ENGINE) tag ecg-classifier:$(VERSION)-onnx ecg-classifier:$(VERSION)

sbom: $(READY)
	scripts/sbom $(BIN) onnx build/sbom/onnx.cdx.json
	scripts/sbom $(BIN) tensorflow build/sbom/tensorflow.cdx.json

check: $(READY)
	scripts/check-generated $(BIN)
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code
	scripts/check-breaking $(BIN)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint --config deploy/container/hadolint.yaml deploy/container/*.Dockerfile
	$(MKDOCS) build

docs: $(READY)
	$(MKDOCS) build
	@echo 'open build/site/index.html'

docs-serve: $(READY)
	$(MKDOCS) serve

generate: $(READY)
	scripts/generate $(BIN) generated docs/reference/contract.md server/ecg_gateway/openapi.json

generate-clients: $(READY)
	scripts/generate-go $(BIN) clients/go
	cd clients/typescript && npm ci
	scripts/generate-typescript $(BIN) clients/typescript

LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-annotate --custom-compile-command "make lock"
# The same versions, for the Python and the platform of a container alone.
LOCK_IMAGE := $(LOCK) --constraint requirements.lock --python-version 3.13 --python-platform linux

# requirements.lock holds hashes for every platform and every Python from 3.11 on.
lock:
	$(LOCK) --universal --extra dev pyproject.toml --output-file requirements.lock
	$(LOCK_IMAGE) --extra cli --extra onnx --extra telemetry pyproject.toml --output-file deploy/container/onnx.lock
	$(LOCK_IMAGE) --extra cli --extra server --extra telemetry pyproject.toml \
	    --output-file deploy/container/tensorflow.lock
	echo hatchling | $(LOCK_IMAGE) - --output-file deploy/container/build.lock

clean:
	rm -rf .venv build dist

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    || { echo 'needs Python 3.11, 3.12 or 3.13 (TensorFlow is not there for others): make PYTHON=<path to it> ...'; \
	         exit 2; }
	@echo 'setting up .venv: some minutes without a word, and about 4 GB, once'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
