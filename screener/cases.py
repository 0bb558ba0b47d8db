"""Cases: patients and the outcomes a clinician expects, run against the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from screener.dates import parse_day
from screener.evaluate import screen_trial
from screener.model import Dictionary, Missing, Outcome, Patient, Trial, TrialResult, Value, Verdict
from screener.patient.file import FactsCompiler
from screener.source import Mapping, Node, Reader
from screener.source.fields import nearest

if TYPE_CHECKING:
    from datetime import date

    from screener.errors import Place

_CASE_KEYS = ("set", "drop", "as_of")


@dataclass(frozen=True)
class Case:
    """A patient and what is expected: criterion ids, `verdict` and `eligible_from` to their words."""

    name: str
    patient: Patient
    expect: dict[str, str]
    place: Place


@dataclass(frozen=True)
class Failure:
    """An expectation that did not come true."""

    case: Case
    about: str
    expected: str
    found: str
    why: str


def compile_cases(node: Node, trial: Trial, dictionary: Dictionary) -> tuple[Case, ...]:
    """Read a case file. Raises InputError."""
    reader = Reader()
    head = "profile" if trial.is_profile else "trial"
    fields = reader.mapping(node, (), required=[head, "as_of", "patient", "cases"])
    day = reader.day(fields["as_of"]) if "as_of" in fields else None
    if head in fields and reader.text(fields[head]) != trial.id:
        reader.note(fields[head], f"these cases are of another trial than {trial.id}", "move or rename the file")
    reader.finish()
    cases = [
        _case(reader, item, fields["patient"], day, trial, dictionary) for item in reader.sequence(fields["cases"])
    ]
    names = [case.name for case in cases if case]
    for item, case in zip(reader.sequence(fields["cases"]), cases, strict=True):
        if case and names.count(case.name) > 1:
            reader.note(item, f"two cases are called `{case.name}`", "rename one")
    reader.finish()
    return tuple(case for case in cases if case)


def _case(
    reader: Reader, node: Node, base: Node, day: date | None, trial: Trial, dictionary: Dictionary
) -> Case | None:
    fields = reader.mapping(node, _CASE_KEYS, required=["case", "expect"])
    as_of = reader.parsed(fields["as_of"], parse_day) if "as_of" in fields else day
    if as_of is None or "case" not in fields or "expect" not in fields:
        return None
    facts = _facts(reader, base, dictionary, as_of)
    for item in reader.sequence(fields.get("drop")):
        if facts.pop(reader.text(item), None) is None:
            reader.note(item, "the patient has no such fact to drop", nearest(reader.text(item), facts))
    if "set" in fields:
        facts |= _facts(reader, fields["set"], dictionary, as_of)
    return Case(
        name=reader.text(fields["case"]),
        patient=Patient("case", as_of, facts),
        expect=_expect(reader, fields["expect"], trial),
        place=node.place,
    )


def _facts(reader: Reader, node: Node, dictionary: Dictionary, as_of: date) -> dict[str, Value | Missing]:
    """Facts of a case; a value that cannot be read is a value of the case, and unknown."""
    compiler = FactsCompiler(dictionary, as_of)
    found = compiler.facts(node)
    reader.problems += compiler.shape.problems
    return found


def _expect(reader: Reader, node: Node, trial: Trial) -> dict[str, str]:
    words = {criterion.id: [outcome.value for outcome in Outcome] for criterion in trial.criteria}
    words["verdict"] = [verdict.value for verdict in Verdict]
    expect: dict[str, str] = {}
    for key, value in node.items if isinstance(node, Mapping) else ():
        if key.value == "eligible_from":
            expect[key.value] = str(reader.day(value))
        elif key.value not in words:
            reader.note(key, f"there is no criterion `{key.value}`", nearest(key.value, words))
        else:
            expect[key.value] = reader.one_of(value, words[key.value])
    if not expect:
        reader.note(node, "a case expects something", "map criterion ids to outcomes")
    return expect


def run_case(case: Case, trial: Trial, dictionary: Dictionary) -> list[Failure]:
    """Screen the case's patient and give what did not come out as expected.

    The verdict is that of the best open cohort; a criterion may be one of any cohort.
    """
    result = screen_trial(trial, case.patient, dictionary)
    whole = screen_trial(replace(trial, cohorts=()), case.patient, dictionary) if trial.cohorts else result
    found = outcomes(whole) | {"verdict": result.verdict.value, "eligible_from": str(result.eligible_from)}
    whys = {item.criterion.id: item.why for item in whole.criteria}
    return [
        Failure(case, about, expected, found.get(about, "not judged"), whys.get(about, ""))
        for about, expected in case.expect.items()
        if found.get(about) != expected
    ]


def outcomes(result: TrialResult) -> dict[str, str]:
    """The outcomes of a result in the words of case files."""
    found = {item.criterion.id: item.outcome.value for item in result.criteria}
    return found | {"verdict": result.verdict.value, "eligible_from": str(result.eligible_from)}
