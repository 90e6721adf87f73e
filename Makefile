# Needs python3 (3.11 or newer) and make, nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8501
# Processes that run tests; a file stays in one of them, because its tests share servers and stores.
WORKERS ?= 2
STORE_TESTS = tests/ingest/test_warehouse.py tests/ingest/test_publish.py tests/ingest/test_refresh.py

.PHONY: up test test-slow test-duckdb15 check bench lock clean

up: $(VENV)/.installed
	$(BIN)/returnwatch up --port $(PORT)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# What takes minutes: many kills, many writers, whole captured files.
test-slow: $(VENV)/.installed-dev
	RETURNWATCH_KILLS=30 $(BIN)/python -m pytest -m slow tests
	RETURNWATCH_KILLS=30 $(BIN)/python -m pytest tests/ingest/test_kill.py

# The stores on the older DuckDB: its wheel goes into a folder of its own and is put in front.
test-duckdb15: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target $(VENV)/duckdb15 duckdb==1.5.5
	PYTHONPATH=$(VENV)/duckdb15 $(BIN)/python -m pytest -m "not slow and not browser" $(STORE_TESTS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/returnwatch sources check

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench

# The locks carry hashes, so pip refuses anything that is not what was tested.
$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python 3.11 or newer is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# For maintainers; uv writes the locks, no address of any index goes into them.
LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock:
	$(LOCK) -o requirements.lock --extra brief --extra notify --extra auth --extra postgres --extra build pyproject.toml
	$(LOCK) -o requirements-dev.lock -c requirements.lock --extra dev --extra build pyproject.toml

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
