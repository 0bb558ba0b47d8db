"""What all tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from screener.catalog import Catalog, criteria_folder, load_catalog

if TYPE_CHECKING:
    from screener.model import Dictionary

settings.register_profile("screener", deadline=None, derandomize=True)
settings.load_profile("screener")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the whole outputs in tests/golden")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(criteria_folder())


@pytest.fixture(scope="session")
def dictionary(catalog: Catalog) -> Dictionary:
    return catalog.dictionary
