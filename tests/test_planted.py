"""A fault in the SQL or in the evaluator does not go unnoticed: each is planted alone, and the two then differ on a
small screening that turns on it.

A planted fault is a piece of a function's source written otherwise. Where the piece is no longer there, the test says
so: plant the fault anew where its meaning has gone.
"""

from __future__ import annotations
import __future__

import importlib
import inspect
import sys
import textwrap
from functools import cached_property
from typing import Any

import pytest

from tests.planted import EVALUATOR, SQL, Planted
from tests.small_screenings import SMALL
from tests.strategies import DICTIONARY
from tests.warehouse import disagreements, duckdb_rows, evaluated


def plant(monkeypatch: pytest.MonkeyPatch, package: str, fault: Planted) -> None:
    """Write the function otherwise, wherever it is called from."""
    module_name, _, path = fault.place.partition(":")
    module = importlib.import_module(f"screener.{package}{module_name}")
    owner_name, _, name = path.rpartition(".")
    owner: Any = getattr(module, owner_name) if owner_name else module
    written = vars(owner)[name]
    function = _function(written)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(fault.old) == 1, f"{fault.place} holds `{fault.old}` {source.count(fault.old)} times"
    flag = __future__.annotations.compiler_flag
    found: dict[str, Any] = {}
    exec(compile(source.replace(fault.old, fault.new), fault.place, "exec", flag), vars(module), found)  # noqa: S102
    other = found[name]
    if isinstance(other, cached_property):
        other.__set_name__(owner, name)
    if owner_name:
        monkeypatch.setattr(owner, name, other)
        return
    for user in [each for each_name, each in sys.modules.items() if each_name.startswith(("screener", "tests"))]:
        if vars(user).get(name) is written:
            monkeypatch.setattr(user, name, other)
        for table in [each for each in vars(user).values() if isinstance(each, dict)]:
            for key in [key for key, value in table.items() if value is written and table is not vars(user)]:
                monkeypatch.setitem(table, key, other)


def _function(written: Any) -> Any:
    match written:
        case property():
            return written.fget
        case cached_property():
            return written.func
        case staticmethod() | classmethod():
            return written.__func__
        case _:
            return written


def differ(name: str) -> bool:
    """Whether the two say otherwise of a small screening."""
    small = SMALL[name]
    trial, patients = small.trial(), small.patients()
    return bool(disagreements(duckdb_rows([trial], patients, DICTIONARY), [trial], patients, DICTIONARY))


@pytest.mark.parametrize("name", SMALL)
def test_small_screenings_say_what_is_written_beside_them(name: str) -> None:
    small = SMALL[name]
    trial, patients = small.trial(), small.patients()
    said = [small.said(evaluated(trial, patient, DICTIONARY)) for patient in patients]
    assert dict(zip(small.says, said, strict=True)) == small.says


@pytest.mark.parametrize("name", SMALL)
def test_both_agree_on_small_screenings(name: str) -> None:
    assert not differ(name)


@pytest.mark.parametrize("name", SQL)
def test_a_fault_planted_in_the_sql_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, "sql.", SQL[name])
    assert differ(SQL[name].noticed)


@pytest.mark.parametrize("name", EVALUATOR)
def test_a_fault_planted_in_the_evaluator_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, "", EVALUATOR[name])
    assert differ(EVALUATOR[name].noticed)
