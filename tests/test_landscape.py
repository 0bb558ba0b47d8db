"""What is approved where: read strictly, chosen by tumor, shown with date and source, and carried into hand-outs."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from markdown_it import MarkdownIt

from screener.catalog import load_landscape
from screener.cli.landscape import one_code
from screener.compile.landscape import compile_landscape
from screener.errors import InputError, UsageError
from screener.language import Language, Texts
from screener.lint import Check, texts_of_landscape
from screener.model import Coded, Missing, MissingReason
from screener.model.landscape import Landscape, State, Support, approvals
from screener.render.handout import hand_out, render_html
from screener.render.handout import render_markdown as render_note
from screener.render.landscape import View, render_json, render_markdown, render_table
from screener.source import Text, load_text
from tests.handouts import CATALOG, DICTIONARY, LANDSCAPE, STUDIES, TALK, Note, example, handed, squeezed
from tests.program import REPOSITORY, SMALL_CRITERIA, Program

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from screener.model import Patient
    from screener.model.landscape import LandscapeEntry
    from screener.render.handout.paths import Known

TYPES = DICTIONARY.tumor_types
DAY = date(2026, 11, 22)
ENTRY = """\
  - id: {id}
    title: A drug
    says: It is approved.
    jurisdiction: US
    date: "2024-02"
    source: A notice
    support: confirmed
    checked: "2026-11-22"
    tumors: [MESO]
