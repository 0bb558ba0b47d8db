"""The engine of `screener vet` on the texts of tests/vet, and on sentences of its own."""

from __future__ import annotations

import string
from functools import cache
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.vet import SHARED, VET, Bench, Score, bench, expected
from screener.catalog import load_trust
from screener.compile.trust import compile_trust
from screener.errors import InputError
from screener.model.trust import PhraseError, TrustKind
from screener.source import load_text
from screener.source.nodes import Text
from screener.truth import Truth
from screener.vet.account import Held, Point, Quote, Standing
from screener.vet.context import said_in, together
from screener.vet.examine import ENGLISH_ONLY, MOST_QUOTES, examine, phrasebook
from screener.vet.lists import labels
from screener.vet.matching import Phrasebook
from screener.vet.page import VisibleText, read_page
from screener.vet.phrases import (
    Edge,
    Gap,
    Maybe,
    Number,
    OneOf,
    Together,
    Token,
    can_be_empty,
    parse_phrase,
    phrase_text,
)
from screener.vet.sentences import sentences

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES, UNKNOWN = expected(VET / "expected.yaml")
OWN = [entry for entry in ENTRIES if not entry["file"].startswith("seeds/")]
SEEDS = [entry for entry in ENTRIES if entry not in OWN]
HONEST = ["center_honest.html", "patient_group.txt", "hospital_faq.html", "satri_cel_honest.txt", "spanish.html"]


@cache
def ours() -> Bench:
    return bench(UNKNOWN)


def reported(words: str) -> set[str]:
    account = ours().account(VisibleText(words))
    return {finding.item.id for finding in account.findings if finding.standing is Standing.PRESENT}


def of_page(root: Path, entry: dict[str, object]) -> list[str]:
    page = read_page(root / str(entry["file"]))
    result = Score()
    result.add(entry, page, ours().account(page))
    return result.notes


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry["file"])
def test_a_text_is_read_as_its_reader_reads_it(entry: dict[str, object]) -> None:
    assert of_page(VET, entry) == []


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="../shared/seeds is not here")
@pytest.mark.parametrize("entry", SEEDS, ids=lambda entry: entry["file"])
def test_a_document_is_read_as_its_reader_reads_it(entry: dict[str, object]) -> None:
    assert of_page(SHARED, entry) == []


@pytest.mark.parametrize("file", HONEST)
def test_no_red_flag_on_an_honest_page(file: str) -> None:
    flags = ours().account(read_page(VET / file)).of(TrustKind.FLAG)
    assert [flag.item.id for flag in flags if flag.standing is Standing.PRESENT] == []


