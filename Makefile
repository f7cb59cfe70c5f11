# make demo   sets up and runs the main job on data/sample_reviews.csv
# make test   sets up and runs all tests
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

# Any warning is an error.
STRICT := -b html -c docs -E -W --keep-going -q

.PHONY: install demo test lint docs notebooks pictures models benchmarks clean

install: .venv/.installed

.venv/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint,docs]'
	@touch $@

demo: install
	$(BIN)/cx-nlp analyze data/sample_reviews.csv --out demo-report --overwrite
	@echo "Open demo-report/report.html in a browser."

# In as many processes as there are processors, at most four; the tests of one file stay together.
test: install
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# The pages, too, but without running the notebooks.
lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m sphinx $(STRICT) -d build/checked-trees . build/checked-docs

# Takes out of the notebooks what a run leaves behind.
notebooks: install
	$(BIN)/python -m nbstripout --unix-newlines --extra-keys 'metadata.language_info metadata.widgets metadata.vscode' notebooks/*.ipynb

# The pages begin at build/docs/index.html; the notebooks are run for them, which takes two minutes.
docs: install
	$(BIN)/python -m sphinx $(STRICT) -d build/doctrees -D notebook_outputs=1 . build/docs

# Of the report on data/sample_reviews.csv, by Chromium or Chrome.
pictures: install
	$(BIN)/python docs/take_pictures.py

# An hour on two cores; a build that was interrupted goes on from build/accurate.ckpt.
models: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	mkdir -p build
	$(BIN)/python -m cx_nlp.training.marks data/feedback cx_nlp/text/marks.npz
	$(BIN)/python -m cx_nlp.training.shipped data/feedback models --checkpoint build/accurate.ckpt

benchmarks: install
	$(BIN)/python benchmarks/throughput.py

clean:
	rm -rf .venv demo-report build dist *.egg-info