"""
APPROVAL = ENTRY + "    state: approved\n    products: [drug]\n"
FIELDS = ("id", "title", "says", "jurisdiction", "date", "source", "support", "checked", "tumors", "state")
FILE = "approvals:\n" + APPROVAL.format(id="one") + APPROVAL.format(id="two")


def read(text: str) -> Landscape:
    return compile_landscape(load_text(Text("landscape.yaml", text)), TYPES.names)


def refused(text: str) -> list[str]:
    """The faults for which the text is refused, each as `line:column message`."""
    with pytest.raises(InputError) as caught:
        read(text)
    return [
        f"{fault.place.line}:{fault.place.column} {fault.message}" for fault in caught.value.problems if fault.place
    ]


def ids(entries: Iterable[LandscapeEntry]) -> set[str]:
    return {entry.id for entry in entries}


def about(*codes: str) -> Landscape:
    return LANDSCAPE.about(frozenset().union(*(TYPES.below(code) for code in codes)), TYPES)


# ---------------------------------------------------------------- reading


def test_what_is_shipped_is_read_whole_and_in_order() -> None:
    written = yaml.safe_load((CATALOG.folder / "landscape.yaml").read_text(encoding="utf-8"))
    assert {name: [entry.id for entry in entries] for name, entries in LANDSCAPE.sections.items()} == {
        name: [entry["id"] for entry in entries] for name, entries in written.items()
    }
    told = {
        name: [
            ({"products": []} if name == "approvals" else {}) | entry | {"older_than_a_year": False}
            for entry in entries
        ]
        for name, entries in written.items()
    }
    assert json.loads(render_json(view())) == {"schema": 1, "as_of": "2026-11-22", "tumor": None} | told


def test_a_folder_without_it_has_an_empty_one() -> None:
    assert load_landscape(SMALL_CRITERIA, DICTIONARY) == Landscape()


@pytest.mark.parametrize("key", FIELDS)
def test_an_entry_without_one_of_its_keys_is_refused_where_it_stands(key: str) -> None:
    text = re.sub(rf"(?m)^  (- |  ){key}: .*\n", lambda found: "  - " if found[1] == "- " else "", FILE, count=1)
    text = text.replace("  -     title", "  - title")
    assert refused(text) == [f"2:5 the key `{key}` is missing"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("jurisdiction: US", "jurisdiction: Mars", "`Mars` is not known here"),
        ("support: confirmed", "support: sure", "`sure` is not known here"),
        ("state: approved", "state: great", "`great` is not known here"),
        ('date: "2024-02"', 'date: "2024-13"', "there is no such month"),
        ('date: "2024-02"', "date: last year", "this is no date"),
        ('date: "2024-02"', 'date: "2026-12"', "this is later than the day on which the sources were read"),
        ('checked: "2026-11-22"', 'checked: "2026-11"', "this is not a whole date"),
        ("source: A notice", 'source: ""', "this text is empty"),
        ("source: A notice", "source: See no_entry", "there is no other entry `no_entry`"),
        ("source: A notice", "source: [a, b]", "a single value is wanted here"),
        ("tumors: [MESO]", "tumors: [MESO, NOTHING]", "there is no tumor type `NOTHING`"),
        ("tumors: [MESO]", "tumors: [MESO, any]", "`any` stands alone"),
        ("tumors: [MESO]", "tumors: []", "no tumor type is named"),
        ("tumors: [MESO]", "tumors: MESO", "a list is wanted here"),
        ("products: [drug]", "products: []", "`products` is empty"),
        ("products: [drug]", "product: drug", "there is no key `product` here"),
        ("id: one", "id: One", "an id is small letters, digits and underscores"),
        ("id: one", "id: two", "another entry is called `two` too"),
        ("title: A drug", "title: null", "`title` has no value"),
    ],
)
def test_each_fault_is_told_at_its_place(old: str, new: str, message: str) -> None:
    line, text = next((number, line) for number, line in enumerate(FILE.splitlines(), 1) if old in line)
    faults = refused(FILE.replace(old, new, 1))
    assert any(fault.endswith(message) for fault in faults)
    told = next(fault for fault in faults if fault.endswith(message))
    found_line, column = (int(part) for part in told.split()[0].split(":"))
    if message.startswith("another entry"):
        line = next(number for number, each in enumerate(FILE.splitlines(), 1) if "id: two" in each)
    assert (found_line, column > text.index(old)) == (line, True)


def test_all_faults_of_a_file_are_told_at_once_in_its_order() -> None:
    text = FILE.replace("jurisdiction: US", "jurisdiction: Mars").replace("source: A notice", "source: See no_entry", 1)
    assert [fault.split()[0] for fault in refused(text)] == ["5:19", "7:13", "16:19"]


def test_what_was_granted_names_its_product_and_what_was_not_need_not() -> None:
    bare = FILE.replace("    products: [drug]\n", "")
    assert refused(bare) == ["2:5 the key `products` is missing", "12:5 the key `products` is missing"]
    assert len(read(bare.replace("state: approved", "state: not_found")).approvals) == 2


@pytest.mark.parametrize("text", ["[]", "approvals: 3", "approvals: [x]", "other: []", "approvals: [{id: []}]"])
def test_what_has_another_shape_is_refused(text: str) -> None:
    assert refused(text)


def test_a_source_may_name_another_entry() -> None:
    text = FILE.replace("id: two", "id: the_other").replace("source: A notice", "source: See the_other", 1)
    assert ids(read(text).approvals) == {"one", "the_other"}


# ---------------------------------------------------------------- choosing


def test_a_tumor_gets_what_is_about_it_about_groups_above_and_types_below_and_about_any() -> None:
    for code in ("PLMESO", "MESO", "PLEMESO", "MEL", "GB", "HEMATOLOGIC", "SOLID"):
        kept = about(code)
        for entry in LANDSCAPE.entries():
            related = any(
                each == "any" or code in TYPES.below(each) or each in TYPES.below(code) for each in entry.tumors
            )
            assert not related or entry in set(kept.entries())
    assert "satri_cel_china" not in ids(about("MESO").approvals)
    assert "lifileucel_us" in ids(about("MEL").approvals)
    assert "lifileucel_us" in ids(about("SOLID").approvals)
    assert "no_us_solid_car_t" in ids(about("PLEMESO").approvals)
    assert {"pleura_fields", "peritoneum_surgery"} <= ids(about("MESO").other_paths)
    assert "peritoneum_surgery" not in ids(about("PLMESO").other_paths)


def test_of_an_unknown_tumor_only_what_is_about_any_remains() -> None:
    kept = list(LANDSCAPE.about(frozenset(), TYPES).entries())
    assert kept == [entry for entry in LANDSCAPE.entries() if entry.tumors == ("any",)]


def test_only_what_was_granted_counts_as_approved() -> None:
    found = approvals(LANDSCAPE)
    assert (("lifileucel", "Amtagvi"), ("MEL",), "US") in found
    assert len(found) == sum(entry.state.grants for entry in LANDSCAPE.approvals)
    assert all(words and codes and jurisdiction != "general" for words, codes, jurisdiction in found)
    assert not any("MESO" in codes or "SOLID" in codes for _, codes, _ in found)
    assert {state for state in State if not state.grants} >= {State.NOT_FOUND, State.DESIGNATION, State.OPINION}


@pytest.mark.parametrize(
    ("day", "old"), [(date(2026, 11, 22), False), (date(2027, 11, 22), False), (date(2027, 11, 23), True)]
)
def test_an_entry_is_old_more_than_a_year_after_its_sources_were_read(day: date, *, old: bool) -> None:
    [first, *_] = read(FILE).approvals
    assert first.is_old(day) is old
    shown = render_table(view(day=day), width=80, color=False)
    notes = squeezed(shown).count("checked 2026-11-22; older than a year: look for a newer source")
    assert notes == (len(list(LANDSCAPE.entries())) if old else 0)


# ---------------------------------------------------------------- showing


def view(code: str = "", day: date = DAY, whole: Landscape = LANDSCAPE) -> View:
    return View(whole.about(TYPES.below(code), TYPES) if code else whole, whole, TYPES.names, code, day)


def shown_texts(entry: LandscapeEntry) -> list[str]:
    """Every text of an entry that a reader has to see, the source apart."""
    hidden = {"id", "source", "target", "document"}
    fields = [field for field in entry.__dataclass_fields__ if field not in hidden]
    values: list[Any] = [getattr(entry, field) for field in fields]
    return [text for value in values for text in (value if isinstance(value, tuple) else [value]) if is_prose(text)]


def is_prose(text: object) -> bool:
    return isinstance(text, str) and " " in text


def test_table_and_markdown_show_every_entry_with_its_date_support_and_day_of_checking() -> None:
    note = Note.of(render_markdown(view())).text
    table = squeezed(render_table(view(), width=80, color=False))
    for entry in LANDSCAPE.entries():
        for shown in (note, table):
            assert all(
                squeezed(text) in shown for text in shown_texts(entry) if text not in getattr(entry, "products", ())
            )
            assert entry.dated in shown
    for shown in (note, table):
        assert shown.count("checked 2026-11-22") == len(list(LANDSCAPE.entries()))
        assert shown.count("Source: ") == len(list(LANDSCAPE.entries()))


def test_a_table_keeps_to_its_width() -> None:
    for width in (40, 80):
        assert max(len(line) for line in render_table(view(), width=width, color=False).splitlines()) <= width


def test_another_entry_that_a_source_names_is_called_by_its_title() -> None:
    shown = squeezed(render_table(view("PEMESO"), width=80, color=False))
    assert '"CAR-T for solid tumors in the United States" (US)' in shown
    assert not re.search(r"Source: [^:]*\b(no_us_solid_car_t|satri_cel_china)\b", shown)


def test_sections_without_an_entry_are_left_out() -> None:
    shown = render_table(view(whole=replace(LANDSCAPE, corrections=(), targets=())), width=80, color=False)
    assert "WHAT IS APPROVED WHERE" in shown
    assert "LOOK FOR" not in shown
    assert "WRONG" not in shown


def test_text_of_the_file_is_never_markup_nor_control() -> None:
    text = "[bold]x[/] <script>y</script> **z** \x1b[31m\u202e"
    hostile = replace(LANDSCAPE, approvals=tuple(replace(each, title=text, says=text) for each in LANDSCAPE.approvals))
    plain = replace(LANDSCAPE, approvals=tuple(replace(each, title="a", says="a") for each in LANDSCAPE.approvals))
    shapes = [Note.of(render_markdown(view(whole=each))).shape for each in (hostile, plain)]
    assert shapes[0] == shapes[1]
    shown_as = view(whole=hostile)
    for shown in (render_table(shown_as, width=80, color=False), render_markdown(shown_as), render_json(shown_as)):
        assert not re.search("[\x1b\u202e]", shown)
    assert "[bold]x[/]" in render_table(view(whole=hostile), width=80, color=False)


@cache
def schema() -> Draft202012Validator:
    content = json.loads((REPOSITORY / "screener" / "schema" / "landscape.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(content, format_checker=FormatChecker())


@pytest.mark.parametrize("code", ["", "PLMESO", "GB"])
def test_the_json_fits_its_schema(code: str) -> None:
    content = json.loads(render_json(view(code)))
    assert list(schema().iter_errors(content)) == []
    assert content["tumor"] == (code or None)
    for path in (("approvals", "state"), ("other_paths", "ask"), ("steps", "source")):
        without = json.loads(render_json(view(code)))
        del without[path[0]][0][path[1]]
        assert list(schema().iter_errors(without))
    assert list(schema().iter_errors(content | {"steps": [content["steps"][0] | {"verdict": "good"}]}))


# ---------------------------------------------------------------- the program


def test_the_command_takes_names_and_codes_and_writes_files(tmp_path: Path) -> None:
    program = Program(tmp_path)
    by_name = program.run("landscape", "--tumor", "pleural mesothelioma", "--as-of", "2026-11-22")
    by_code = program.run("landscape", "--tumor", "PLMESO", "--as-of", "2026-11-22", "-o", "out.txt")
    assert (by_name.code, by_code.code, by_code.out, by_name.err) == (0, 0, "", "")
    assert by_name.out == (tmp_path / "out.txt").read_text(encoding="utf-8")
    assert by_name.out == render_table(view("PLMESO"), width=100, color=False)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--tumor", "mesotelioma"], 2, "did you mean MESO (Mesothelioma)"),
        (["--tumor", "xyz"], 2, "write an OncoTree code or name, such as PLMESO"),
        (["--as-of", "soon"], 2, "--as-of: this is not a whole date"),
        (["--criteria", str(SMALL_CRITERIA)], 66, "has no landscape.yaml"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(tmp_path: Path, words: list[str], code: int, told: str) -> None:
    ran = Program(tmp_path).run("landscape", *words)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert "Fix: " in ran.err


def test_a_name_of_several_tumor_types_is_refused_with_all_of_them() -> None:
    # no name of today's vocabulary means several types
    words = {"carcinoma": frozenset({"MEL", "GB"})}
    with pytest.raises(UsageError, match=r"name one by its code: GB \(Glioblastoma.*MEL \(Melanoma\)") as caught:
        one_code("Carcinoma", replace(TYPES, words=words))
    assert "several tumor types are called `Carcinoma`" in str(caught.value)


def small_folder(tmp_path: Path, landscape: str) -> Path:
    folder = tmp_path / "criteria"
    shutil.copytree(SMALL_CRITERIA, folder)
    (folder / "landscape.yaml").write_text(landscape, encoding="utf-8")
    return folder


@pytest.mark.parametrize("key", ["jurisdiction", "date", "source"])
def test_lint_finds_an_entry_without_where_when_or_by_whom(tmp_path: Path, key: str) -> None:
    text = "approvals:\n" + re.sub(rf"    {key}: .*\n", "", APPROVAL.format(id="one")).replace("[MESO]", "[any]")
    folder = small_folder(tmp_path, text)
    before = Program(tmp_path, SMALL_CRITERIA).run("rules", "lint")
    ran = Program(tmp_path, folder).run("rules", "lint")
    assert ran.code == 1
    assert f"{folder}/landscape.yaml:2:5: L22 the key `{key}` is missing\n  Fix: add `{key}:`" in ran.out
    found = [int(re.findall(r": (\d+) finding", each.out)[0]) for each in (before, ran)]
    assert found[1] == found[0] + 1
    assert Check.UNPROVEN_ENTRY.code == "L22"


def test_lint_names_translations_of_it_that_are_missing(tmp_path: Path) -> None:
    text = ENTRY.replace("[MESO]", "[any]").format(id="one") + "    ask: Is it for me?\n"
    folder = small_folder(tmp_path, f"other_paths:\n{text}")
    (folder / "landscape.es.yaml").write_text(
        'language: es\nother_paths:\n  one:\n    title: "00000000 Un medicamento"\n', encoding="utf-8"
    )
    out = Program(tmp_path, folder).run("rules", "lint").out
    assert "es other_paths one title: L19 the English has changed" in out
    assert "es other_paths one ask: L20 there is no translation" in out


# ---------------------------------------------------------------- hand-outs


def handed_to(tumor: str | None, day: date = DAY, landscape: Landscape = LANDSCAPE) -> tuple[Patient, Any]:
    facts = dict(example().facts)
    facts["tumor_type"] = Coded(TYPES.below(tumor), tumor) if tumor else Missing(MissingReason.DONT_KNOW)
    patient = replace(example(), facts=facts, as_of=day)
    return patient, handed(patient, STUDIES[:1], landscape=landscape).page.ahead


def titles(known: Iterable[Known]) -> list[str]:
    return [each.title for each in known]


def test_a_hand_out_has_the_paths_of_the_tumor_and_of_an_unknown_one_those_of_any() -> None:
    _, pleura = handed_to("PLMESO")
    assert titles(pleura.paths) == [path.title for path in about("PLMESO").other_paths]
    assert "Nivolumab with ipilimumab" in titles(pleura.paths)
    _, unknown = handed_to(None)
    assert titles(unknown.paths) == [path.title for path in LANDSCAPE.other_paths if path.tumors == ("any",)]
    assert titles(unknown.steps) == titles(pleura.steps) == [step.title for step in LANDSCAPE.steps]


def test_a_hand_out_says_when_to_call_for_what_cannot_wait() -> None:
    _, ahead = handed_to("PLMESO")
    assert titles(ahead.effects) == [effect.title for effect in LANDSCAPE.side_effects[:3]]
    assert [each.text for each in ahead.effects] == [effect.call for effect in LANDSCAPE.side_effects[:3]]


def test_each_has_its_date_and_support_in_fine_print_and_says_when_it_is_old() -> None:
    for day, old in ((DAY, False), (date(2028, 1, 1), True)):
        _, ahead = handed_to("PLMESO", day)
        kept = about("PLMESO")
        entries = chain(kept.other_paths, kept.steps, kept.side_effects[:3])
        words = {
            Support.CONFIRMED: "confirmed by its sources",
            Support.SECONDARY: "second-hand only",
            Support.DOCUMENT: "from general pages on CAR-T only",
        }
        for known, entry in zip(chain(ahead.paths, ahead.steps, ahead.effects), entries, strict=True):
            assert f"{entry.dated}; {words[entry.support]}" in known.fine
            assert known.fine.endswith("look for a newer source") is old


def test_without_a_landscape_the_sections_are_left_out() -> None:
    patient, ahead = handed_to("PLMESO", landscape=Landscape())
    assert (ahead.paths, ahead.steps, ahead.effects) == ((), (), ())
    page = handed(patient, STUDIES[:1], landscape=Landscape()).page
    for shown in (render_note(page), render_html(page)):
        assert not re.search("Other paths|What the steps|When to call", shown)


def test_in_another_language_texts_that_are_not_translated_say_so() -> None:
    patient, _ = handed_to("PLMESO")
    page = hand_out(patient, [], DICTIONARY, TALK, Language.of("es", Texts()), landscape=LANDSCAPE)
    assert page.ahead.paths[0].title == "Standard treatment [en inglés: todavía sin traducir]"
    assert "a fecha de" in page.ahead.steps[0].fine


def test_every_text_of_a_hand_out_is_one_that_lint_looks_at() -> None:
    texts = {text for _, text in texts_of_landscape(LANDSCAPE)}
    _, ahead = handed_to("SOLID")
    for known in chain(ahead.paths, ahead.steps, ahead.effects):
        assert {known.title, known.text, known.ask} - {""} <= texts


def test_steps_are_a_numbered_list() -> None:
    patient, _ = handed_to("PLMESO")
    tokens = MarkdownIt("commonmark").parse(render_note(handed(patient, STUDIES[:1]).page))
    start = next(place for place, token in enumerate(tokens) if token.type == "ordered_list_open")
    end = next(place for place, token in enumerate(tokens) if token.type == "ordered_list_close")
    items = [token for token in tokens[start:end] if token.type == "list_item_open"]
    assert len(items) == len(LANDSCAPE.steps)