SAID = {
    "cure_claim": (
        "Our cells cure mesothelioma.",
        "CAR-T therapy eradicates advanced tumors.",
        "We have defeated stage 4 cancer in our clinic.",
        "It is the cure for pancreatic cancer.",
        "Immune cell therapy treats solid tumors.",
        "With our method tumors vanish.",
        "The protocol works against every kind of cancer.",
        "Mesothelioma is now curable.",
        "Say goodbye to your tumor.",
        "This living drug wipes out even stage IV lung cancer.",
    ),
    "approved_claim": (
        "CAR-T is approved for mesothelioma.",
        "This cell therapy has won full approval for ovarian cancer.",
        "CAR T cells are FDA-approved for solid tumors.",
        "Satri-cel is a CAR-T approved in China for mesothelioma.",
        "Ask for the fully approved CAR-T.",
        "Engineered T cells are now licensed for pancreatic cancer.",
    ),
    "pay_to_take_part": (
        "The infusion costs $45,000.",
        "One course of treatment is EUR 30.000.",
        "A deposit of 20% secures your bed.",
        "Participants pay for the manufacture of their cells.",
        "Payment plans are available for the therapy.",
        "Treatment packages start at $19,900.",
        "This is a patient-funded trial.",
        "A non-refundable deposit is due before travel.",
        "The enrollment fee for the study is 15,000 dollars.",
    ),
    "registration_as_approval": (
        "Our treatment is approved by ClinicalTrials.gov.",
        "We are an FDA-registered clinic.",
        "Our FDA registration number is on the wall.",
        "The NCT number proves that the therapy is legitimate.",
        "The study is listed at ClinicalTrials.gov and is therefore safe.",
        "We are NIH-approved.",
        "Our cells are recognized by the US government.",
    ),
    "many_diseases": (
        "The same cells help with diabetes, autism and arthritis.",
        "We treat cancer, Parkinson's and lupus.",
        "One infusion for COPD, stroke and hair loss.",
        "It works for over 60 conditions.",
        "Our product helps any disease.",
    ),
    "testimonial": (
        '"After two infusions my tumors were gone," says Rosalind from Perth.',
        '"The doctors gave me three months to live. I am walking again."',
        "“My dad is cancer-free thanks to the team and the treatment.”",
        "She was told she had six weeks to live. Today she is cancer-free.",
        '"I feel like a new person, my scans are clean." Edwin, 71',
    ),
    "promise": (
        "We guarantee results.",
        "There is no risk.",
        "The treatment is risk-free.",
        "A success rate of 95 percent.",
        "It triples survival.",
        "It works for everyone.",
        "You will be cured.",
        "The infusion is completely safe.",
        "Our unprecedented therapy is here.",
        "There are no side effects.",
    ),
    "bare_survival_figure": (
        "With CAR-T 80 percent are alive after two years.",
        "CAR-T has reached 70% survival in mesothelioma.",
        "Patients treated with the cells lived three years longer.",
        "Nine in ten survive after the cells.",
    ),
    "phase1_as_care": (
        "Skip chemotherapy.",
        "Go straight to the cells.",
        "CAR-T should be your first choice.",
        "Choose CAR-T first.",
        "CAR-T is a better option than chemotherapy.",
        "Refuse surgery and ask for the cells.",
    ),
    "rush": (
        "Only 3 places left.",
        "Act now.",
        "Register before midnight to lock in the price.",
        "If you book before Friday, you get 10% off.",
        "Don't wait until it is too late.",
        "Book today.",
        "Time is running out.",
        "The offer ends on Friday.",
        "Spots are filling fast.",
        "Why wait? Call now!",
    ),
    "bundle": (
        "The package combines CAR-T with stem cells and exosomes.",
        "You receive CAR-T, NK cells and growth factors.",
        "CAR-T together with MSC in one protocol.",
        "Our program adds exosomes to CAR-T.",
    ),
    "stale_status": (
        "The trial is recruiting.",
        "The study is open to new patients.",
        "We are accepting participants.",
        "Enrollment is open.",
        "The trial is now enrolling.",
    ),
    "lead_capture": (
        "Request your free guide.",
        "Attorney advertising.",
        "Leave your name and phone number.",
        "A coordinator will call you.",
        "Get a free case review.",
        "Our patient advocates will help you.",
        "Download your free mesothelioma packet.",
    ),
    "nci_number_as_site": (
        "The trial NCI-2024-01620 is taking place at the National Cancer Institute.",
        "It is NCI-2021-04567. That means it runs at the NCI in Bethesda.",
        "NCI-2024-01620 is located at the NIH.",
    ),
}
NOT_SAID = {
    "cure_claim": (
        "No therapy cures mesothelioma.",
        "Beware of clinics that say their cells cure cancer.",
        "Does CAR-T cure mesothelioma?",
        "T cells find and destroy cancer cells.",
        "Researchers hope that the cells will one day cure cancer.",
        "In mice the cells eliminated tumors.",
        "CAR-T does not cure mesothelioma, treat it or eliminate tumors.",
        "A cure for mesothelioma has not been found.",
        "We cannot say that CAR-T cures cancer.",
        "Red flags\n\nThe page says that it cures cancer and that tumors vanish.",
        "Walk away if a clinic:\n- cures all cancers\n- says that tumors vanish",
    ),
    "approved_claim": (
        "CAR-T is not approved for mesothelioma.",
        "No CAR-T has been approved by the FDA for any solid tumor.",
        "In the United States CAR-T is approved for leukemia and lymphoma.",
        "In China satri-cel, a CAR-T, is approved for stomach cancer.",
        "The FDA approved lifileucel, a cell therapy, for melanoma in 2024.",
        "The ethics board approved the protocol for the cells.",
        "Is CAR-T approved for mesothelioma?",
        "They claim that CAR-T is approved for mesothelioma.",
        "CAR-T may be approved for mesothelioma one day.",
        "CAR-T has been approved for blood cancers but not for solid tumors.",
    ),
    "pay_to_take_part": (
        "You should never pay for a place in a trial.",
        "The cells are free of charge.",
        "The trust funds hold 30 billion dollars for treatment.",
        "If a clinic asks for a deposit of $5,000 for the treatment, call us.",
        "They want $20,000 for an infusion. Is that normal?",
        "Parking is $12.",
        "The sponsor pays for the cells; you pay nothing for the treatment.",
        "The foundation raised $250,000 for CAR-T research.",
    ),
    "registration_as_approval": (
        "The study is registered at ClinicalTrials.gov as NCT04577326.",
        "A listing does not mean that the government approved it.",
        "An FDA registration number is not proof of approval.",
        "Is a trial on ClinicalTrials.gov approved by the government?",
    ),
    "many_diseases": (
        "You cannot take part if you have diabetes, COPD or lupus.",
        "CAR-T is being studied in lupus, multiple sclerosis and myasthenia.",
        "Be wary when one product is sold for diabetes, autism and arthritis.",
        "The trial is for mesothelioma, ovarian cancer and pancreatic cancer.",
    ),
    "testimonial": (
        '"We have never seen tumors shrink like this," said Dr. Aurelio Pike, who led the study.',
        '"I was treated with kindness by every nurse," says Tom.',
        "Beware of pages that say “My tumor is gone after two infusions, I am alive thanks to them.”",
    ),
    "promise": (
        "Nobody can guarantee a result.",
        "There is no guarantee.",
        "Prior results do not guarantee a similar outcome.",
        "It is not risk-free.",
        "Anyone who says “no risk” is selling something.",
        "Is there no risk?",
        "The therapy has shown some promise.",
    ),
    "bare_survival_figure": (
        "In the phase 1 trial of CAR-T, 15 of 18 patients were alive after a year.",
        "About ten percent of people with asbestos exposure fall ill within 30 years.",
        "With the cells survival was 18 months against 14 in the control arm of the study.",
        "We do not know how many survive.",
    ),
    "phase1_as_care": (
        "Do not skip chemotherapy.",
        "You should not go straight to the cells.",
        "Never refuse surgery for a promise.",
        "Ask your doctor which standard treatments come first.",
    ),
    "rush": (
        "Do not let anybody tell you to act now.",
        "Beware of pages that say “only 3 places left”.",
        "Take the time that you need.",
        "Call right away if you have a fever; do not wait until tomorrow.",
    ),
    "bundle": (
        "CAR-T differs from NK cells, stem cells and exosomes.",
        "Mixtures of CAR-T with stem cells and exosomes are a red flag.",
        "CAR-T cells are made from T cells.",
    ),
    "stale_status": (
        "The trial is no longer recruiting.",
        "The trial is recruiting, as of 3 November 2026.",
        "The study was looked up on 2 May 2026.\nThe trial is recruiting.",
        "CAR-T cells recruit other cells.",
        "If the study is recruiting, the site will tell you.",
        "The trial is active, not recruiting.",
    ),
    "lead_capture": (
        "Do not leave your name and phone number.",
        "Call the study nurse.",
        "The cells are free of charge.",
        "Beware of pages that offer a free guide and ask for your phone number.",
    ),
    "nci_number_as_site": (
        "NCI-2024-01620 is a registration number.",
        "NCI-2024-01620 does not mean that the trial takes place at the National Cancer Institute.",
        "The trial is run by the National Cancer Institute in Bethesda.",
    ),
}
LONG_BEFORE = "Last year the family wrote to us. "


