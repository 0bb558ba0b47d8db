"""Patient files: YAML or JSON with `patient`, `as_of` and `facts`.

What is wrong with the file (unknown fact, wrong shape) refuses the file. What is wrong with one value makes that value
missing as a bad value, and is reported beside the result, so that nothing else is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.dates import parse_day
from screener.errors import BadAnswer
from screener.model import (
    Dictionary,
    Fact,
    FactType,
    Missing,
    MissingReason,
    Patient,
    Retold,
    TeachBack,
    Treatments,
    Value,
)
from screener.patient.answers import MISSING_WORDS, read_answer
from screener.patient.treatments import read_treatment
from screener.source import Mapping, Node, Reader, Scalar, Sequence
from screener.source.fields import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_TREATMENT_KEYS = ("agent", "class", "start", "last_dose", "response", "half_life_days")
_RESULT_KEYS = ("value", "uln", "lln", "date")
_TEACH_BACK_KEYS = ("teach_back", "initials", "points", "understood", "words")
PATIENT_KEYS = frozenset({"patient", "as_of", "facts", "missing", *_TEACH_BACK_KEYS, *_TREATMENT_KEYS, *_RESULT_KEYS})


def compile_patient(
    node: Node, dictionary: Dictionary, *, today: date, as_of: date | None = None, default_id: str = ""
) -> Patient:
    """Read a patient. `as_of` replaces the file's own day for judging, not for what its answers mean; without either,
    `today` counts. Raises InputError.

    The patient's `problems` are the values that could not be read.
    """
    reader = Reader()
    fields = reader.mapping(node, ["patient", "as_of", "teach_back"], required=["facts"])
    name = _patient_id(reader, fields.get("patient")) or default_id
    file_day = reader.parsed(fields["as_of"], parse_day) if "as_of" in fields else None
    held = _teach_back(reader, fields["teach_back"]) if "teach_back" in fields else None
    reader.finish()
    day = as_of or file_day or today
    compiler = FactsCompiler(dictionary, file_day or day)  # "3 weeks ago" was said on the file's day
    facts = compiler.facts(fields["facts"])
    return Patient(name, day, facts, tuple(compiler.values.problems), held)


def _teach_back(reader: Reader, node: Node) -> TeachBack:
    """How the patient's understanding was asked for, as an interview writes it. It decides nothing."""
    fields = reader.mapping(node, (), ["initials", "points"])
    retold = []
    for point, entry in reader.mapping(fields["points"]).items() if "points" in fields else ():
        item = reader.mapping(entry, (), ["understood", "words"])
        if "understood" in item and "words" in item:
            words = reader.scalar(item["words"])
            retold.append(Retold(point, words.value if words else "", reader.flag(item["understood"])))
    return TeachBack(reader.text(fields["initials"]) if "initials" in fields else "", tuple(retold))


def _patient_id(reader: Reader, node: Node | None) -> str:
    """An id may look like a number: it is never read as one."""
    scalar = None if node is None else reader.scalar(node)
    return scalar.value.strip() if scalar else ""


class FactsCompiler:
    """Reads the `facts` of a patient or a case; faults of single values go to `values`."""

    def __init__(self, dictionary: Dictionary, as_of: date) -> None:
        """Take the dictionary, and the day from which times ago are counted."""
        self.dictionary = dictionary
        self.as_of = as_of
        self.shape = Reader()
        self.values = Reader()

    def facts(self, node: Node) -> dict[str, Value | Missing]:
        """Read all facts. Raises InputError for faults of shape."""
        found: dict[str, Value | Missing] = {}
        if not isinstance(node, Mapping):
            self.shape.note(node, "a mapping of facts to answers is wanted here", "write `age: 61` lines")
        for key, value in getattr(node, "items", ()) if isinstance(node, Mapping) else ():
            fact = self.dictionary.find(key.value)
            if fact is None:
                self.shape.note(key, f"there is no fact `{key.value}`", nearest(key.value, self.dictionary.facts))
            elif fact.id in found:
                self.shape.note(key, f"`{fact.id}` is answered twice", "keep one of the two")
            else:
                found[fact.id] = self.value(fact, value)
        self.shape.finish()
        return found

    def value(self, fact: Fact, node: Node) -> Value | Missing:
        """Read one answer; a fault makes it missing as a bad value."""
        if isinstance(node, Scalar) and node.plain and node.value in {"", "~", "null"}:
            return Missing(MissingReason.NOT_ASKED)
        try:
            if isinstance(node, Mapping) and node.get("missing"):
                return self.missing(node)
            if fact.type is FactType.THERAPIES and not isinstance(node, Scalar):
                return self.treatments(node)
            texts = self.result(fact, node)
            return read_answer(fact, texts["value"], self.dictionary, self.as_of, texts)
        except BadAnswer as bad:
            self.values.note(node, f"{fact.id}: {bad.reason}", bad.remedy)
            return Missing(MissingReason.BAD_VALUE, bad.reason)

    def result(self, fact: Fact, node: Node) -> dict[str, str]:
        """Give the texts of an answer: the value alone, or `{value: …, uln: …, date: …}`."""
        if isinstance(node, Scalar):
            if not node.value.strip() and node.text.content[node.start : node.start + 1] in {">", "|"}:
                raise BadAnswer(
                    "{fact}: YAML takes `>` and `|` for the head of a longer text",
                    "put quotes around it",
                    fact=fact.name,
                )
            return {"value": node.value}
        if isinstance(node, Sequence):
            raise BadAnswer("{fact} has one answer, not a list", "write the value alone", fact=fact.name)
        texts = self.texts(node, _RESULT_KEYS)
        if "value" not in texts:
            raise BadAnswer("the value is missing", "write {value: …, uln: …, date: …}")
        if fact.type is not FactType.QUANTITY and texts.keys() > {"value"}:
            raise BadAnswer("{fact} has neither limits nor a date", "write the value alone", fact=fact.name)
        return texts

    def missing(self, node: Mapping) -> Missing:
        """Read `{missing: not_done}`."""
        word = self.texts(node, ["missing"]).get("missing", "")
        if word not in MISSING_WORDS:
            raise BadAnswer("this reason is not known", f"write one of: {', '.join(MISSING_WORDS)}")
        return Missing(MISSING_WORDS[word])

    def treatments(self, node: Node) -> Treatments | Missing:
        """Read a list of treatments. One that cannot be read spoils the list: what is lost could matter."""
        if not isinstance(node, Sequence):
            raise BadAnswer("treatments are a list", "write `- {agent: …, last_dose: …}` lines, or [] for none")
        items = []
        spoiled = ""
        for item in node.items:
            fields = {"agent": item.value} if isinstance(item, Scalar) else self.texts(item, _TREATMENT_KEYS)
            try:
                items.append(read_treatment(fields, self.dictionary, self.as_of))
            except BadAnswer as bad:
                self.values.note(item, f"prior_therapies: {bad.reason}", bad.remedy)
                spoiled = bad.reason
        return Missing(MissingReason.BAD_VALUE, spoiled) if spoiled else Treatments(tuple(items))

    def texts(self, node: Node, keys: Iterable[str]) -> dict[str, str]:
        """Give the fields of a mapping as texts; faults of shape refuse the file."""
        fields = self.shape.mapping(node, keys)
        scalars = {key: self.shape.scalar(value) for key, value in fields.items()}
        return {key: scalar.value for key, scalar in scalars.items() if scalar is not None}
