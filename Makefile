# make demo   sets everything up and plays a sample call
# make test   sets everything up and passes lint, types, import contracts and tests
# make check  the same, under the name it has before a commit
# make lock   resolves the dependencies anew

VENV   ?= .venv
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check
SAMPLE ?= samples/delivery_date.ogg

.PHONY: demo test check lint types contracts lock clean

demo: $(VENV)/.ready-demo
	@$(BIN)/thatsright replay $(SAMPLE)

test: lint types contracts
	$(BIN)/pytest -q

check: test

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	$(BIN)/mypy

contracts: $(VENV)/.ready-dev
	$(BIN)/lint-imports --no-cache

lock: $(VENV)/.ready-dev
	$(BIN)/uv pip compile pyproject.toml --extra model --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra model --extra model-tiny --extra serve --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -c requirements.lock -q -o requirements-dev.lock

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "thatsright needs Python 3.11, 3.12 or 3.13. Install one, or name it: make demo PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python could not make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }

$(VENV)/.ready-demo: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (once; about 260 MB from the package registry) ..."
	@$(PIP) install -q --require-hashes -r requirements.lock
	@$(PIP) install -q --no-deps -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up for development (once) ..."
	@$(PIP) install -q --require-hashes -r requirements-dev.lock
	@$(PIP) install -q --no-deps -e .
	@touch $@

clean:
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