def pairs(table: dict[str, tuple[str, ...]]) -> pytest.MarkDecorator:
    rows = [(name, words) for name, several in table.items() for words in several]
    return pytest.mark.parametrize(("name", "words"), rows, ids=[f"{name}-{words[:40]}" for name, words in rows])


@pairs(SAID)
def test_a_flag_is_raised(name: str, words: str) -> None:
    assert name in reported(words)
    assert name in reported(LONG_BEFORE + words.upper()) or '"' in words or "“" in words or name == "approved_claim"


@pairs(NOT_SAID)
def test_what_is_denied_warned_of_or_honest_is_no_flag(name: str, words: str) -> None:
    assert name not in reported(words)


def test_each_flag_has_wordings_for_and_against() -> None:
    flags = {item.id for item in ours().items if item.kind is TrustKind.FLAG} - {"registry_contradiction"}
    assert SAID.keys() == NOT_SAID.keys() == flags


SENTENCES = yaml.safe_load((VET / "sentences.yaml").read_text(encoding="utf-8"))
NOT_TOLD = {  # the beginning of a sentence, and why it cannot be told
    "Key facts": "product, disease and approval stand in lines of their own, as in a list of several products",
    "Admission to the research protocol requires settlement": "settlement is a word of law firms",
    "Cancer? Crohn's?": "two questions, and a number without what it counts",
    "★★★★★ Cured": "the story and its proof are nowhere linked",
    "My wife was sent home": "no word for what was done, and `no` before the trace of cancer",
    "Lung cancer: 4 in 5": "what was given is not said",
    "Why settle for standard care": "`when` opens a condition elsewhere",
    "Treatment site no.": "`no.` ends a sentence",
    "my onc found a place called": "a question",
    "Participating hospitals": "a bare number in a list, far from its heading",
}


