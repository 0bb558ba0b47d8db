"""What all tests share."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from screener.catalog import Catalog, criteria_folder, load_catalog

if TYPE_CHECKING:
    from screener.model import Dictionary

settings.register_profile("screener", deadline=None, derandomize=True)
settings.load_profile("screener")

# A shell starts a background job with Ctrl-C ignored, and so would be every program that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the whole outputs in tests/golden")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(criteria_folder())


@pytest.fixture(scope="session")
def dictionary(catalog: Catalog) -> Dictionary:
    return catalog.dictionary
