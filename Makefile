# Python 3.11 or newer with venv is all that is needed. Another Python: make run PYTHON=python3.12
PYTHON ?= python3

.PHONY: run test check bench pictures catalogues lock

run: ## set up whatever is missing, then serve on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(PYTHON) -m tools run

test: ## every test, or some: make test ARGS="tests/people -x"
	@$(PYTHON) -m tools test $(ARGS)

check: ## style, types and the shape of the house
	@$(PYTHON) -m tools check

bench: ## the measured promises, into benchmarks/latest.json
	@$(PYTHON) -m tools bench $(ARGS)

pictures: ## the pictures of the documentation, anew
	@$(PYTHON) -m tools pictures

catalogues: ## the texts of the code into the catalogue of every language; begin one: make catalogues ARGS=ar
	@$(PYTHON) -m tools catalogues $(ARGS)

# For maintainers, with uv: after a change of the dependencies in pyproject.toml.
LOCK = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml
lock:
	$(LOCK) --group assets -o requirements.txt
	$(LOCK) --group assets --group dev -c requirements.txt -o requirements-dev.txt
