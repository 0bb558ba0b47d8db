"""Which of the studies found matter, and why: those that give cells and name mesothelioma or mesothelin.

The registry's search over-matches (ancestors of a condition, words far apart) and knows no class of treatment, so each
study is looked at again here (pitfalls: domain.md 1.1, last paragraph, and 3.4). Every answer has a reason in one
sentence; what cannot be told is kept and said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from screener.registry.cells import Cells, cells_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from screener.registry.study import Study

_MESOTHELIOMA = re.compile(r"(?i:mesotheliom)|\bMPM\b")  # MPM: malignant pleural mesothelioma, in capitals only
_OTHER_MPM = re.compile(r"(?i:multiple primar|multiphoton)")  # what else a text may call MPM
_MESOTHELIN = re.compile(r"(?i:mesothelin\b|\bmsln\b|\bcart ?meso\b|\bmeso ?car)")
_BASKET = re.compile(
    r"(?i:\bsolid (?:\w+ )?(?:tumou?rs?|cancers?|neoplasms?|malignanc)|malignancies\b"
    r"|(?:mesothelin|msln)\+?,? ?(?:positive|expressing|\+)?,?"
    r" (?:(?:advanced|malignant|metastatic|refractory|solid|other) )*"
    r"(?:tumou?rs?|cancers?|malignan|neoplasms?)"
    r"|^\W*(?:(?:advanced|metastatic|malignant|refractory|recurrent) )*"
    r"(?:cancers?|tumou?rs?|neoplasms?|carcinomas?)\W*$)"
)
_SECTION = re.compile(r"(?i:\W*(?:\w+ ){0,3}?(?:(inclusion|exclusion) criteri|(?:in|ex)clusion:))")
_NOT_BEFORE = re.compile(
    r"(?i:\b(?:exclud\w+|except\w*|not (?:including|eligible|allowed)|other than|but not)\b[^:]{0,80}|\bnon )$"
)
_NOT_AFTER = re.compile(
    r"(?i:[^.;]{0,60}\b(?:excluded|ineligible|not (?:be )?(?:eligible|allowed|permitted|included)))"
)
# Words that narrow a mention to a part of the disease, or say that it is about something else than having it.
_PARTLY = re.compile(
    r"(?i:sarcomat|biphasic|epitheli|desmoplas|benign|papillary|pleura|periton|pericard|exten[ds]|involv"
    r"|histor|prior|previous|therap|component|recist|second|concurrent)"
)
_FURTHER = re.compile(r"(?i:\b(?:with|who)\b)")


class Where(Enum):
    """Where a study names something, the strongest place first."""

    CONDITION = "among its conditions"
    TITLE = "in its title"
    KEYWORD = "among its keywords"
    INTERVENTION = "in the name of a treatment"
    DESCRIPTION = "in its description"
    ELIGIBILITY = "in its eligibility text only"
    NOWHERE = "nowhere"


class Standing(Enum):
    """What the words around a mention make of it: in, out, or not to be told without a reader."""

    NAMED = "named"
    EXCLUDED = "excluded"
    UNCERTAIN = "uncertain"


class Fate(Enum):
    """What becomes of a study that was found."""

    KEPT = "kept"
    NOT_CELL_THERAPY = "not a cell therapy"
    NOT_NAMED = "names neither mesothelioma nor mesothelin"
    OTHER_TUMORS = "names mesothelin, for other tumors"
    EXCLUDED = "excludes mesothelioma"


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a word is named, and how it stands there."""

    where: Where
    standing: Standing = Standing.NAMED


