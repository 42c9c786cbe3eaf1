# Thin over `python -m analysis ...`, which works where there is no make. Kept to what GNU Make 3.81 knows.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
SHELL := /bin/sh

STUDY ?= .
JOBS ?=
ONLY ?=
PARTNERSHIP ?=
FORCE ?=
DRY_RUN ?=
FORMATS ?=

PYTHON := .venv/bin/python
INSTALLED := .venv/.installed
ANALYSIS := $(PYTHON) -m analysis
RUN := --study "$(STUDY)" $(if $(JOBS),--jobs $(JOBS)) $(if $(FORCE),--force) $(if $(DRY_RUN),--dry-run)
OPTIONS := $(RUN) $(if $(ONLY),--only $(ONLY))

.PHONY: help report review figures check bundle lab test lint clean

help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  report, review, figures, check, lab and clean take STUDY=folder (a folder with a study.yml; here by default);"
	@echo "  report, review and figures also take JOBS=n, FORCE=1 and DRY_RUN=1, report and figures ONLY=page."
	@echo "  report takes FORMATS=html,pdf,docx for the whole report as a PDF and as a Word file besides the pages."

report: $(INSTALLED) ## Make the whole report from data/raw: reports/index.html
	@$(ANALYSIS) report $(OPTIONS) $(if $(FORMATS),--formats "$(FORMATS)")

review: $(INSTALLED) ## Review every partnership, or one: make review PARTNERSHIP=key
	@$(ANALYSIS) review $(RUN) $(if $(PARTNERSHIP),--partnership "$(PARTNERSHIP)")

figures: $(INSTALLED) ## Bring the figures up to date and list them
	@$(ANALYSIS) figures $(OPTIONS)

check: $(INSTALLED) ## Rebuild in a temporary folder and compare the result tables with tests/expected
	@$(ANALYSIS) check --study "$(STUDY)"

bundle: $(INSTALLED) ## Pack report, permitted data and code for reviewers: dist/report-for-reviewers.zip
	@$(ANALYSIS) bundle --study "$(STUDY)"

lab: $(INSTALLED) ## Open the notebooks in JupyterLab
	@$(ANALYSIS) lab --study "$(STUDY)"

test: $(INSTALLED) ## Run the tests (all but the slow ones)
	@$(PYTHON) -m pytest -q -n auto --dist loadfile -m "not slow"

lint: $(INSTALLED) ## Check style and types
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy

clean: ## Remove reports/ and data/processed/ of the study (data/raw is never touched)
	@if [ -x $(PYTHON) ]; then $(ANALYSIS) clean --study "$(STUDY)"; else echo "nothing is installed, so nothing was made"; fi

$(INSTALLED): requirements.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh
	@touch $@
