"""What the columns of an intake mean: facts, their limits and dates, the patient's id and the day of screening.

A first line that is no header may be a patient's: only headers of which something was understood are shown.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from screener.errors import CONTROL, InputError, Problem, clean
from screener.model import Dictionary, Fact, FactType, word_key
from screener.source import Mapping as Fields
from screener.source import Node, Reader, read_document
from screener.units import normal_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ID, DAY, IGNORE = "patient_id", "as_of", "ignore"
_ID_KEYS = {"patientid", "patient", "id", "subjectid", "subject", "mrn", "recordid", "studyid"}
_DAY_KEYS = {"asof", "screeningdate"}
_MAX_LENGTH = 200  # a longer header means nothing here
_SHOWN, _LISTED, _NEARLY = 60, 5, 0.75


class Part(Enum):
    """What of a result a column holds."""

    VALUE = "value"
    ULN = "uln"
    LLN = "lln"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is understood: its index from 0, and the unit, in its normal spelling, of cells that write none."""

    index: int
    header: str
    fact: Fact
    part: Part
    unit: str | None


@dataclass(frozen=True)
class Layout:
    """The columns of an intake: indexes of the patient's id and of the day of screening, and what the others mean.

    `unknown` are the headers not understood, each with a hint. Headers are as written, harmless and cut.
    """

    id: int
    as_of: int | None
    columns: tuple[Column, ...]
    unknown: tuple[tuple[str, str], ...]


