# The course's commands. `make lab` and `make test` do all the set-up on a fresh machine.
# Another interpreter: PYTHON=python3.12 make test

SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
READY := $(VENV)/.ready
SITE := .venv-site
NOTEBOOKS ?=
# Choices of the commands that take hours: see the head of each tool.
BENCH ?=
MATRIX ?=
MUTANTS ?=
N ?= 10
SOAK ?=
# Unit tests run on two cores, file by file; `make test JOBS=1` runs them one after the other.
JOBS ?= 2
SIDE := $(if $(filter-out 1,$(JOBS)),-n $(JOBS) --dist loadfile)
# Jupyter refuses to run as root unless told so; token and loopback address stay as Jupyter sets them.
LAB_ROOT := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)

.DEFAULT_GOAL := help
.PHONY: help lab test unit lessons setup notebooks check check-pairs lint types imports tables stored scorecard front gallery architectures site student handouts slides address bench bench-compare test-matrix mutants soak doctor clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and install everything (lab and test do this by themselves)
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh tools/setup.sh

lab: setup ## open JupyterLab on the start page
	$(BIN)/jupyter lab --config=tools/jupyter/jupyter_lab_config.py $(LAB_ROOT) $(LAB_ARGS)

test: setup unit lessons ## the unit tests, then every notebook

unit: setup ## the unit tests of course_utils
	$(PY) -m pytest -q $(SIDE) -m "not slow and not stored" tests

lessons: setup ## run every notebook and compare its stored outputs
	$(PY) -m pytest -q $(SIDE) --nbval notebooks

check: setup lint check-pairs tables stored types imports ## for maintainers: style, pairs, tables, types, who imports whom

lint: setup ## ruff, formatting included
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup ## mypy
	$(PY) -m mypy

imports: setup ## who imports whom, by the contracts of pyproject.toml
	$(BIN)/lint-imports --no-logo --no-cache

stored: setup ## what the lessons, the README and the start page hold
	$(PY) -m pytest -q -m stored $$(grep -l 'mark.stored' tests/test_*.py)

check-pairs: setup ## fail when a lesson's .ipynb and .py differ
	$(PY) tools/check_pairs.py

tables: setup ## fail when the README or the start page show other numbers or pictures than the lessons
	$(PY) tools/scorecard.py --check
	$(PY) tools/front.py --check

notebooks: setup ## run the lessons and store their outputs; NOTEBOOKS="06 solutions/06" chooses some
	$(PY) tools/execute_notebooks.py $(NOTEBOOKS)

scorecard: setup ## write the tables of published, told and measured numbers
	$(PY) tools/scorecard.py

front: setup ## write the lessons' pictures and questions into the start page and the README
	$(PY) tools/front.py

gallery: setup ## draw every network of the course: build/gallery/*.png, to look at
	$(PY) tools/gallery.py build/gallery

slides: $(SITE)/.ready ## a deck of slides for each lesson, one file each, no network: build/slides/*.html
	$(SITE)/bin/python tools/slides.py build/slides

student: setup ## the students' edition, no outputs, solutions, teacher's notes: build/student-edition.zip
	$(PY) tools/student.py build/student-edition.zip

architectures: setup ## count and draw the networks that have a page on the site
	$(PY) tools/architectures.py

handouts: setup ## a page to print for each lesson, and its answers: build/handouts/*.pdf (needs Chromium)
	$(PY) tools/handouts.py build/handouts

site: slides ## build the site from the stored notebooks, slides and, where they were made, handouts in it: build/site/html/index.html
	$(SITE)/bin/python tools/build_site.py

# The site has an environment of its own, made when it is first built: lessons and tests need nothing of it.
$(SITE)/.ready: requirements-site.txt
	$(PYTHON) -m venv $(SITE)
	$(SITE)/bin/python -m pip install --quiet --prefer-binary -r requirements-site.txt
	touch $@

address: setup ## where the course lives, everywhere it is named: make address REPO=owner/name
	$(PY) tools/address.py "$(REPO)"

bench: setup ## speed claims as ratios, seconds and memory of each lesson: build/bench.json; BENCH="conv2d lesson06"
	$(PY) tools/bench.py --json build/bench.json $(BENCH)

bench-compare: setup ## what became slower or faster: OLD=before.json NEW=build/bench.json
	$(PY) tools/bench_compare.py $(OLD) $(NEW)

test-matrix: setup ## the tests in other environments: build/matrix/table.md; MATRIX="lowest-3.11 colab" chooses
	$(PY) tools/test_matrix.py $(MATRIX)

mutants: setup ## plant faults and see which the tests find; MUTANTS="--lessons layers" chooses
	$(PY) tools/mutants.py $(MUTANTS)

soak: setup ## all notebooks N times under load: what fails, and how far each claim is from its bound
	$(PY) tools/soak.py $(N) $(SOAK)

doctor: setup ## what works on this machine, and what to do about what does not
	$(PY) -m course_utils doctor

clean: ## remove the environment and caches (downloads and unfinished trainings stay)
	rm -rf $(VENV) $(SITE) .venv.tmp .pytest_cache .ruff_cache .mypy_cache build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
