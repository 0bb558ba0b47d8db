"""Splitting a registry text: every form of list and heading seen in real records."""

from __future__ import annotations

import json
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.eligibility import eligibility_text, fingerprint, normalize, split
from screener.eligibility.normal import MARKS, unescape


def places(text: str) -> list[str]:
    return [f"{item.section[:2]} {item.item}" for item in split(text)]


def words(text: str) -> list[str]:
    return [item.text for item in split(text)]


@pytest.mark.parametrize(
    "heading",
    [
        "Exclusion Criteria:",
        "Exclusion Criteria",
        "Exclusion Criteria：",
        "-EXCLUSION CRITERIA:",
        "* EXCLUSION CRITERIA:",
        "Key Exclusion Criteria:",
        "Exclusion criteria for patients:",
        "**Exclusion Criteria**",
        "Non-inclusion Criteria:",
    ],
)
def test_a_heading_in_any_form_begins_the_exclusions(heading: str) -> None:
    text = f"Inclusion Criteria:\n\n1. Adult\n\n{heading}\n\n1. Pregnant\n"
    assert places(text) == ["in 1", "ex 1"]
    assert words(text) == ["Adult", "Pregnant"]


def test_a_heading_glued_to_the_end_of_an_item_is_set_apart() -> None:
    text = "Inclusion Criteria:\n\n- Able to consent Exclusion Criteria\n\n- Pregnant\n"
    assert [(item.section, item.text) for item in split(text)] == [
        ("inclusion", "Able to consent"),
        ("exclusion", "Pregnant"),
    ]


def test_a_bullet_that_speaks_of_criteria_is_no_heading() -> None:
    assert places("Exclusion Criteria:\n- Does not meet inclusion criteria\n- EXCLUSION HAS BEEN RETIRED\n") == [
        "ex 1",
        "ex 2",
    ]


def test_printed_numbers_and_letters_are_the_places_gaps_included() -> None:
    text = "1. One\n\n   a. Part\n\n3. Three\n\n   1. First\n   2. Second\n"
    assert places(text) == ["in 1", "in 1.a", "in 3", "in 3.1", "in 3.2"]


def test_bullets_are_counted_and_nested_ones_under_their_parent() -> None:
    assert places("* One\n* Two\n\n  * Part\n  * Part\n* Three\n") == ["in 1", "in 2", "in 2.1", "in 2.2", "in 3"]


def test_letters_in_one_line_are_items_under_the_number_above() -> None:
    text = "12. Chemistry:\n\na. Bilirubin b. ALT c. Creatinine\n"
    assert places(text) == ["in 12", "in 12.a", "in 12.b", "in 12.c"]
    assert words(text)[1:] == ["Bilirubin", "ALT", "Creatinine"]


def test_numbers_in_one_line_are_items_too() -> None:
    assert words("1) ANC above 1.0；2) Platelets above 75；3) Hemoglobin\n") == [
        "ANC above 1.0",
        "Platelets above 75",
        "Hemoglobin",
    ]


def test_numbers_after_a_bulleted_list_are_its_footnotes() -> None:
    assert places("* Hemoglobin(a)\n* Creatinine(b)\n\na is explained:\n\n1. Without transfusion\n2. By formula\n") == [
        *("in 1", "in 2", "in n1", "in f1", "in f2")
    ]


def test_a_double_marker_keeps_the_number() -> None:
    assert places("* 7\\. ECOG at most 1\n* 8\\. Adult\n") == ["in 7", "in 8"]


def test_a_number_printed_twice_gets_a_place_of_its_own() -> None:
    assert places("1. One\n1. Another\n") == ["in 1", "in 1/2"]


def test_paragraphs_are_items_where_there_is_no_list_and_notes_where_there_is() -> None:
    assert places("Adult.\n\nECOG 0 or 1.\n") == ["in 1", "in 2"]
    assert places("All must hold.\n\n1. Adult.\n") == ["in n1", "in 1"]


def test_wrapped_lines_and_indented_paragraphs_belong_to_their_item() -> None:
    text = "1. Adult who is\n   at least 18\n\n   Note: as of consent\n2. Fit\n"
    assert words(text) == ["Adult who is at least 18 Note: as of consent", "Fit"]


def test_a_table_flattened_to_lines_leaves_no_line_out() -> None:
    text = "* Organ function as below:\n\nSystem: Value\n\nHepatic\n\n* AST: low\n"
    assert places(text) == ["in 1", "in n1", "in n2", "in 2"]


def test_markdown_escapes_are_undone() -> None:
    assert words("* HLA-A\\*02 and 1.5×10\\^9/L, \\>= 18\n") == ["HLA-A*02 and 1.5×10^9/L, >= 18"]


def test_layout_changes_no_fingerprint_and_a_digit_does() -> None:
    one, other = "Inclusion Criteria:\n\n* Age \\>= 18\n", "INCLUSION CRITERIA\n*  Age\n>= 18"
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one) != fingerprint(one.replace("18", "19"))


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0f73"], ids=["acute and dot", "marks in one character"])
def test_marks_without_end_cost_no_more_than_a_few(marks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """To put n marks in order takes n times n steps: what is put in order must not grow with the text."""
    ordered: list[int] = []
    normalize_form = unicodedata.normalize

    def counted(form: Literal["NFC", "NFD"], text: str) -> str:
        ordered.append(len(text))
        return normalize_form(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    assert unescape(f"e{marks * 50_000}") == unescape(f"e{marks * 100}")
    assert max(ordered) <= 1 + MARKS


def test_marks_as_people_write_them_stay() -> None:
    for text in ("Zürich" * 50, "ế" * 200, "\u0915\u094d\u0937" * 100, "e" + "\u0323" * MARKS, "\u0f40\u0f73" * 100):
        assert unescape(text) == unicodedata.normalize("NFC", text)


@given(
    st.lists(
        st.sampled_from(["1. a", "* b", "  * c", "x", "", "Exclusion Criteria:", "a. d b. e", "key", "  y", "2) z"])
    )
)
def test_no_word_of_a_text_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = " ".join(item.text for item in split(text))
    wanted = [word for word in normalize(text).split() if word.isalpha() and word.lower() != "key"]
    assert sorted(word for word in found.split() if word.isalpha()) == sorted(wanted)
    taken = [(item.section, item.item) for item in split(text)]
    assert len(set(taken)) == len(taken)


@given(st.text())
def test_any_text_can_be_split(text: str) -> None:
    split(text)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Adult", "Adult"),
        (json.dumps({"protocolSection": {"eligibilityModule": {"eligibilityCriteria": "Adult"}}}), "Adult"),
        (json.dumps({"eligibilityCriteria": "Adult"}), "Adult"),
        (
            json.dumps({"inclusion": "Adult", "exclusion": "Ill"}),
            "Inclusion Criteria:\n\nAdult\n\nExclusion Criteria:\n\nIll",
        ),
        (json.dumps({"title": "no text"}), None),
    ],
)
def test_the_text_is_found_in_what_people_save(content: str, expected: str | None) -> None:
    assert eligibility_text(content) == expected
