"""Languages: complete where they claim to be, never stale without saying so, and typed as people type."""

from __future__ import annotations

import io
import re
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from screener.catalog import criteria_folder, load_landscape, load_language, load_talk, load_texts
from screener.cli.typed import Typed
from screener.errors import InputError, UsageError
from screener.evaluate import screen_trial
from screener.language import Language, Texts, fingerprint, languages
from screener.lint import texts_of_dictionary, texts_of_landscape, texts_of_talk, texts_of_trial
from screener.model import FactType, MissingReason, Moment
from screener.patient import compile_patient, read_answer
from screener.render.handout import hand_out, render_html, render_markdown
from screener.session import TOLD
from screener.source import load
from tests.messages import AGO, messages
from tests.program import EXAMPLE, SMALL_CRITERIA, Call, Program

if TYPE_CHECKING:
    from screener.catalog import Catalog

LOCALE = Path(__file__).parents[1] / "screener" / "locale"
OTHERS = [code for code in languages() if code != "en"]
_FIELD = re.compile(r"\{\w+\}")


@pytest.fixture(scope="module")
def spanish() -> Language:
    return load_language(criteria_folder(), "es")


@pytest.fixture(scope="module")
def typed(spanish: Language, catalog: Catalog) -> Typed:
    return Typed(spanish, catalog.dictionary)


def english(catalog: Catalog) -> dict[tuple[str, ...], str]:
    texts = dict(texts_of_dictionary(catalog.dictionary))
    texts |= dict(texts_of_talk(load_talk(catalog.folder, catalog.dictionary)))
    texts |= dict(texts_of_landscape(load_landscape(catalog.folder, catalog.dictionary)))
    return texts | {path: text for trial in catalog.trials for path, text in texts_of_trial(trial)}


def test_spanish_is_spoken() -> None:
    assert languages() == ["en", "es"]


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_from_the_english_of_today(code: str, catalog: Catalog) -> None:
    texts = load_texts(catalog.folder, code).texts
    wanted = english(catalog)
    assert {path for path, text in wanted.items() if texts.get(path, ("",))[0] != fingerprint(text)} == set()
    assert texts.keys() - wanted.keys() == set()


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_keeps_every_number_of_its_english(code: str, catalog: Catalog) -> None:
    texts = load_texts(catalog.folder, code).texts
    for path, text in english(catalog).items():
        numbers = re.findall(r"\d+(?:[.,]\d+)*", text)
        translated = re.findall(r"\d+(?:[.,]\d+)*", texts[path][1])
        assert sorted(numbers) == sorted(translated), path


@pytest.mark.parametrize("code", OTHERS)
def test_every_word_of_the_interface_is_translated_with_its_fields(code: str) -> None:
    with (LOCALE / code / "LC_MESSAGES" / "screener.po").open("rb") as file:
        book = read_po(file)
    said = {item.id if isinstance(item.id, str) else item.id[0]: item.string for item in book if item.id}  # plurals
    wanted = messages()
    assert set(said) == set(wanted)
    for text, many in wanted.items():
        found = said[text]
        forms = [found] if isinstance(found, str) else [str(form) for form in found or ()]
        assert all(forms), text
        assert (len(forms) > 1) == bool(many), text
        for form in forms:
            assert set(_FIELD.findall(form)) == set(_FIELD.findall(text)), text


@pytest.mark.parametrize("code", OTHERS)
def test_the_compiled_words_are_those_of_their_source(code: str) -> None:
    folder = LOCALE / code / "LC_MESSAGES"
    with (folder / "screener.po").open("rb") as file:
        book = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, book)
    assert (folder / "screener.mo").read_bytes() == compiled.getvalue()


def test_nobody_has_reviewed_the_translation_and_the_hand_out_says_so(spanish: Language, catalog: Catalog) -> None:
    assert not spanish.is_reviewed
    page = Program(Path.cwd()).run("screen", EXAMPLE, "-f", "md", "--lang", "es").out
    assert "Esta traducción todavía no la ha revisado" in page
    assert "ha revisado" not in Program(Path.cwd()).run("screen", EXAMPLE, "-f", "md").out
    assert catalog.trials


def test_a_reviewer_of_every_file_is_believed(tmp_path: Path) -> None:
    for name, reviewer in (("facts", "Dr. A"), ("questions", "Dr. B")):
        (tmp_path / f"{name}.es.yaml").write_text(f"language: es\nreviewed_by: {reviewer}\n")
    assert load_texts(tmp_path, "es").reviewed_by == "Dr. A, Dr. B"
    (tmp_path / "teach_back.es.yaml").write_text("language: es\nreviewed_by: nobody yet\n")
    assert load_texts(tmp_path, "es").reviewed_by == ""


def test_a_stale_translation_shows_english_and_says_so() -> None:
    texts = Texts({("facts", "age", "name"): (fingerprint("Age"), "Edad")})
    language = Language.of("es", texts)
    assert language.text("Age", "facts", "age", "name") == "Edad"
    stale = language.text("Age in years", "facts", "age", "name")
    assert stale == "Age in years [en inglés: la traducción no está al día]"
    missing = language.text("Sex", "facts", "sex", "name")
    assert missing == "Sex [en inglés: todavía sin traducir]"
    assert Language().text("Age", "facts", "age", "name") == "Age"


def test_a_language_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(UsageError, match="there are no texts in `fr` yet"):
        load_language(criteria_folder(), "fr")


def test_a_translation_without_the_fingerprint_of_its_english_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.es.yaml").write_text("language: es\nreviewed_by: nobody yet\nfacts:\n  age:\n    name: Edad\n")
    with pytest.raises(InputError, match="begins with the fingerprint"):
        load_texts(tmp_path, "es")


