# `make check` is what every commit passes.
.PHONY: check format mutate
check:
	ruff check
	ruff format --check
	mypy
	lint-imports
	pytest

format:
	ruff check --fix
	ruff format

# Every mutant of every rule file against its cases and lint: some minutes.
mutate:
	python -m benchmarks.mutate
