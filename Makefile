# make run | make test | make slow | make bench | make lint | make record: each prepares .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test crowd nightly slow bench lint format cluster soak record docs texts screenshots lock audit clean

# Independent implementations for the tests; their own pins are too old.
ORACLES := 'backpack-for-pytorch>=1.7' 'nngeometry>=0.4' 'pytorch-adapt>=0.0.83'
ADDRESS ?= 127.0.0.1
PORT ?= 8501

run: $(VENV)/runtime
	$(BIN)/streamlit run app.py --server.address $(ADDRESS) \
		--server.port $(PORT)

# Three at a time, for some wait; in a browser, which shares two cores with
# server and worker, two, and once more if one fails: the summary says so.
test: $(VENV)/dev lint
	OMP_NUM_THREADS=1 TL_THREADS=1 $(BIN)/python -m pytest -n 3 \
		--dist loadfile --no-loadscope-reorder \
		-m "not slow and not nightly and not browser and not crowd" $(PYTEST_ARGS)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder \
		-m browser --reruns 1 -r R $(PYTEST_ARGS)

# Ten simulated users at work for two minutes; `make soak`: thirty, for thirty.
crowd: $(VENV)/dev
	$(BIN)/python -m pytest -m crowd $(PYTEST_ARGS)

nightly: $(VENV)/dev
	$(BIN)/python -m pytest -m nightly --durations=0 $(PYTEST_ARGS)

slow: $(VENV)/dev
	$(BIN)/python -m pytest -m slow --durations=0 $(PYTEST_ARGS)

lint: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/peers
	$(BIN)/python -m tests.benchmarks

# Scheduler and two workers on loopback; CLUSTER="--workers 4" for more.
cluster: $(VENV)/runtime
	$(BIN)/python -m tl_core cluster $(CLUSTER)

soak: $(VENV)/dev
	$(BIN)/python -m tests.soak

record: $(VENV)/runtime
	$(BIN)/python -m tl_core record

docs: $(VENV)/dev
	$(BIN)/python -m tl_core.handbook

# The list of all texts for translators; LANGUAGE=de compiles that folder of
# assets/texts instead and says what it lacks.
texts: $(VENV)/dev
	$(BIN)/python -m tl_core.translation $(LANGUAGE)

screenshots: $(VENV)/dev
	$(BIN)/python -m tests.e2e.screenshots

# Versions and hashes for every platform with Python 3.11 or later.
lock: | $(BIN)/uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" requirements.txt -o requirements.lock

# Our code against bandit, its packages against the list of known holes; a
# package that could not be looked up is an error.
audit: $(VENV)/dev
	$(BIN)/bandit -q -c pyproject.toml -r tl_core pages app.py
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv

# `make run LOCKED=1`: the very files whose hashes requirements.lock has.
ASKED := $(if $(LOCKED),requirements.lock,requirements.txt)
HASHES := $(if $(LOCKED),--require-hashes)

$(VENV)/runtime: $(ASKED) | $(BIN)/uv
	$(BIN)/uv pip install --compile-bytecode --python $(BIN)/python $(HASHES) -r $(ASKED)
	touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/runtime
	$(BIN)/uv pip install --compile-bytecode --python $(BIN)/python -r requirements-dev.txt
	$(BIN)/uv pip install --compile-bytecode --python $(BIN)/python --no-deps $(ORACLES)
	touch $@

# Peers of `make bench` that no test needs, and what importing them takes, in
# a folder of their own: none of their pins are taken. Avalanche's package
# `tests` would hide ours.
PEERS := skada POT skorch tabulate avalanche-lib dill gdown beautifulsoup4 \
	pytorchcv wandb opentelemetry-api xxhash gputil qpsolvers

$(VENV)/peers: $(VENV)/dev
	$(BIN)/uv pip install --python $(BIN)/python --target $@ --no-deps $(PEERS)
	rm -rf $@/tests $@/examples
	touch $@

clean:
	rm -rf $(VENV)