def test_lint_finds_stale_missing_and_idle_translations(tmp_path: Path) -> None:
    folder = tmp_path / "criteria"
    shutil.copytree(SMALL_CRITERIA, folder)
    lines = [
        "language: es",
        "reviewed_by: nobody yet",
        "facts:",
        "  age:",
        f'    name: "{fingerprint("Age")} Edad"',
        f'    question: "{fingerprint("another question")} ¿Qué edad?"',
        f'    how: "{fingerprint("Age")} nada"',
    ]
    (folder / "facts.es.yaml").write_text("\n".join(lines) + "\n")
    out = Program(tmp_path, folder).run("rules", "lint").out
    now = fingerprint("How old is the patient?")
    assert f"es facts age question: L19 the English has changed; its fingerprint is {now}" in out
    assert "es facts age how: L21 there is no such text in English" in out
    assert "es facts age why: L20 there is no translation" in out
    assert "es NCT00000001: L20 nothing of it is translated" in out
    assert "es facts age name" not in out


@pytest.mark.parametrize(
    ("fact", "line", "kept"),
    [
        ("pregnant", "sí", "yes"),
        ("pregnant", "Si", "yes"),
        ("pregnant", "no", "no"),
        ("pregnant", "1", "1"),  # a number is no answer to a yes-or-no question
        ("sex", "1", "female"),
        ("sex", "Mujer", "female"),
        ("sex", "hombre", "male"),
        ("sex", "3", "3"),
        ("last_live_vaccine", "nunca", "never"),
        ("last_live_vaccine", "hace 3 semanas", "3 weeks ago"),
        ("last_live_vaccine", "hace 1 mes", "1 months ago"),
        ("last_live_vaccine", "2026-10", "2026-10"),
        ("last_live_vaccine", "ayer", "yesterday"),
        ("prior_therapies", "ninguno", "none"),
        ("platelets", "180 K/uL", "180 K/uL"),
    ],
)
def test_what_people_type_in_spanish_is_kept_in_english(
    typed: Typed, catalog: Catalog, fact: str, line: str, kept: str
) -> None:
    assert typed.canonical(catalog.dictionary.facts[fact], line) == kept


def test_every_choice_can_be_typed_in_spanish_as_it_is_shown(typed: Typed, catalog: Catalog) -> None:
    for fact in catalog.dictionary.facts.values():
        if fact.type is not FactType.CHOICE:
            continue
        for number, choice in enumerate(fact.choices, start=1):
            assert typed.canonical(fact, typed.choice(fact, choice.id, choice.means)) == choice.id
            assert typed.canonical(fact, str(number)) == choice.id
        for word, _ in fact.general:
            shown = typed.language.text(word, "facts", fact.id, "general", word)
            assert typed.canonical(fact, shown) == word


def test_times_ago_in_spanish_read_as_dates(typed: Typed, catalog: Catalog) -> None:
    fact = catalog.dictionary.facts["last_live_vaccine"]
    for text in AGO:
        line = typed.language.word(text).format(number=2)
        value = read_answer(fact, typed.canonical(fact, line), catalog.dictionary, date(2026, 11, 22))
        assert isinstance(value, Moment)
        assert value.span is not None


@pytest.mark.parametrize(
    ("line", "reason"),
    [("-", MissingReason.DONT_KNOW), ("no se sabe", MissingReason.DONT_KNOW), ("no se hizo", MissingReason.NOT_DONE)],
)
def test_reasons_for_no_answer_in_spanish(typed: Typed, line: str, reason: MissingReason) -> None:
    assert typed.skip(line) is reason


def test_a_whole_interview_in_spanish_gives_the_verdict_of_the_english_one(tmp_path: Path) -> None:
    program = Program(tmp_path)
    lines = "\n".join(["sí", "PLEMESO", "sí", "1", "2", "65", "no"] + ["-"] * 30) + "\n"
    words = ["interview", "-t", "NCT05568680", "--as-of", "2026-11-22"]
    ran = program.run_all(
        {
            "es": Call([*words, "--lang", "es", "--session", "es.jsonl", "-o", "es.yaml"], lines),
            "en": Call([*words, "--session", "en.jsonl", "-o", "en.yaml"], lines.replace("sí", "yes")),
        }
    )
    assert "¿" in ran["es"].err
    assert "[en inglés" not in ran["es"].err + ran["es"].out
    es, en = ((tmp_path / f"{code}.yaml").read_text() for code in ("es", "en"))
    assert es.replace('patient: "es"', "") == en.replace('patient: "en"', "")
    english_words = re.findall(r"\b(the|which|answer|could|patient)\b", ran["es"].out)
    assert english_words == []


def test_the_hand_out_in_spanish_holds_no_english_sentence(catalog: Catalog, spanish: Language) -> None:
    dictionary = catalog.dictionary
    patient = compile_patient(load(EXAMPLE), dictionary, today=date(2026, 11, 22))
    results = [screen_trial(trial, patient, dictionary) for trial in catalog.trials]
    talk, landscape = load_talk(catalog.folder, dictionary), load_landscape(catalog.folder, dictionary)
    content = hand_out(patient, results, dictionary, talk, spanish, landscape=landscape, explain=True)
    for page in (render_markdown(content), render_html(content)):
        text = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
        assert re.findall(r"\b(the|which|answer|with|for|and)\b", re.sub(r"\([^)]*\)|class=\S+", "", text)) == []
    assert '<html lang="es">' in render_html(content)


def test_messages_of_a_session_are_said_in_the_language(spanish: Language) -> None:
    assert all(spanish.word(text) != text for text in TOLD)
