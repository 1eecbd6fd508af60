# `make run` is all that a new machine needs; `make help` lists the rest.
SHELL := /bin/sh
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(name) 2>/dev/null)))
VENV := .venv/bin
export PORT ?= 8000
# Libraries are installed without bytecode, and a start that may not keep it compiles all of them every time.
unexport PYTHONDONTWRITEBYTECODE
# Tests and checks read the settings without a server behind them.
CHECK_ENVIRONMENT := SECRET_KEY=only-for-checks INVOICEGUARD_LOCAL=1

# All tests: two processes, each with servers of its own, because browser, worker and test take turns waiting.
IN_PARALLEL := --numprocesses=2

.DEFAULT_GOAL := help
.PHONY: help run models manage test lint bench headline install install-dev clean python

help:  ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install  ## Install what is missing, start everything on http://127.0.0.1:8000 (PORT=… to change)
	@exec $(VENV)/python -m invoiceguard_site.local_run

manage: install  ## Run a management command on the data of `make run`: make manage ARGS="import_case_pack FILE"
	@exec $(VENV)/python -m invoiceguard_site.local_run manage $(ARGS)

test: install-dev  ## Run all tests, in a browser too (ARGS="-k name" chooses)
	@$(VENV)/python tools/browser.py
	@$(VENV)/python -m pytest $(or $(ARGS),$(IN_PARALLEL))

lint: install-dev  ## Check style, types, templates, direction of imports, Dockerfile and compose file
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(CHECK_ENVIRONMENT) $(VENV)/mypy
	$(VENV)/djlint templates --check --lint
	$(VENV)/lint-imports
	$(VENV)/hadolint Dockerfile
	$(VENV)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

bench: install-dev  ## Measure and print the figures
	@for module in bench/*.py; do $(VENV)/python -m "bench.$$(basename "$$module" .py)" || exit 1; done

TRAIN = OMP_NUM_THREADS=1 $(CHECK_ENVIRONMENT) $(VENV)/python -m torch.distributed.run --nproc-per-node 2 manage.py \
	train_to_folder generated --set precision=bfloat16 --set micro_batch_tokens=2300
ENDED = grep -qs '"status": "succeeded"'

headline: install-dev  ## Train and test the headline model anew, in two parts: three hours on two cores; called again, it goes on
	@$(ENDED) var/headline/1/run.json || { $(TRAIN) var/headline/1 && $(ENDED) var/headline/1/run.json; }
	@$(TRAIN) var/headline/2 --test --adapter "$$(echo var/headline/1/checkpoints/epoch-*)" --set case_seed=27 --set case_count=50 \
		--set drills_per_case=13 --set sheets_per_case=1 --set learning_rate=4e-4 --set warmup_steps=5

install: python
	@$(PYTHON) tools/install.py core models

install-dev: python
	@$(PYTHON) tools/install.py core models dev

models: python  ## Try again to install what local models need
	@$(PYTHON) tools/install.py core models --retry

python:
	@test -n "$(PYTHON)" || { echo "InvoiceGuard needs Python 3.11 or newer; there is no python3 here. Debian and Ubuntu: apt install python3 python3-venv"; exit 1; }

clean:  ## Remove what was installed or cached (var/ with all data stays)
	rm -rf .venv *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
