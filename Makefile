# make run | make test | make slow | make bench | make lint | make record: each prepares .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test slow bench lint format record screenshots clean

# Independent implementations for the tests; their own pins are too old.
ORACLES := 'backpack-for-pytorch>=1.7' 'nngeometry>=0.4' 'pytorch-adapt>=0.0.83'
ADDRESS ?= 127.0.0.1
PORT ?= 8501

run: $(VENV)/runtime
	$(BIN)/streamlit run app.py --server.address $(ADDRESS) \
		--server.port $(PORT)

# Side by side where a test needs one core; one after the other in a browser,
# which shares two cores with server and worker: there once more if it fails,
# and the summary says so.
test: $(VENV)/dev lint
	OMP_NUM_THREADS=1 TL_THREADS=1 $(BIN)/python -m pytest -n 2 \
		--dist loadfile -m "not slow and not browser" $(PYTEST_ARGS)
	$(BIN)/python -m pytest -m browser --reruns 1 -r R $(PYTEST_ARGS)

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

record: $(VENV)/runtime
	$(BIN)/python -m tl_core record

screenshots: $(VENV)/dev
	$(BIN)/python -m tests.e2e.screenshots

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv

$(VENV)/runtime: requirements.txt | $(BIN)/uv
	$(BIN)/uv pip install --compile-bytecode --python $(BIN)/python -r requirements.txt
	touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/runtime
	$(BIN)/uv pip install --compile-bytecode --python $(BIN)/python -r requirements-dev.txt
	$(BIN)/uv pip install --compile-bytecode --python $(BIN)/python --no-deps $(ORACLES)
	touch $@

# Peers of `make bench` that no test needs, none of their pins taken.
$(VENV)/peers: $(VENV)/dev
	$(BIN)/uv pip install --python $(BIN)/python --no-deps skada POT skorch tabulate
	touch $@

clean:
	rm -rf $(VENV)
