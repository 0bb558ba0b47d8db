# `make check` is what every commit passes.
.PHONY: check format
check:
	ruff check
	ruff format --check
	mypy
	lint-imports
	pytest

format:
	ruff check --fix
	ruff format
