# `make check` is what every commit passes.
.PHONY: check format mutate messages
check:
	ruff check
	ruff format --check
	mypy
	lint-imports
	pytest -n auto

format:
	ruff check --fix
	ruff format

# Every mutant of every rule file against its cases and lint: some minutes.
mutate:
	python -m benchmarks.mutate

# Words of the interface, after a change of a .po file.
messages:
	pybabel compile --domain screener --directory screener/locale --statistics