# Between a name and what follows it stand blanks, brackets and the like; `AST/ULN` is a ratio and no limit.
_SUFFIX = r"(?P<name>.*[^\W_][)\]]?)[\s_.,:(\[-]*(?:{})[\s)\]]*"
_LIMIT = r"{}[\s_-]*limit(?:[\s_-]*of)?(?:[\s_-]*normal)?"
_PARTS = {
    Part.ULN: re.compile(_SUFFIX.format("uln|" + _LIMIT.format("upper")), re.IGNORECASE),
    Part.LLN: re.compile(_SUFFIX.format("lln|" + _LIMIT.format("lower")), re.IGNORECASE),
    Part.DATE: re.compile(_SUFFIX.format("date"), re.IGNORECASE),
}
# Where a unit may stand, and whether what stands there surely is one: in the last brackets, in the first (they may hold
# others), behind the last comma, behind the last blank.
_UNITS = (
    (re.compile(r"(?P<name>.+)[(\[](?P<unit>[^()\[\]]*)[)\]](?P<rest>[^()\[\]]*)"), True),
    (re.compile(r"(?P<name>[^(\[]+)[(\[](?P<unit>.+)[)\]](?P<rest>[^()\[\]]*)"), True),
    (re.compile(r"(?P<name>.+),(?P<unit>[^,]+)(?P<rest>)"), True),
    (re.compile(r"(?P<name>.+)[\s_](?P<unit>[^\s_]+)(?P<rest>)"), False),
)
_PERCENT = re.compile("%|pct|percent", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a header says: a part of a fact, and a unit, which the fact may not take."""

    fact: Fact
    part: Part
    unit: str | None = None

    @property
    def name(self) -> str:
        """The plainest header for it."""
        return self.fact.id if self.part is Part.VALUE else f"{self.fact.id}_{self.part.value}"

    @property
    def units(self) -> list[str]:
        """The units it takes."""
        return [unit for unit, _ in self.fact.units] if self.part is not Part.DATE else []

    @property
    def fits(self) -> bool:
        """Whether it takes the unit; on a scale, `80 %` is 80."""
        return self.unit in {None, *self.units} or (self.unit == "%" and self.fact.type is FactType.SCALE)


def read_headers(
    header: Sequence[str], dictionary: Dictionary, mapping: Mapping[str, str] | None = None, file: str = ""
) -> Layout:
    """Give the meaning of each column of an intake `file`. Raises InputError with all faults of the header.

    `mapping` gives some headers, as the file writes them, another one: of a fact, `patient_id`, `as_of` or `ignore`.
    """
    reading = _Reading(header, dictionary, file)
    targets = reading.targets(mapping or {})
    for index, written in enumerate(header):
        reading.read(index, written, targets.get(index))
    return reading.layout()


def read_mapping(node: Node) -> dict[str, str]:
    """Read the lines `their header: our header` of a file for --map. Raises InputError."""
    return read_document(node, _mapping)


def _mapping(reader: Reader, node: Node) -> dict[str, str]:
    first: dict[str, str] = {}
    for key, _ in node.items if isinstance(node, Fields) else ():
        other = first.setdefault(_key(key.value), key.value)
        if other != key.value:
            reader.note(key, f"`{key.value}` and `{other}` are the same header", "keep one of the two")
    return {name: reader.text(value) for name, value in reader.mapping(node).items()}


class _Reading:
    """Reads the columns of one intake and collects its problems."""

    def __init__(self, header: Sequence[str], dictionary: Dictionary, file: str) -> None:
        self.header = header
        self.dictionary = dictionary
        self.words = [word_key(name) for fact in dictionary.facts.values() for name in (fact.id, *fact.aliases)]
        self.file = file
        self.problems: list[Problem] = []
        self.ids: dict[int, bool] = {}  # by index: whether it is surely the patient's id
        self.named: dict[str, list[int]] = {}  # by what is meant: indexes
        self.columns: list[Column] = []
        self.unknown: dict[int, str] = {}

    def note(self, message: str, remedy: str) -> None:
        """Note something wrong with the header."""
        self.problems.append(Problem(f"{self.file}: {message}" if self.file else message, remedy))

    def targets(self, mapping: Mapping[str, str]) -> dict[int, str]:
        """What each column that is mapped is mapped to, by its index."""
        indexes: dict[str, list[int]] = {}
        for index, written in enumerate(self.header):
            indexes.setdefault(_key(written), []).append(index)
        targets: dict[int, str] = {}
        for written, target in mapping.items():
            if _key(written) not in indexes:
                near = difflib.get_close_matches(_key(written), indexes, n=1, cutoff=_NEARLY)
                hint = f"did you mean `{_shown(self.header[indexes[near[0]][0]])}`?" if near else "check its spelling"
                self.note(f"--map names `{_shown(written)}`, and no column is called so", hint)
            targets |= dict.fromkeys(indexes.get(_key(written), ()), target)
        return targets

    def read(self, index: int, written: str, target: str | None) -> None:
        """Read one column, by what it is mapped to if it is."""
        text = " ".join(CONTROL.sub("", written if target is None else target).split())
        key = _word(text)
        if target is not None and key == IGNORE:
            return
        if key in _ID_KEYS:
            self.ids[index] = target is not None or key == word_key(ID)
        elif key in _DAY_KEYS:
            self.named.setdefault(DAY, []).append(index)
        elif meaning := self._meaning(text):
            self._take(index, meaning, "" if target is None else f" (mapped to `{_shown(target)}`)")
        elif target is not None:
            remedy = self._near(text) or f"map it to a fact, such as `anc (K/uL)`, to `{ID}`, `{DAY}` or `{IGNORE}`"
            self.note(f"--map: `{_shown(written)}` is mapped to `{_shown(target)}`, which is not understood", remedy)
        else:
            self.unknown[index] = self._near(text) if text else f"column {index + 1} has no header"

    def _take(self, index: int, meaning: _Meaning, mapped: str) -> None:
        """Keep a column, or note why its fact has no such unit. A limit or date that no rule asks for is not used."""
        fact, part, unit = meaning.fact, meaning.part, meaning.unit
        idle = not fact.has_limits if part in {Part.ULN, Part.LLN} else fact.type is not FactType.QUANTITY
        if part is not Part.VALUE and idle and not mapped:
            is_date = part is Part.DATE and fact.type is FactType.DATE
            self.unknown[index] = f"did you mean `{fact.id}`?" if is_date else f"{fact.name} has no `{part.value}` here"
            return
        self.named.setdefault(meaning.name, []).append(index)
        units = [unit for unit in meaning.units if unit != "ratio"]
        if part is not Part.VALUE and idle:
            message, remedy = f"{fact.name} has no `{part.value}` here", "remove the column"
        elif meaning.fits:
            self.columns.append(Column(index, _shown(self.header[index]), fact, part, unit if unit in units else None))
            return
        elif units:
            message = f"{fact.name} does not come in the unit `{_shown(unit or '')}`"
            remedy = f"use one of: {', '.join(units)}"
        else:
            message, remedy = f"`{meaning.name}` takes no unit", f"write `{meaning.name}`"
        remedy += f", or map it to another header or to `{IGNORE}` with --map"
        self.note(f"column {index + 1}, `{_shown(self.header[index])}`{mapped}: {message}", remedy)

    def _named(self, name: str) -> _Meaning | None:
        """The part of a fact that is called so. A name that is a fact's as a whole wins."""
        if fact := self.dictionary.find(_word(name)):
            return _Meaning(fact, Part.VALUE)
        for part, form in _PARTS.items():
            if (found := form.fullmatch(name)) and (fact := self.dictionary.find(_word(found["name"]))):
                return _Meaning(fact, part)
        return None

    def _meaning(self, text: str) -> _Meaning | None:
        """What a header says, its unit taken off where it has one. `PT (INR)` as a whole is an alias of the INR."""
        if len(text) > _MAX_LENGTH:
            return None
        whole = self._named(text)
        refused = None
        for form, is_sure in _UNITS:
            found = form.fullmatch(text)
            named = self._named(f"{found['name']} {found['rest']}".strip()) if found else None
            if found and named and (whole is None or whole == named):
                meaning = _Meaning(named.fact, named.part, normal_unit(found["unit"]))
                if meaning.fits:
                    return meaning
                refused = refused or (meaning if is_sure else None)
        if whole and "%" in text and "%" not in whole.units:  # names are compared without it: `Neutrophils %`
            return _Meaning(whole.fact, whole.part, "%")
        return whole or refused

    def _near(self, text: str) -> str:
        """A hint at the fact that is called nearly so: of those with the same first letter, for speed."""
        part, stem = Part.VALUE, re.sub(r"[(\[].*", "", text[:_MAX_LENGTH])
        for suffix, form in _PARTS.items():
            if found := form.fullmatch(stem):
                part, stem = suffix, found["name"]
        key = _word(stem)
        near = difflib.get_close_matches(key, [word for word in self.words if word[:1] == key[:1]], 1, _NEARLY)
        fact = self.dictionary.find(near[0]) if near else None
        if fact is None or (_PERCENT.search(text) and fact.unit != "%"):  # a share of the cells is not their count
            return ""
        return f"did you mean `{_Meaning(fact, part).name}`?"

    def layout(self) -> Layout:
        """What all columns mean together. Raises InputError."""
        sure = [index for index, is_sure in self.ids.items() if is_sure]
        ids = sure or list(self.ids)
        for name, indexes in {**self.named, ID: sure}.items():
            if len(indexes) > 1:
                remedy = f"keep one; map others to `{IGNORE}` with --map, or rename them where they are called the same"
                self.note(f"{self._listed(indexes)} mean the same, `{name}`", remedy)
        called = f"call it `{ID}`, or write `Their header: {ID}` into a file for --map"
        if not self.named.keys() - {DAY}:
            example = f"such as `{ID},age,ecog,anc (K/uL)`; `screener template csv` prints one that is understood"
            self.note("no column is called as a fact is", f"begin with a line that names the columns, {example}")
        elif not ids:
            self.note("no column is the patient's id", called)
        elif len(ids) > 1 and not sure:
            self.note(f"{self._listed(ids)} may each be the patient's id", f"choose one: {called}")
        if self.problems:
            raise InputError(*self.problems)
        chosen = f"the patient's id is `{_shown(self.header[ids[0]])}`"
        self.unknown |= dict.fromkeys(self.ids.keys() - set(ids), chosen)
        unknown = tuple((_shown(self.header[index]), hint) for index, hint in sorted(self.unknown.items()))
        return Layout(ids[0], next(iter(self.named.get(DAY, ())), None), tuple(self.columns), unknown)

    def _listed(self, indexes: Sequence[int]) -> str:
        """Headers with their positions, counted from 1."""
        headers = _series([f"`{_shown(self.header[index])}`" for index in indexes])
        return f"{headers} (columns {_series([str(index + 1) for index in indexes])})"


def _series(words: list[str]) -> str:
    """Words as a sentence lists them; the first few if they are many."""
    cut = words if len(words) <= _LISTED else [*words[: _LISTED - 1], "others"]
    return f"{', '.join(cut[:-1])} and {cut[-1]}"


def _shown(text: str) -> str:
    """Text from a file, harmless and cut."""
    words = clean(" ".join(text.split()))
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def _word(text: str) -> str:
    """How a name is compared; nothing where `word_key` would pass over letters: `医師ID` is no patient's id."""
    return word_key(text) if _key(text).isascii() else ""


def _key(text: str) -> str:
    """How headers of a file are told apart: as `word_key`, but in any script, and `%` and `#` count."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if sign.isalnum() or sign in "%#")