def of_sentences(wanted: str) -> pytest.MarkDecorator:
    rows = [
        pytest.param(
            name,
            words,
            id=f"{name}-{number}",
            marks=[
                pytest.mark.xfail(strict=True, reason=why)
                for start, why in NOT_TOLD.items()
                if wanted == "present" and words.startswith(start)
            ],
        )
        for name, cases in SENTENCES.items()
        for number, words in enumerate(cases[wanted])
    ]
    return pytest.mark.parametrize(("name", "words"), rows)


@of_sentences("present")
def test_a_sentence_is_told(name: str, words: str) -> None:
    assert name in reported(words)


@of_sentences("absent")
def test_a_sentence_that_looks_alike_is_not(name: str, words: str) -> None:
    assert name not in reported(words)


def test_few_sentences_cannot_be_told() -> None:
    assert len(NOT_TOLD) <= 0.1 * sum(len(cases["present"]) for cases in SENTENCES.values())


SIGNALS = {
    "target": ("The cells look for claudin 18.2.", "Aimed at GPC3", "It targets IL13Rα2.", "against B7-H3"),
    "tumor_type": ("for hepatocellular carcinoma", "lung cancers", "cancer of the bile ducts", "glioblastoma"),
    "eligibility": ("ECOG 0 or 1 is needed.", "Inclusion criteria", "You must be 18 or older.", "Who can take part"),
    "investigational": ("It is investigational.", "The cells are still being tested.", "It is not yet FDA-approved."),
    "limits_and_risks": ("Cytokine release syndrome", "It is not known whether it helps.", "A patient died after it."),
    "alternatives": (
        "Ask for other treatment options.",
        "There is nivolumab with ipilimumab.",
        "palliative care alone",
    ),
    "consent_oversight": ("Read the consent form.", "An ethics committee watches.", "an institutional review board"),
    "phase_status_date": ("Phase 2, recruiting patients, as of 2026-05-03.",),
    "center": ("The trial runs at Larkspur University Hospital.",),
}
NO_SIGNALS = {
    "target": ("specific markers", "an eGFR of 60 or more"),
    "tumor_type": ("solid tumors", "all cancers", "tumor cells"),
    "eligibility": ("We take everyone.", "No eligibility criteria!"),
    "investigational": ("It is no longer experimental.",),
    "limits_and_risks": ("There are no side effects.", "without any side effects"),
    "alternatives": ("after chemotherapy or immunotherapy",),
    "consent_oversight": ("By clicking you consent to receive our newsletter.",),
    "phase_status_date": ("Phase 2, recruiting patients.", "As of 2026-05-03 it recruits."),
    "center": ("The trial runs at a large hospital.",),
}


@pairs(SIGNALS)
def test_a_signal_is_seen(name: str, words: str) -> None:
    assert name in reported(words)


@pairs(NO_SIGNALS)
def test_a_signal_is_not_seen_in_what_only_looks_like_it(name: str, words: str) -> None:
    assert name not in reported(words)


def held(what: str, agrees: Truth) -> Held:
    point = Point(what, agrees, "page", "record", Quote(0, 4, "They"))
    return Held("NCT04577326", Truth.TRUE, None, (point,))


@pytest.mark.parametrize(
    ("what", "agrees", "standing"),
    [
        ("sponsor", Truth.FALSE, Standing.PRESENT),
        ("exists", Truth.FALSE, Standing.PRESENT),
        ("sponsor", Truth.TRUE, Standing.ABSENT),
        ("status", Truth.FALSE, Standing.ABSENT),
    ],
)
def test_a_record_that_differs(what: str, agrees: Truth, standing: Standing) -> None:
    page = VisibleText("They run NCT04577326.")
    account = examine(page, ours().items, (), (held(what, agrees),), ours().dictionary.tumor_types)
    assert {finding.item.id: finding.standing for finding in account.findings}["registry_contradiction"] is standing


