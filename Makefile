# Needs Python 3.11+, make and PyPI; everything else goes into .venv.
PYTHON ?= python3
V := .venv
BIN := $(V)/bin
STAMP := $(V)/.installed
# dyntui without the tools for development, which `make demo` does not wait for.
RUNTIME_STAMP := $(V)/.installed-runtime
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e
# The tools that build a release, in exact versions with hashes.
RELEASE_V := .venv-release
RELEASE_PYTHON := $(RELEASE_V)/bin/python
RELEASE_STAMP := $(RELEASE_V)/.installed
# Three test processes a core: many tests wait for a server, a terminal or a timer.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(3 * (os.cpu_count() or 1))')

.PHONY: help install demo test test-all test-vendor docs man docs-site catalog catalog-check check mutate stats bench screenshots cast \
	lock dist zipapp sbom release release-check clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

$(RUNTIME_STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(V)
	$(INSTALL) .
	@touch $@

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(V)
	$(INSTALL) '.[dev]'
	@touch $(RUNTIME_STAMP) $@

install: $(STAMP) ## Create .venv with .venv/bin/dyntui

demo: $(RUNTIME_STAMP) ## Open the console on the built-in sandbox
	@$(BIN)/dyntui demo

CATALOG_OPTIONS = $(if $(CLIENT),--client '$(CLIENT)') $(if $(DOCUMENT),--document '$(DOCUMENT)' --source '$(SOURCE)')

# Bytecode is cached also where the environment says not to: workers and commands would compile everything anew.
test test-all: export PYTHONDONTWRITEBYTECODE =

test: $(STAMP) ## Run the fast tests
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --junit-xml=.pytest_cache/make-test.xml

test-all: $(STAMP) ## Run all tests, including the slow ones
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m ''

docs: $(STAMP) ## Generate the pages of docs/ and man/ that are made from the code
	$(BIN)/python scripts/make_docs.py

man: docs ## The same as docs: the manual pages are in man/

$(V)/.docs-installed: $(STAMP)
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $@

docs-site: $(V)/.docs-installed ## Build the documentation as a website in build/site, and check it
	$(BIN)/python scripts/docs_site.py

test-vendor: $(STAMP) ## Call the sandbox through the vendor's npm client, and the vendor's types with this client
	$(BIN)/python -m pytest -q -m '' -s -rs tests/vendor

catalog: $(STAMP) ## Refresh the catalog: newest npm client or CLIENT=FILE.tgz, and DOCUMENT=FILE.yml if given
	$(BIN)/python scripts/make_catalog.py $(CATALOG_OPTIONS)

catalog-check: $(STAMP) ## Say how the vendor's client differs from the catalog; exit 1 when it does
	$(BIN)/python scripts/make_catalog.py --check $(CATALOG_OPTIONS)

check: $(STAMP) ## ruff, types, imports, names and texts, generated pages, links, licenses, workflows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_import_cycles.py
	$(BIN)/python scripts/check_names.py
	$(BIN)/python scripts/make_docs.py --check
	$(BIN)/python scripts/check_links.py
	$(BIN)/python scripts/check_licenses.py
	$(BIN)/python scripts/make_lock.py --check
	$(BIN)/python scripts/check_workflows.py

mutate: $(STAMP) ## Remove each check of the write gate in turn and see a test fail
	$(BIN)/python scripts/mutate_write_gate.py

stats: $(STAMP) ## Print lines, Any, snapshots, import cycles and the time of the last `make test`
	@$(BIN)/python scripts/stats.py

bench: $(STAMP) ## Measure start, keys, bytes and import against their baselines
	$(BIN)/python -m benchmarks

screenshots: $(STAMP) ## Generate screenshots/*.svg from the running app
	$(BIN)/python scripts/screenshots.py

cast: $(STAMP) ## Record screenshots/demo.cast and demo.svg from the console in a terminal
	$(BIN)/python -m scripts.record_demo

$(RELEASE_STAMP): requirements-release.txt
	$(PYTHON) -m venv $(RELEASE_V)
	$(RELEASE_PYTHON) -m pip install --disable-pip-version-check --require-hashes -r requirements-release.txt
	@touch $@

lock: $(RELEASE_STAMP) ## Make requirements.txt and requirements-release.txt, with hashes, from constraints.txt
	$(RELEASE_PYTHON) scripts/make_lock.py

# The same commit gives the same bytes: files get the time of the commit.
dist zipapp sbom: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1580601600)

dist: $(RELEASE_STAMP) ## Make wheel, sdist and requirements with hashes in dist/
	rm -rf dist
	$(RELEASE_PYTHON) -m build --no-isolation --outdir dist
	$(RELEASE_PYTHON) scripts/make_release.py requirements

zipapp: dist ## Make one file with all dependencies, for machines with only the same Python
	$(RELEASE_PYTHON) scripts/make_release.py zipapp

sbom: dist ## Make the bill of materials in CycloneDX format
	$(RELEASE_PYTHON) scripts/make_release.py sbom

release: dist zipapp sbom ## Make all files of a release in dist/, with SHA256SUMS
	$(RELEASE_PYTHON) scripts/make_release.py hashes

release-check: $(RELEASE_STAMP) ## Check that TAG=vVERSION fits the version and CHANGELOG.md
	$(RELEASE_PYTHON) scripts/make_release.py check

clean: ## Remove .venv, caches and build results
	rm -rf $(RELEASE_V) build dist $(V) .pytest_cache .mypy_cache .ruff_cache .hypothesis