@dataclass(frozen=True, slots=True)
class Classified:
    """A study with what was found out about it, and why it is kept or dropped, in one sentence."""

    study: Study
    cells: Cells
    mesothelioma: Mention
    mesothelin: Mention
    fate: Fate
    reason: str
    found_by: tuple[str, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether it goes on to be shown and screened."""
        return self.fate is Fate.KEPT


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many studies each query found and what became of them. The numbers add up, or it cannot be made."""

    found: tuple[tuple[str, int], ...]
    duplicates: int
    fates: tuple[tuple[Fate, int], ...]

    def __post_init__(self) -> None:
        """Check the sum."""
        if sum(number for _, number in self.found) != self.duplicates + self.studies:
            message = "the numbers of the funnel do not add up"
            raise ValueError(message)

    @property
    def studies(self) -> int:
        """How many different studies were found."""
        return sum(number for _, number in self.fates)

    @property
    def kept(self) -> int:
        """How many are kept."""
        return dict(self.fates).get(Fate.KEPT, 0)


def sort_out(found: Mapping[str, Sequence[Study]], *, own: bool = False) -> tuple[Funnel, tuple[Classified, ...]]:
    """What became of the studies that each query found, by NCT number. A study under a former number is the same one.

    With `own` words a person has said what is looked for: every study is kept, and told about.
    """
    current = {alias: study.nct_id for answers in found.values() for study in answers for alias in study.aliases}
    studies: dict[str, Study] = {}
    queries: dict[str, dict[str, None]] = {}
    for label, answers in found.items():
        for study in answers:
            key = current.get(study.nct_id, study.nct_id)
            queries.setdefault(key, {})[label] = None
            earlier = studies.get(key)
            # Between two queries the record may have been renewed: the later one counts.
            if not earlier or (study.nct_id == key, study.last_update_posted) > (
                earlier.nct_id == key,
                earlier.last_update_posted,
            ):
                studies[key] = study
    sorted_out = tuple(classify(studies[key], tuple(queries[key]), own=own) for key in sorted(studies))
    counts = tuple((label, len(answers)) for label, answers in found.items())
    fates = tuple((fate, sum(one.fate is fate for one in sorted_out)) for fate in Fate)
    return Funnel(counts, sum(number for _, number in counts) - len(studies), fates), sorted_out


def classify(study: Study, found_by: tuple[str, ...] = (), *, own: bool = False) -> Classified:
    """Look at one study."""
    cells, mesothelioma, mesothelin = cells_of(study), mention(study, _MESOTHELIOMA), mention(study, _MESOTHELIN)
    fate, named = _fate(study, cells, mesothelioma, mesothelin)
    if own and fate is not Fate.KEPT:
        fate, named = Fate.KEPT, f"your own words found it, although: {named[0].lower()}{named[1:]}"
    reason = f"{'Kept' if fate is Fate.KEPT else 'Dropped'}: {named}"
    return Classified(study, cells, mesothelioma, mesothelin, fate, reason, found_by)


def mention(study: Study, word: re.Pattern[str]) -> Mention:
    """Where a study names a word first, in the order of Where."""
    # The condition's term of MeSH counts; its ancestors do not: they are what makes the search over-match.
    names = [text for item in study.interventions for text in (item.name, *item.other_names)]
    places = {
        Where.CONDITION: [*study.conditions, *study.condition_meshes],
        Where.TITLE: [study.brief_title, study.official_title, study.acronym],
        Where.KEYWORD: study.keywords,
        Where.INTERVENTION: [*names, *study.arms],
        Where.DESCRIPTION: [study.summary, study.description, *(item.description for item in study.interventions)],
        Where.ELIGIBILITY: [study.eligibility],
    }
    left_out: Mention | None = None
    for where, texts in places.items():
        standings = {standing for text in texts for standing in _standings(text, word, where)}
        if Standing.NAMED in standings:
            return Mention(where)
        if standings:
            standing = Standing.UNCERTAIN if Standing.UNCERTAIN in standings else Standing.EXCLUDED
            left_out = left_out or Mention(where, standing)
    return left_out or Mention(Where.NOWHERE)


def _fate(study: Study, cells: Cells, mesothelioma: Mention, mesothelin: Mention) -> tuple[Fate, str]:
    if not (cells.is_cell_therapy or cells.is_prescreening):
        return Fate.NOT_CELL_THERAPY, cells.reason
    if mesothelioma.where is not Where.NOWHERE and mesothelioma.standing is Standing.EXCLUDED:
        return Fate.EXCLUDED, f"It names mesothelioma {mesothelioma.where.value} to leave it out."
    if mesothelioma.where is not Where.NOWHERE:
        unsure = mesothelioma.standing is Standing.UNCERTAIN
        rest = "; whether it is let in is uncertain, so read the text" if unsure else ""
        return Fate.KEPT, f"It names mesothelioma {mesothelioma.where.value}{rest}."
    if mesothelin.where is Where.NOWHERE or mesothelin.standing is Standing.EXCLUDED:
        return Fate.NOT_NAMED, "It names neither mesothelioma nor, as a target, mesothelin."
    texts = [*study.conditions, *study.keywords, study.brief_title, study.official_title]
    if any(_BASKET.search(plain(text)) for text in texts):
        place = mesothelin.where.value
        return (
            Fate.KEPT,
            f"It names mesothelin {place} and takes several tumors, but nowhere mesothelioma: ask the site.",
        )
    return Fate.OTHER_TUMORS, f"It names mesothelin {mesothelin.where.value}, but only other tumors as its conditions."


def _standings(text: str, word: re.Pattern[str], where: Where) -> Iterator[Standing]:
    """How each mention in a text stands."""
    if not word.search(plain(text)):
        return
    section = "" if where is Where.ELIGIBILITY else "inclusion"
    for line in text.splitlines():
        written = plain(line)
        if heading := _SECTION.match(written):
            section = "exclusion" if "exclusion" in heading[0].lower() else "inclusion"
        for clause in re.split(r"[.;](?= |$)", written):
            for match in word.finditer(clause):
                if match[0] == "MPM" and _OTHER_MPM.search(written):
                    continue
                before, after = (
                    clause[max(0, match.start() - 120) : match.start()],
                    clause[match.end() : match.end() + 120],
                )
                negated = _NOT_BEFORE.search(before) or _NOT_AFTER.match(after)
                if not negated and section == "inclusion":
                    yield Standing.NAMED
                elif (
                    not section
                    or (negated and section == "exclusion")  # twice no: "no other cancer than ..."
                    or _PARTLY.search(before + after)
                    or _FURTHER.search(after)
                ):
                    yield Standing.UNCERTAIN
                else:
                    yield Standing.EXCLUDED