def test_without_a_record_a_contradiction_is_unknown() -> None:
    finding = ours().account(VisibleText("Nothing is named.")).findings[-1]
    assert (finding.item.id, finding.standing) == ("registry_contradiction", Standing.UNKNOWN)
    assert finding.note


def test_findings_come_in_the_order_of_the_items_and_quote_the_text() -> None:
    words = "We guarantee a cure for cancer. " * 30
    account = ours().account(VisibleText(words))
    assert [finding.item for finding in account.findings] == list(ours().items)
    for finding in account.findings:
        assert len(finding.quotes) <= MOST_QUOTES
        assert [quote.text for quote in finding.quotes] == [words[one.start : one.end] for one in finding.quotes]


@pytest.mark.parametrize(
    "piece",
    ["no ", "We guarantee a cure, no risk. ", "guarantee ", "(\n\n", "car t stem cells exosomes ", "a: b; ",
     '"my tumor ',
     "NCI-2024-01620 at the NCI ", "- \n", "$400 infusion\n", "diabetes, autism "],
)  # fmt: skip
def test_the_work_grows_with_the_text_alone(piece: str) -> None:
    book = phrasebook(ours().items)

    def work(times: int) -> int:
        before = book.looked
        for sentence in sentences(VisibleText(piece * times)):
            book.find(sentence)
        return book.looked - before

    assert work(4000) <= 4.2 * work(1000) + 200


@given(st.text(alphabet=string.printable + "“”’éß€α\u00a0\u2011", max_size=400))
def test_any_text_is_examined(words: str) -> None:
    account = ours().account(VisibleText(words))
    assert len(account.findings) == 25
    assert all(words[quote.start : quote.end] == quote.text for finding in account.findings for quote in finding.quotes)


# ------------------------------------------------------------------ the language of phrases

TOKENS = st.builds(Token, st.text(alphabet="abcdefgh", min_size=3, max_size=6), st.booleans())
LEAVES = st.one_of(TOKENS, st.just(Number()))
STEPS = st.recursive(
    LEAVES,
    lambda steps: st.one_of(
        st.builds(
            OneOf,
            st.lists(st.lists(steps, min_size=1, max_size=3).map(tuple), min_size=2, max_size=3).map(tuple),
        ),
        st.builds(Maybe, st.lists(steps, min_size=1, max_size=3).map(tuple)),
        st.just(Gap()),
        st.builds(Edge, st.booleans()),
    ),
    max_leaves=8,
)
PHRASES = (
    st.tuples(TOKENS, st.lists(STEPS, max_size=4).map(tuple), TOKENS)
    .map(lambda parts: (parts[0], *parts[1], parts[2]))
    .filter(lambda phrase: not can_be_empty(phrase))
)


@given(PHRASES)
def test_what_is_written_is_read_back(phrase: tuple[Token, ...]) -> None:
    assert parse_phrase(phrase_text(phrase)) == phrase


def test_all_shipped_phrases_are_read_back() -> None:
    shipped = [phrase for item in ours().items for phrase in (*item.phrases, *item.unless)]
    for text in [*shipped, *(phrase for several in labels().values() for phrase in several)]:
        assert parse_phrase(phrase_text(parse_phrase(text))) == parse_phrase(text)


@pytest.mark.parametrize(
    "text",
    ["", "[maybe]", "..", ".. word", "word ..", "(one / two", "one / two", "(one two)", "one)", "Word", "car-t", "a*",
     "(a / )", "[]", "((((((((a / b) / c) / d) / e) / f) / g) / h) / i)", "word " * 2000, "|a", "#*", "(a b|c d / e)",
     "[one two|three]", "{one two", "{one two}", "{}", "{one, }", "{-one}",
     "{one, {two, three}}", "one {two, three}"],
)  # fmt: skip
def test_what_is_no_phrase_is_refused(text: str) -> None:
    with pytest.raises(PhraseError):
        parse_phrase(text)


@given(st.text(alphabet="ab#*|/()[]<>. ", max_size=60))
def test_any_text_is_a_phrase_or_refused(text: str) -> None:
    try:
        phrase = parse_phrase(text)
    except PhraseError:
        return
    assert parse_phrase(phrase_text(phrase)) == phrase


