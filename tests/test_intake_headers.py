"""The columns of an intake: what their headers mean, and what is said of those that cannot be taken."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.catalog import criteria_folder, load_catalog
from screener.errors import CONTROL, InputError
from screener.intake.headers import Layout, Part, read_headers, read_mapping
from screener.render.template import render_csv_template
from screener.source import Text, load_text
from screener.units import normal_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screener.catalog import Catalog

DICTIONARY = load_catalog(criteria_folder()).dictionary  # hypothesis draws from it, where no fixture reaches
FACTS = list(DICTIONARY.facts.values())
NAMES = [(name, fact) for fact in FACTS for name in (fact.id, *fact.aliases)]


def read(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> Layout:
    return read_headers(header, DICTIONARY, mapping)


def meanings(layout: Layout) -> list[tuple[str, str, str | None]]:
    return [(column.fact.id, column.part.value, column.unit) for column in layout.columns]


def meant(header: str) -> tuple[str, str, str | None]:
    layout = read(["patient_id", header])
    assert layout.unknown == ()
    [meaning] = meanings(layout)
    return meaning


def refused(header: Sequence[str], mapping: Mapping[str, str] | None = None, file: str = "") -> list[tuple[str, str]]:
    with pytest.raises(InputError) as error:
        read_headers(header, DICTIONARY, mapping, file)
    return [(problem.message, problem.remedy) for problem in error.value.problems]


def hints(header: str) -> str:
    [(shown, hint)] = read(["patient_id", "age", header]).unknown
    assert shown == header
    return hint


def mapping_of(content: str) -> dict[str, str]:
    return read_mapping(load_text(Text("map.yaml", content)))


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("platelets (10^9/L)", ("platelets", "value", "10^9/L")),
        ("Hemoglobin [g/dL]", ("hemoglobin", "value", "g/dL")),
        ("hemoglobin, g/dL", ("hemoglobin", "value", "g/dL")),
        ("hemoglobin,g/l", ("hemoglobin", "value", "g/L")),
        ("Hgb (gm/dl)", ("hemoglobin", "value", "g/dL")),
        ("ANC (10³/µL)", ("anc", "value", "K/uL")),
        ("Platelets(x10^3/uL)", ("platelets", "value", "K/uL")),
        ("Hemoglobin\n(g/dL)", ("hemoglobin", "value", "g/dL")),
        ("weight_kg", ("weight", "value", "kg")),
        ("Height cm", ("height", "value", "cm")),
        ("anc K/uL", ("anc", "value", "K/uL")),
        ("age (y)", ("age", "value", "years")),
        ("age years", ("age", "value", "years")),
        ("bilirubin, total (mg/dL)", ("total_bilirubin", "value", "mg/dL")),
        ("bilirubin, total", ("total_bilirubin", "value", None)),
        ("ast_uln", ("ast", "uln", None)),
        ("ast_uln (U/L)", ("ast", "uln", "U/L")),
        ("AST ULN", ("ast", "uln", None)),
        ("SGOT-ULN [IU/L]", ("ast", "uln", "IU/L")),
        ("AST (ULN)", ("ast", "uln", None)),
        ("AST (U/L) ULN", ("ast", "uln", "U/L")),
        ("AST (U/L) upper limit of normal", ("ast", "uln", "U/L")),
        ("ast upper limit", ("ast", "uln", None)),
        ("AST, ULN", ("ast", "uln", None)),
        ("ast_lln", ("ast", "lln", None)),
        ("pt lower limit (s)", ("pt", "lln", "s")),
        ("ast_date", ("ast", "date", None)),
        ("Hemoglobin date", ("hemoglobin", "date", None)),
        ("inr (ratio)", ("inr", "value", None)),
        ("INR ULN", ("inr", "uln", None)),
        ("spo2 (%)", ("spo2_room_air", "value", "%")),
        ("LVEF %", ("lvef", "value", "%")),
        ("FEV1 (% predicted)", ("fev1_percent", "value", None)),
        ("KPS (%)", ("kps", "value", None)),
        ("Neutrophils #", ("anc", "value", None)),
        ("ecog", ("ecog", "value", None)),
        ("\ufeffAge", ("age", "value", None)),
        ("a\u200bst", ("ast", "value", None)),
        ("ＡＳＴ", ("ast", "value", None)),
    ],
)
def test_a_header_names_a_fact_a_part_of_it_and_a_unit(header: str, meaning: tuple[str, str, str | None]) -> None:
    assert meant(header) == meaning


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("surgery date", ("last_major_surgery", "value", None)),
        ("Leukapheresis Date", ("leukapheresis", "value", None)),
        ("transfusion_date", ("last_transfusion", "value", None)),
        ("PT (INR)", ("inr", "value", None)),
        ("PT/INR", ("inr", "value", None)),
        ("HIV (1/2)", ("hiv", "value", None)),
        ("HLA-A*02 (LOH)", ("hla_a02_tumor_loss", "value", None)),
        ("largest lesion (cm)", ("largest_lesion", "value", "cm")),
        ("qtcf (ms)", ("qtcf", "value", "ms")),
        ("pack-years", ("pack_years", "value", None)),
    ],
)
def test_a_name_of_a_fact_wins_over_what_its_last_word_could_mean(
    header: str, meaning: tuple[str, str, str | None]
) -> None:
    assert meant(header) == meaning


@pytest.mark.parametrize(
    "header",
    [
        *("ast/uln", "AST / ULN", "AST x ULN", "uln", "date", "ALT:AST", "log10 psa", "ast.1"),  # no such results
        *("neutrophils percent", "baseline ast", "家族 age", "Δ creatinine", "ast" * 100, "(((", "---"),
    ],
)
def test_a_header_that_means_something_else_is_never_taken_for_a_fact(header: str) -> None:
    layout = read(["patient_id", "age", header])
    assert meanings(layout) == [("age", "value", None)]
    assert len(layout.unknown) == 1


@st.composite
def respelled(draw: st.DrawFn, name: str) -> str:
    """The name with its words in any case, and any spaces, hyphens and underscores between them."""
    words = [draw(st.sampled_from([word, word.upper(), word.title()])) for word in re.split(r"[\s_-]+", name)]
    gaps = [draw(st.sampled_from([" ", "-", "_", "  ", " - ", ""])) for _ in words[1:]] + [""]
    blank = draw(st.sampled_from(["", " ", "\t", "\u00a0"]))
    return blank + "".join(word + gap for word, gap in zip(words, gaps, strict=True)) + blank


@given(st.data())
def test_a_fact_is_understood_by_any_name_in_any_spelling(data: st.DataObject) -> None:
    name, fact = data.draw(st.sampled_from(NAMES))
    found, part, _ = meant(data.draw(respelled(name)))
    assert (found, part) == (fact.id, "value")


@given(st.data())
def test_a_unit_of_a_fact_is_understood_wherever_it_stands(data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from([fact for fact in FACTS if fact.units and fact.unit != "ratio"]))
    unit = data.draw(st.sampled_from([unit for unit, _ in fact.units]))
    form = data.draw(st.sampled_from(["{} ({})", "{}({})", "{} [{}]", "{}, {}", "{} ( {} )", "{} {}", "{}_{}"]))
    spaced = unit.replace("_", "") if form in {"{} {}", "{}_{}"} else unit
    assert meant(form.format(data.draw(respelled(fact.id)), spaced)) == (fact.id, "value", unit)


@given(st.data())
def test_a_limit_is_understood_by_any_name_of_its_fact(data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from([fact for fact in FACTS if fact.has_limits]))
    name = data.draw(st.sampled_from([fact.id, *fact.aliases]))
    part = data.draw(st.sampled_from([Part.ULN, Part.LLN, Part.DATE]))
    assert meant(data.draw(respelled(f"{name} {part.value}"))) == (fact.id, part.value, None)


@given(st.permutations(["MRN", "as_of", "anc (K/uL)", "ast", "ast_uln", "ecog", "shoe size", "plateles", ""]))
def test_the_order_of_the_columns_does_not_matter(header: list[str]) -> None:
    layout = read(header)
    assert header[layout.id] == "MRN"
    assert layout.as_of == header.index("as_of")
    assert [column.index for column in layout.columns] == sorted(column.index for column in layout.columns)
    assert {header[column.index]: (column.fact.id, column.part, column.unit) for column in layout.columns} == {
        "anc (K/uL)": ("anc", Part.VALUE, "K/uL"),
        "ast": ("ast", Part.VALUE, None),
        "ast_uln": ("ast", Part.ULN, None),
        "ecog": ("ecog", Part.VALUE, None),
    }
    assert {column.header for column in layout.columns} == {"anc (K/uL)", "ast", "ast_uln", "ecog"}
    assert [shown for shown, _ in layout.unknown] == [text for text in header if text in {"shoe size", "plateles", ""}]
    assert dict(layout.unknown)["plateles"] == "did you mean `platelets`?"


def test_every_header_that_the_template_writes_is_understood(catalog: Catalog) -> None:
    for trials in [catalog.trials, *[(trial,) for trial in catalog.trials]]:
        [header] = csv.reader(io.StringIO(render_csv_template(trials, catalog.dictionary)))
        layout = read_headers(header, catalog.dictionary)
        assert layout.unknown == ()
        assert (layout.id, layout.as_of) == (0, None)
        written = [re.fullmatch(r"(\w+?)(_uln)?(?: \((.*)\))?", text) for text in header[1:]]
        assert meanings(layout) == [
            (text[1], "uln" if text[2] else "value", normal_unit(text[3]) if text[3] else None)
            for text in written
            if text
        ]
        assert len(layout.columns) == len(header) - 1


@pytest.mark.parametrize(
    ("header", "message", "remedy"),
    [
        ("Hb (g)", "column 3, `Hb (g)`: Hemoglobin does not come in the unit `g`", "use one of: g/dL, g/L, mmol/L, or"),
        ("anc, mg/dL", "does not come in the unit `mg/dL`", "use one of: K/uL, 10^9/L, /uL, /mm3, or"),
        ("Neutrophils %", "does not come in the unit `%`", "use one of: K/uL"),
        ("Neutrophils (%)", "does not come in the unit `%`", "use one of: K/uL"),
        ("ast (%)", "does not come in the unit `%`", "use one of: U/L, IU/L, or"),
        ("AST (x ULN)", "does not come in the unit `x ULN`", "use one of: U/L"),
        ("platelets (x10(6)/uL)", "does not come in the unit `x10(6)/uL`", "use one of: K/uL"),
        ("ast_uln (mg/dL)", "does not come in the unit `mg/dL`", "use one of: U/L"),
        ("ECOG (0-4)", "`ecog` takes no unit", "write `ecog`, or"),
        ("inr (s)", "`inr` takes no unit", "write `inr`, or"),
        ("ast_date (UTC)", "`ast_date` takes no unit", "write `ast_date`, or"),
    ],
)
def test_a_unit_that_the_fact_does_not_have_is_an_error(header: str, message: str, remedy: str) -> None:
    [(said, fix)] = refused(["patient_id", "age", header])
    assert said.startswith(f"column 3, `{header}`: ")
    assert message in said
    assert fix.startswith(remedy)
    assert fix.endswith("map it to another header or to `ignore` with --map")


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("anc_uln", "Neutrophil count (ANC) has no `uln` here"),
        ("ecog lower limit", "ECOG performance status has no `lln` here"),
        ("last_live_vaccine_date", "did you mean `last_live_vaccine`?"),
        ("ecog_date", "ECOG performance status has no `date` here"),
    ],
)
def test_a_limit_or_a_date_that_the_fact_does_not_have_is_named_and_not_used(header: str, hint: str) -> None:
    layout = read(["patient_id", "age", header, "ecog"])
    assert layout.unknown == ((header, hint),)
    assert [column.fact.id for column in layout.columns] == ["age", "ecog"]
    [(said, _)] = refused(["patient_id", "age", "theirs"], {"theirs": header})
    assert "(mapped to" in said


@pytest.mark.parametrize(
    "header",
    ["patient_id", "Patient ID", "patient", "id", "ID#", "Subject-ID", "subject", "MRN", "record id", "study_id"],
)
def test_the_id_of_the_patient_is_known_by_many_names(header: str) -> None:
    assert read(["age", header]).id == 1


def test_without_an_id_the_error_says_how_to_name_it() -> None:
    for header in (["age", "name"], ["age", "医師ID"], ["age", "id" * 200]):
        [(message, remedy)] = refused(header)
        assert message == "no column is the patient's id"
        assert "call it `patient_id`" in remedy
        assert "--map" in remedy


def test_patient_id_wins_over_other_ids_which_are_then_unknown() -> None:
    layout = read(["mrn", "age", "patient_id", "study_id"])
    assert layout.id == 2
    assert layout.unknown == tuple((name, "the patient's id is `patient_id`") for name in ("mrn", "study_id"))


def test_of_several_other_ids_one_has_to_be_chosen() -> None:
    [(message, remedy)] = refused(["mrn", "age", "study_id"])
    assert message == "`mrn` and `study_id` (columns 1 and 3) may each be the patient's id"
    assert "Their header: patient_id" in remedy
    chosen = read(["mrn", "age", "study_id"], {"Study ID": "patient_id"})
    assert (chosen.id, chosen.unknown) == (2, (("mrn", "the patient's id is `study_id`"),))
    assert read(["mrn", "age", "study_id"], {"mrn": "ignore"}).id == 2


@pytest.mark.parametrize("header", ["as_of", "As of", "screening_date", "Screening Date"])
def test_the_day_of_screening_may_have_a_column(header: str) -> None:
    layout = read(["id", header, "age"])
    assert layout.as_of == 1
    assert meanings(layout) == [("age", "value", None)]
    assert read(["id", "age"]).as_of is None


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            ["id", "x", "y", "ast", "a", "b", "c", "d", "SGOT (U/L)"],
            "`ast` and `SGOT (U/L)` (columns 4 and 9) mean the same, `ast`",
        ),
        (
            ["id", "AST ULN", "ast_uln (U/L)"],
            "`AST ULN` and `ast_uln (U/L)` (columns 2 and 3) mean the same, `ast_uln`",
        ),
        (["id", "hb", "hgb", "Hb"], "`hb`, `hgb` and `Hb` (columns 2, 3 and 4) mean the same, `hemoglobin`"),
        (
            ["id", "age", "as_of", "screening date"],
            "`as_of` and `screening date` (columns 3 and 4) mean the same, `as_of`",
        ),
        (
            ["patient_id", "age", "Patient ID"],
            "`patient_id` and `Patient ID` (columns 1 and 3) mean the same, `patient_id`",
        ),
        (
            ["id", *["ast"] * 100],
            "`ast`, `ast`, `ast`, `ast` and others (columns 2, 3, 4, 5 and others) mean the same, `ast`",
        ),
    ],
)
def test_two_columns_that_mean_the_same_are_both_named(header: list[str], message: str) -> None:
    [(said, remedy)] = refused(header)
    assert said == message
    assert "map others to `ignore` with --map" in remedy


def test_the_parts_of_a_fact_are_not_the_same() -> None:
    layout = read(["id", "ast", "ast_uln", "ast_lln", "ast_date"])
    assert [column.part for column in layout.columns] == list(Part)


def test_all_faults_of_a_header_are_told_at_once_with_the_file() -> None:
    found = refused(["hb (g)", "ast", "sgot", "plateletz"], {"nosuch": "age"}, "in.csv")
    assert all(message.startswith("in.csv: ") for message, _ in found)
    parts = (
        "--map names `nosuch`",
        "unit `g`",
        "mean the same, `ast`",
        "no column is the patient's id",
    )
    assert len(found) == len(parts)
    for part, (message, _) in zip(parts, found, strict=True):
        assert part in message


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("plateles", "did you mean `platelets`?"),
        ("Creatinin (mg/dL)", "did you mean `creatinine`?"),
        ("hemoglobine", "did you mean `hemoglobin`?"),
        ("albumine_uln", "did you mean `albumin_uln`?"),
        ("neutrophil pct", ""),
        ("shoe size", ""),
        ("血小板", ""),
    ],
)
def test_a_header_not_understood_is_listed_with_the_nearest_fact(header: str, hint: str) -> None:
    assert hints(header) == hint


def test_a_column_without_a_header_is_listed_by_its_position() -> None:
    layout = read(["id", "", "age", " \t"])
    assert layout.unknown == (("", "column 2 has no header"), ("", "column 4 has no header"))


@pytest.mark.parametrize("header", [["Doe, Jane", "61", "PLMESO"], ["id", "color", "as_of"], [], [""]])
def test_a_file_whose_headers_name_no_fact_is_refused_and_none_of_them_shown(header: list[str]) -> None:
    [(message, remedy)] = refused(header)
    assert message == "no column is called as a fact is"
    assert "patient_id,age" in remedy
    assert "screener template csv" in remedy
    for text in header:
        assert not text or text in {"id", "as_of"} or text not in message + remedy


@given(
    st.lists(st.text(max_size=30), max_size=8), st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3)
)
def test_whatever_the_headers_are_no_control_character_is_shown(header: list[str], mapping: dict[str, str]) -> None:
    hostile = ["\x1b[31mcolor\u202e", "patient_id", "\x1b[0mhb\x00", "\u200bast\x9b"]
    try:
        layout = read([*header, *hostile], mapping)
    except InputError as error:
        shown = str(error).split("\n")
    else:
        shown = [*(column.header for column in layout.columns), *(text for pair in layout.unknown for text in pair)]
    assert not any(CONTROL.search(text) or "\n" in text for text in shown)


def test_control_characters_in_a_header_at_fault_are_not_shown() -> None:
    faults = refused(["id", "\x07ast\x1b (\u202eg\n)", "age"], {"age": "hb (\x9b2J)"})
    assert len(faults) == 2
    assert not any(CONTROL.search(text) or "\n" in text for fault in faults for text in fault)


def test_a_long_header_is_cut_where_it_is_shown() -> None:
    layout = read(["id", "age", "ast" * 100_000])
    [(shown, _)] = layout.unknown
    assert len(shown) == 60


def test_a_wide_file_is_read_column_by_column() -> None:
    wide = [f"other {index}" for index in range(5000)]
    layout = read([*wide, "id", "age"])
    assert (layout.id, len(layout.unknown)) == (5000, 5000)


def test_mapped_headers_mean_what_they_are_mapped_to() -> None:
    header = ["Pat. No.", "PLT 2", "Visit", "Hb", "Neutrophils %", "Neutrophils #", "血小板", "白血球"]
    mapping = {
        "pat no": "patient_id",
        "PLT-2": "platelets (K/uL)",
        "visit": "as_of",
        "HB": "Hemoglobin [g/L]",
        "neutrophils %": "ignore",
        "血小板": "IGNORE",
        "白血球": "wbc",
    }
    layout = read(header, mapping)
    assert (layout.id, layout.as_of, layout.unknown) == (0, 2, ())
    assert meanings(layout) == [
        ("platelets", "value", "K/uL"),
        ("hemoglobin", "value", "g/L"),
        ("anc", "value", None),
        ("wbc", "value", None),
    ]
    assert [column.header for column in layout.columns] == ["PLT 2", "Hb", "Neutrophils #", "白血球"]


@pytest.mark.parametrize(
    ("mapping", "message", "remedy"),
    [
        ({"Hemoglobine": "hb"}, "--map names `Hemoglobine`, and no column is called so", "did you mean `Hemoglobin`?"),
        ({"Nothing": "hb"}, "--map names `Nothing`, and no column is called so", "check its spelling"),
        ({"age": "plateles"}, "--map: `age` is mapped to `plateles`, which is not", "did you mean `platelets`?"),
        ({"age": "shoe size"}, "--map: `age` is mapped to `shoe size`, which is not", "map it to a fact, such as"),
        ({"age": "anc (kg)"}, "column 2, `age` (mapped to `anc (kg)`): Neutrophil", "use one of: K/uL"),
        ({"age": "hb"}, "`age` and `Hemoglobin` (columns 2 and 3) mean the same, `hemoglobin`", "keep one"),
        ({"age": "patient_id"}, "`id` and `age`", "keep one"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_an_error(mapping: dict[str, str], message: str, remedy: str) -> None:
    header = ["patient_id" if "patient_id" in mapping.values() else "id", "age", "Hemoglobin"]
    [(said, fix)] = refused(header, mapping)
    assert said.startswith(message.replace("`id`", f"`{header[0]}`"))
    assert fix.startswith(remedy)


def test_a_mapping_file_has_a_line_for_each_header() -> None:
    assert mapping_of('Hb (lab): hemoglobin [g/dL]\nMRN: patient_id\n"% x": ignore\n"1": spo2 (%)\n') == {
        "Hb (lab)": "hemoglobin [g/dL]",
        "MRN": "patient_id",
        "% x": "ignore",
        "1": "spo2 (%)",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Hb: hemoglobin\nH-B: ast\n", "map.yaml:2:1: `H-B` and `Hb` are the same header"),
        ("Hb: hemoglobin\nHb: ast\n", "map.yaml:2:1"),
        ("- Hb\n", "a mapping of keys to values is wanted here"),
        ("Hb:\n", "`Hb` has no value"),
        ("Hb: [ast, alt]\n", "a single value is wanted here"),
        ("Hb: no\n", "put quotes around it"),
    ],
)
def test_a_mapping_file_is_read_as_hostile(content: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        mapping_of(content)
    assert message in str(error.value)


def test_no_name_of_a_fact_is_taken_for_an_id_a_day_or_a_part() -> None:
    for name, fact in NAMES:
        assert meant(name)[:2] == (fact.id, "value")
