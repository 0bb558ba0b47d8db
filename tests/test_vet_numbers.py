"""Numbers of registers in a text: which they are, in one writing, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.vet.numbers import CLINICALTRIALS, MALFORMED, REGISTERS, evened, meaning, registrations


def _read(text: str) -> list[tuple[str, str]]:
    return [(one.number, one.register.split(" (")[0]) for one in registrations(text)]


@pytest.mark.parametrize(
    "written",
    [
        "NCT04577326",
        "nct04577326",
        "NCT 04577326",
        "NCT 0457 7326",
        "NCT-04577326",
        "NCT: 04577326",
        "NCT\u00a004577326",
        "NCT\u20110457\u20117326",
        "NCT#04577326",
    ],
    ids=repr,
)
def test_ways_to_write_an_nct_number(written: str) -> None:
    (found,) = registrations(f"It is ({written}), they say.")
    assert (found.number, found.register) == ("NCT04577326", CLINICALTRIALS)
    assert found.quote.text == written


@pytest.mark.parametrize("around", ["{}", "/study/{}?tab=table", "_{}_", "{}and", "{}, 2 patients", "{} 12", "{}-2"])
def test_what_stands_around_is_no_part_of_it(around: str) -> None:
    assert _read(around.format("NCT04577326")) == [("NCT04577326", CLINICALTRIALS)]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("NCT0457732", "NCT0457732"),
        ("NCT045773261", "NCT045773261"),
        ("NCT 045773", "NCT045773"),
        ("NCT" + "1" * 50_000, "NCT" + "1" * 20 + "…"),
    ],
    ids=["seven", "nine", "six", "many"],
)
def test_too_few_or_too_many_digits_are_named(written: str, number: str) -> None:
    (found,) = registrations(written)
    assert (found.number, found.register) == (number, MALFORMED)
    assert "eight digits" in meaning(MALFORMED)


@pytest.mark.parametrize("text", ["NCT and eight digits", "NCT 12", "FUNCT04577326", "NCT", "NCTs 2024", "", "\0"])
def test_no_number(text: str) -> None:
    assert registrations(text) == ()


@pytest.mark.parametrize(
    ("written", "number", "register"),
    [
        ("NCI-2024-01620", "NCI-2024-01620", "NCI Clinical Trials Reporting Program"),
        ("nci\u20112020\u201108021", "NCI-2020-08021", "NCI Clinical Trials Reporting Program"),
        ("2019-001234-21", "2019-001234-21", "EU Clinical Trials Register"),
        ("2023-512345-67-00", "2023-512345-67-00", "EU Clinical Trials"),
        ("2023-512345-67", "2023-512345-67", "EU Clinical Trials"),
        ("ISRCTN12345678", "ISRCTN12345678", "ISRCTN"),
        ("isrctn 12345678", "ISRCTN12345678", "ISRCTN"),
        ("ChiCTR2000012345", "ChiCTR2000012345", "Chinese Clinical Trial Registry"),
        ("CHICTR-OIC-16001234", "ChiCTR-OIC-16001234", "Chinese Clinical Trial Registry"),
        ("jRCT2031200001", "jRCT2031200001", "Japan Registry of Clinical Trials"),
        ("jRCTs031180001", "jRCTs031180001", "Japan Registry of Clinical Trials"),
        ("UMIN000012345", "UMIN000012345", "UMIN Clinical Trials Registry"),
        ("ACTRN12605000001123", "ACTRN12605000001123", "Australian New Zealand Clinical Trials Registry"),
        ("CTRI/2021/05/033456", "CTRI/2021/05/033456", "Clinical Trials Registry - India"),
        ("KCT0001234", "KCT0001234", "Clinical Research Information Service"),
        ("DRKS00012345", "DRKS00012345", "German Clinical Trials Register"),
        ("NTR1234", "NTR1234", "Dutch Trial Register"),
        ("NL-OMON12345", "NL-OMON12345", "Dutch Trial Register"),
        ("PACTR201105000291301", "PACTR201105000291301", "Pan African Clinical Trials Registry"),
        ("U1111-1234-5678", "U1111-1234-5678", "WHO Universal Trial Number"),
        ("2019-001234-2", "", ""),
        ("555-001234-21", "", ""),
        ("ISRCTN123456789", "", ""),
        ("NCI-2024-1620", "", ""),
    ],
)
def test_other_registers(written: str, number: str, register: str) -> None:
    assert _read(f"See {written}.") == ([(number, register)] if number else [])


def test_every_register_says_that_a_number_is_neither_approval_nor_place() -> None:
    for register in REGISTERS:
        assert "not an approval and not a place" in meaning(register.name)
    assert meaning("a register of ours") == ""


def test_they_come_in_the_order_of_the_text() -> None:
    text = "NCI-2020-08021 is NCT04577326, and NCT04577326 is no 2019-001234-21; NCT123456."
    assert [one.number for one in registrations(text)] == [
        "NCI-2020-08021",
        "NCT04577326",
        "NCT04577326",
        "2019-001234-21",
        "NCT123456",
    ]


@given(st.text(alphabet=st.sampled_from("NCTnct0123456789- \u2011\u00a0\n.,/U")))
def test_every_quote_is_where_it_says(text: str) -> None:
    assert len(evened(text)) == len(text)
    for one in registrations(text):
        assert text[one.quote.start : one.quote.end] == one.quote.text
        if one.register == CLINICALTRIALS:
            assert len(one.number) == len("NCT") + 8


def test_thousands_of_numbers() -> None:
    text = " ".join(f"NCT{number:08d} NCI-2024-{number:05d}" for number in range(20_000))
    assert len(registrations(text)) == 40_000