@pytest.mark.parametrize(
    ("text", "here", "near", "without"),
    [
        ("{one, two}", 2, 0, 0),
        ("{one; two three}", 1, 1, 0),
        ("{one|two, -three}", 1, 0, 1),
        ("{a b, c; d, -e}", 2, 1, 1),
    ],
)
def test_phrases_stand_together(text: str, here: int, near: int, without: int) -> None:
    statement = parse_phrase(text)
    assert isinstance(statement, Together)
    assert (len(statement.here), len(statement.near), len(statement.without)) == (here, near, without)
    assert parse_phrase(phrase_text(statement)) == statement


@pytest.mark.parametrize(
    ("statement", "words", "found"),
    [
        ("{price, cells}", "Our cells have a price.", True),
        ("{price, cells}", "Our cells are here. They have a price.", False),
        ("{price; cells}", "Our cells are here. They have a price.", True),
        ("{price; cells}", "Our cells are here.\n\nThey have a price.", False),
        ("{price, cells, -free}", "The cells are free, without a price.", False),
        ("{price, cells}", "The price " + "of this and that " * 8 + "cells", False),
    ],
)
def test_where_phrases_stand_together(statement: str, words: str, found: bool) -> None:  # noqa: FBT001 - a table
    book = Phrasebook({"it": [parse_phrase(statement)]})
    assert bool(list(together(said_in(sentences(VisibleText(words)), book), book))) is found


# ------------------------------------------------------------------ trust.yaml

ITEM = """
signals: []
flags:
  - {id: a, title: A, why: B, asks: C, next: D, source: E, phrases: [PHRASE]}
"""


def compiled(text: str) -> object:
    return compile_trust(load_text(Text("trust.yaml", text)), parse_phrase)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ITEM.replace("PHRASE", '"(one"'), "not closed"),
        (ITEM.replace("PHRASE", "<nowhere>"), "no list of wordings"),
        (ITEM.replace("why: B, ", ""), "`why` is missing"),
        (ITEM + "wordings: {one: [word]}", "one wording"),
        (ITEM + "wordings: {start: [word, two]}", "cannot name a list"),
        (ITEM.replace("flags:", "flags:\n" + ITEM.split("flags:\n")[1].rstrip()), "two items"),
    ],
)
def test_what_is_wrong_in_trust_yaml_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        compiled(text.replace("PHRASE", "word"))
    assert message in str(refused.value)
    assert "trust.yaml:" in str(refused.value)


@pytest.mark.parametrize("field", ["unless", "wordings"])
def test_braces_stand_in_the_phrases_of_an_item_only(field: str) -> None:
    braced = "['{a, b}', word]"
    text = ITEM.replace("[PHRASE]", f"[word], unless: {braced}" if field == "unless" else "['{word, two}']")
    with pytest.raises(InputError, match="braces"):
        compiled(text if field == "unless" else text + f"wordings: {{one: {braced}}}")
    assert compiled(ITEM.replace("PHRASE", "'{word, two}'"))


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("El tratamiento se ofrece en un ensayo clínico y no está aprobado para este tipo de tumor. " * 3, False),
        ("The treatment is given in a clinical trial and is not approved for this kind of tumor. " * 3, True),
        ("CAR-T", True),
    ],
)
def test_what_is_not_found_in_another_language_is_unknown(words: str, known: bool) -> None:  # noqa: FBT001 - a table
    finding = {one.item.id: one for one in ours().account(VisibleText(words)).findings}["rush"]
    assert finding.standing is (Standing.ABSENT if known else Standing.UNKNOWN)
    assert finding.note == ("" if known else ENGLISH_ONLY)


def test_shared_wordings_are_put_in_their_place() -> None:
    text = ITEM.replace("PHRASE", "<cells> cure") + "wordings: {cells: [car t, nk cells]}"
    assert compiled(text)[0].phrases == ("(car t / nk cells) cure",)  # type: ignore[index]


def test_a_folder_without_the_file_has_no_items(tmp_path: Path) -> None:
    assert load_trust(tmp_path) == ()


def test_the_items_are_those_of_the_texts() -> None:
    items = ours().items
    assert sorted(item.id for item in items) == sorted(
        {*ENTRIES[0]["present"], *ENTRIES[0]["absent"], *ENTRIES[0]["open"]}
    )
    assert [item.kind for item in items] == [TrustKind.SIGNAL] * 10 + [TrustKind.FLAG] * 15
    assert all(item.asks.endswith("?") for item in items)
