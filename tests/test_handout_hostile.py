"""Hand-outs of hostile texts: nothing of a text becomes markup, and all of it is shown."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from screener.errors import CONTROL, clean
from screener.model import Coded, Missing, Number, Patient, Retold, Site, TeachBack, Treatments
from screener.render.handout import HandOut, render_html, render_markdown
from tests.handouts import (
    CATALOG,
    DICTIONARY,
    LANDSCAPE,
    STUDIES,
    TALK,
    Note,
    Page,
    example,
    handed,
    read_html,
    read_markdown,
    squeezed,
)
from tests.program import Program, Ran
from tests.test_invented import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.model import Trial, Value

PLAIN = "Plainly"
HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\"><b>x</b> ' onmouseover='y",
    "end of page": "</title></style></main></td></table><!-- x --><![CDATA[ y ]]>",
    "rich": "[bold]x[/bold] [red on blue]y[/]",
    "link": "[x](http://a.b) ![y](http://a.b/c.png) <http://a.b> [z]: http://a.b",
    "emphasis": "**x** __y__ *z* _w_ ~~v~~ `u` ``t`` # s",
    "table": "| a | b |\n|---|---|\n| c | d |\n\n# head\n\n- item\n\n    code",
    "escape": "a\\ b\\\\ \\| \\* \\<b> \\",
    "template": "{{ 7*7 }} {% raw %} {0} {day} {patient} {number} %s %(day)s ${x}",
    "control": "a\x1b[31m\x9b2J\x07\x00\x08b\rc",
    "direction": "a\u202eevil\u2066\u200b\ufeff\u061cb",
    "long word": "W" * 2000,
    "entity": "&lt;b&gt; &#60;i&#62; &amp; &copy; AT&T",
    "foreign": "\N{STETHOSCOPE} é 漢字 עברית",
    "numbered": "1. one",
    "bulleted": "- item",
    "plus": "+ item",
    "ruled": "---",
}


@cache
def with_text(text: str, *, explain: bool = False) -> HandOut:
    """The hand-out of the example where every text of files and answers is this one: a no match, a not yet, a match."""
    facts = {
        name: replace(
            fact, name=text, where=text, choices=tuple(replace(choice, means=text) for choice in fact.choices)
        )
        for name, fact in DICTIONARY.facts.items()
    }
    talk = replace(
        TALK,
        teach_back=tuple(replace(point, say=text) for point in TALK.teach_back),
        questions=tuple(replace(question, ask=text) for question in TALK.questions),
    )
    landscape = replace(
        LANDSCAPE,
        other_paths=tuple(replace(path, title=text, says=text, ask=text) for path in LANDSCAPE.other_paths),
        steps=tuple(replace(step, title=text, does=text) for step in LANDSCAPE.steps),
        side_effects=tuple(replace(effect, title=text, call=text) for effect in LANDSCAPE.side_effects),
    )
    retold = tuple(Retold(point, text, understood=False) for point in (*(point.id for point in TALK.teach_back), text))
    known = {name: worded(value, text) for name, value in example().facts.items()}
    patient = Patient(text, DAY, known, teach_back=TeachBack(text, retold))
    trials = [worded_trial(trial, text) for trial in CATALOG.choose(["NCT02580747", "NCT04577326", "NCT05568680"])]
    dictionary = replace(DICTIONARY, facts=facts)
    return handed(patient, trials, dictionary=dictionary, talk=talk, landscape=landscape, explain=explain).page


def worded(value: Value | Missing, text: str) -> Value | Missing:
    match value:
        case Number() | Coded():
            return replace(value, shown=text)
        case Treatments(items):
            return Treatments(tuple(replace(item, agent=text) for item in items))
        case _:
            return value


def worded_trial(trial: Trial, text: str) -> Trial:
    assert trial.registry
    return replace(
        trial,
        title=text,
        registry=replace(trial.registry, status_source=text),
        sites=(Site(text, text, text, text),),
        criteria=tuple(replace(criterion, text=text) for criterion in trial.criteria),
    )


def both_plain_and(text: str) -> Iterator[tuple[HandOut, HandOut]]:
    """The hand-out of harmless texts beside that of this text, short and with every criterion."""
    for explain in (False, True):
        yield with_text(PLAIN, explain=explain), with_text(text, explain=explain)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_never_markup_in_markdown(name: str) -> None:
    for plain, hostile in both_plain_and(HOSTILE[name]):
        assert Note.of(render_markdown(hostile)).shape == Note.of(render_markdown(plain)).shape


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_never_markup_in_html(name: str) -> None:
    for plain, hostile in both_plain_and(HOSTILE[name]):
        assert Page(render_html(hostile)).shape == Page(render_html(plain)).shape


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_as_it_stands_wherever_it_stands(name: str) -> None:
    shown = squeezed(clean(HOSTILE[name]))
    for plain, hostile in both_plain_and(HOSTILE[name]):
        for reader in (read_markdown, read_html):
            assert reader(hostile).count(shown) == reader(plain).count(PLAIN) > 50


@pytest.mark.parametrize("name", HOSTILE)
def test_no_control_nor_direction_character_reaches_a_hand_out(name: str) -> None:
    for _, hostile in both_plain_and(HOSTILE[name]):
        assert not CONTROL.search(render_markdown(hostile) + render_html(hostile))


def test_the_id_of_a_trial_cannot_break_out_of_its_link() -> None:
    trial = replace(STUDIES[0], id="NCT1> <b>x</b> <script>")
    page = handed(example(), [trial]).page
    assert "html_inline" not in Note.of(render_markdown(page)).shape
    assert Page(render_html(page)).all("script", "b") == []


# ---------------------------------------------------------------- the program


SPELLED = """\
patient: "P-1 <script>a</script> | **b** \\e[31m\\u202e"
as_of: 2026-11-22
facts:
  age: 61
  tumor_type: pleural mesothelioma
  prior_therapies: [{agent: "<b>x</b> [y](http://a.b) | _z_\\x9b2J", last_dose: 2026-11-20}]
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    program = Program(tmp_path_factory.mktemp("hostile hand-outs"))
    program.write("spelled.yaml", SPELLED)
    return program.run_all(
        {
            "spelled md": ["screen", "spelled.yaml", "-f", "md", "--explain"],
            "spelled html": ["screen", "spelled.yaml", "-f", "html", "--explain"],
        }
    )


def test_a_hostile_patient_file_stays_text(ran: dict[str, Ran]) -> None:
    note, page = Note.of(ran["spelled md"].out), Page(ran["spelled html"].out)
    assert ran["spelled md"].code == ran["spelled html"].code == 0
    for shown in (note.text, page.text):
        assert "P-1 <script>a</script> | **b** \N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}" in shown
        assert "<b>x</b> [y](http://a.b) | _z_\N{REPLACEMENT CHARACTER}2J (2026-11-20)" in shown
    assert not {"html_inline", "html_block", "em_open", "image", "code_inline"} & set(note.shape)
    assert page.all("script", "b") == []
    assert not CONTROL.search(ran["spelled md"].out + ran["spelled html"].out)
