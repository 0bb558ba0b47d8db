"""The documents and the license: the glossary has a word for all that the program says, once and in order."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from screener.expr.nodes import Anchor
from screener.model import Burden, Factor, Gate, MissingReason, Outcome, Verdict
from screener.patient import MISSING_WORDS

ROOT = Path(__file__).parents[1]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^\*\*(.+?)\*\*: (.+(?:\n.+)*)", GLOSSARY, re.MULTILINE))
WRITTEN = set(re.findall(r"`([^`]+)`", GLOSSARY))


def heads() -> list[str]:
    return re.findall(r"^\*\*(.+?)\*\*:", GLOSSARY, re.MULTILINE)


@pytest.mark.parametrize("word", [item.value for words in (Outcome, Verdict, MissingReason) for item in words])
def test_every_outcome_verdict_and_reason_for_missing_has_an_entry(word: str) -> None:
    assert word in ENTRIES


@pytest.mark.parametrize("word", [item.value for words in (Gate, Factor) for item in words])
def test_every_gate_and_factor_is_said_by_the_entry_that_explains_it(word: str) -> None:
    kind = "gate" if word in {gate.value for gate in Gate} else "a factor"
    assert any(kind in text and f"`{word}`" in text for head, text in ENTRIES.items() if head not in {"gate", "anchor"})


@pytest.mark.parametrize(
    "word", [*MISSING_WORDS, *(anchor.value for anchor in Anchor), *(burden.value for burden in Burden)]
)
def test_every_word_of_the_files_occurs_in_the_glossary_as_it_is_written(word: str) -> None:
    assert word in WRITTEN


@pytest.mark.parametrize("reason", [reason for reason in MissingReason if reason is not MissingReason.BAD_VALUE])
def test_a_reason_for_missing_stands_with_the_word_that_files_use(reason: MissingReason) -> None:
    (word,) = [word for word, meant in MISSING_WORDS.items() if meant is reason]
    assert f"`{word}`" in ENTRIES[reason.value]


def test_the_entries_are_alphabetical_and_each_stands_once() -> None:
    assert len(heads()) == len(ENTRIES) >= 80
    assert [(a, b) for a, b in pairwise(heads()) if a.casefold() > b.casefold()] == []


@pytest.mark.parametrize("head", ENTRIES)
def test_an_entry_has_one_or_two_sentences(head: str) -> None:
    text = " ".join(ENTRIES[head].split())
    assert text.endswith((".", ".)"))
    assert len(re.split(r"(?<=[.)])\s+(?=[A-Z`\"])", text)) <= 2


def test_an_entry_that_sends_the_reader_on_names_another_entry() -> None:
    sent = {found for text in ENTRIES.values() for found in re.findall(r"\bSee ([a-zA-Z]+)", text)}
    assert sent == {"ECOG"}
    assert sent <= set(ENTRIES)


def test_the_license_is_apache_2_whole_and_as_the_project_declares_it() -> None:
    license_text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert license_text.split()[:4] == ["Apache", "License", "Version", "2.0,"]
    for number in range(1, 10):
        assert f"\n   {number}. " in license_text
    assert "END OF TERMS AND CONDITIONS" in license_text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
