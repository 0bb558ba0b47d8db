"""A study that no rule file is for, as a trial: what its record states in fields, and the rest for people to read.

Such a trial is never a match. Age and sex are stated in fields and may rule it out. Conditions never do: studies of
many tumors name them in their eligibility text only, or as "solid tumors" (domain.md 3.4), and nearly every such text
has words such as "tumor" in it, so that no search in it could tell. A tumor type listed is met, every other left open.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING

from screener.compile.trial import STATUSES
from screener.eligibility import fingerprint
from screener.expr import And, Compare, In, Is, Or
from screener.interval import Relation
from screener.model import Band, Criterion, Factor, Kind, Registry, Rule, Source, Trial, word_key
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from screener.expr import Expression
    from screener.model import Dictionary, TumorTypes
    from screener.registry.age import Age
    from screener.registry.records import Record
    from screener.registry.study import Study

OLDEST = 121  # years: one more than any human age, as facts.yaml has it
_SHOWN = 6  # tumor types or conditions named in a sentence
_LONGEST = 80  # characters shown of a condition
_READ = 300  # characters read of a condition: no name of a tumor has so many
_REORDERED = 4  # words at most whose order is tried
_SEXES = {"FEMALE": "female", "MALE": "male"}
_ANY_SEX = "ALL"

# What says how far a tumor has gone or what it carries, not which one it is.
_ASIDE = re.compile(
    r"(?i:\b(?:(?:locally )?advanced|metastatic|recurrent|relapsed|refractory|unresectable|adult|stage [0iv]+[abc]?"
    r"|(?:mesothelin|msln)[- ]?(?:positive|expressing|\+)|malignant(?= (?:\w+ )?solid\b))(?!\w))"
)
# Words of an alias that say less than the type it stands for: an answer may be so general, a condition must not be.
_NARROWER = re.compile(r"(?i:\b(?:colon|rect(?:al|um)|leuk\w+|lymphoma|epithelioid|epithelial|biphasic|sarcomat\w+)\b)")
_GENERAL = frozenset({"SOLID", "HEMATOLOGIC"})
_TUMOR = re.compile(r"(?i:oma\b|cancer|tumou?r)")
# Codes that people write as such. Others mean something else as well: BRCA is a gene, MS a disease.
_WRITTEN_CODES = frozenset({"NSCLC", "SCLC", "HNSCC", "HCC"})
_SPEAKABLE = re.compile(r"[A-Za-z]\w*", re.ASCII)


def trial_of(record: Record, dictionary: Dictionary) -> Trial:
    """The trial of a record: criteria for age, sex and conditions, and the eligibility text for people to read."""
    study, day = record.study, _day(record)
    asked = (*_fields(study), *_conditions(study, dictionary.tumor_types), _rest())
    return Trial(
        id=study.nct_id,
        title=study.brief_title or study.official_title or study.nct_id,
        criteria=tuple(_judged(criterion, dictionary) for criterion in asked),
        file_sha256=_digest(study),
        registry=Registry(
            as_of=day,
            eligibility_sha256=fingerprint(study.eligibility),
            abbreviated=False,
            status=_status(study),
            status_as_of=day,
            status_source=_status_source(study),
        ),
        unruled=True,
    )


def tumor_type_of(condition: str, types: TumorTypes) -> str | None:
    """The code of the type that a condition names, stage and markers aside; None if it is not surely understood."""
    for text in dict.fromkeys(_written(condition[:_READ])):
        codes = types.find(text)
        if len(codes) != 1:
            continue
        (code,) = codes
        name = types.names[code]
        written = word_key(text)
        if written == word_key(code) != word_key(name) and code not in _WRITTEN_CODES:
            continue
        if set(types.parents[code]) <= _GENERAL and not _TUMOR.search(text):
            continue  # an organ
        said = {word.lower() for word in _NARROWER.findall(text)}
        if _SPEAKABLE.fullmatch(code) and all(word in name.lower() for word in said):
            return code
    return None


def _written(condition: str) -> Iterator[str]:
    """Ways to write a condition, its own first: bare, in the singular, and in another order of its words."""
    yield condition
    bare = re.sub(r"\s+", " ", _ASIDE.sub(" ", condition)).strip(" ,;")
    bare = re.sub(r"(?i:\bneoplasms?\b)", "cancer", bare)  # MeSH; a type's cancers are among its neoplasms
    inverted = " ".join(part.strip() for part in reversed(bare.split(",")))  # "Carcinoma, Ductal"
    for text in (bare, inverted):
        yield text
        yield re.sub(r"(?<=[a-z])s\b", "", text)
    words = re.sub(r"(?<=[a-z])s\b", "", bare.replace(",", " ").replace(";", " ")).split()
    if len(words) <= _REORDERED:
        yield from (" ".join(order) for order in permutations(words))


def _fields(study: Study) -> Iterator[Criterion]:
    """Age and sex. The sex is always stated: an answer without it holds a few fields only, and age limits may lack."""
    yield from _age(study)
    place = Source("registry", "sex")
    if sex := _SEXES.get(study.sex):
        text = f"The study takes {sex} participants only"
        yield Criterion(
            "SEX", Kind.INCLUSION, text, place, Factor.DEMOGRAPHICS, test=Rule(Is("sex", sex), exclude=False)
        )
    elif study.sex != _ANY_SEX:
        why = "the record as it is kept does not hold who may take part; fetch the study by its number"
        if study.sex:
            why = "the record states a sex that this program does not know"
        text = "Sex and age limits" if not study.sex else "Sex"
        yield Criterion("SEX", Kind.INCLUSION, text, place, Factor.DEMOGRAPHICS, manual=why)


def _age(study: Study) -> Iterator[Criterion]:
    """The age limits. A limit in months, weeks or days leaves open a patient whose full years may lie on both sides."""
    least, most = study.minimum_age, study.maximum_age
    if not (least or most):
        return
    sure = _first(lambda years: least.reached(years) is Truth.TRUE) if least else 0
    possible = _first(lambda years: least.reached(years) is not Truth.FALSE) if least else 0
    doubtful = _first(lambda years: most.not_passed(years) is not Truth.TRUE) if most else OLDEST
    passed = _first(lambda years: most.not_passed(years) is Truth.FALSE) if most else OLDEST
    # Who is 75 years and some months old is at most 75 years old: a highest age ends below the next birthday.
    fits = [_limit(Relation.GE, sure)] * (sure > 0) + [_limit(Relation.LT, doubtful)] * (doubtful < OLDEST)
    rarely = [_limit(Relation.LT, possible)] * (possible > 0) + [_limit(Relation.GE, passed)] * (passed < OLDEST)
    if not fits:
        return
    stated = (f"at least {_told(least)}" if least else "") + (" and " if least and most else "")
    stated += f"at most {_told(most)}" if most else ""
    place = Source("registry", ", ".join(["minimumAge"] * bool(least) + ["maximumAge"] * bool(most)))
    test: Rule | Band | None = Band(_joined(And, fits), _joined(Or, rarely) if rarely else None)
    if (sure, doubtful) == (possible, passed):
        test = Rule(_joined(And, fits), exclude=False)
    manual = ""
    if possible >= passed:
        test, manual = None, "the age limits of the record leave nobody; ask the study team"
    yield Criterion("AGE", Kind.INCLUSION, f"Age {stated}", place, Factor.DEMOGRAPHICS, test=test, manual=manual)


def _told(age: Age) -> str:
    unit = age.unit.lower()
    return f"{age.number} {unit.removesuffix('s') if age.number == 1 else unit}"


def _first(holds: Callable[[int], bool]) -> int:
    return next((years for years in range(OLDEST) if holds(years)), OLDEST)


def _limit(relation: Relation, years: int) -> Compare:
    return Compare("age", relation, Fraction(years), None)


def _joined(kind: type[And | Or], items: list[Compare]) -> Expression:
    return items[0] if len(items) == 1 else kind(tuple(items))


def _conditions(study: Study, types: TumorTypes) -> Iterator[Criterion]:
    """The tumor types listed: met or left open, never not met."""
    place = Source("registry", "conditions, keywords")
    found = {tumor_type_of(text, types) for text in study.conditions}
    # A keyword is a topic: "solid tumor" may stand beside a study of one of them.
    words = {tumor_type_of(text, types) for text in study.keywords}
    codes = _widest((found | (words - _GENERAL)) - {None}, types)
    if not codes:
        yield Criterion(
            "CONDITIONS",
            Kind.INCLUSION,
            f"What the study is about: {_some([text[:_LONGEST] for text in study.conditions]) or 'not stated'}",
            place,
            Factor.TUMOR_TYPE,
            manual="the record names no tumor type that this program surely understands; read its conditions",
        )
        return
    names = _some([types.names[code] for code in codes])
    yield Criterion(
        "CONDITIONS",
        Kind.INCLUSION,
        f"A tumor type that the record lists: {names}. Whether it takes others, its eligibility text says",
        place,
        Factor.TUMOR_TYPE,
        test=Band(In("tumor_type", codes), None),
    )


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return "; ".join([*names[:_SHOWN], *more])


def _widest(codes: Iterable[str | None], types: TumorTypes) -> tuple[str, ...]:
    """The codes that are not below another of them."""
    known = sorted(code for code in codes if code)
    return tuple(code for code in known if not any(code in types.below(other) - {other} for other in known))


def _rest() -> Criterion:
    return Criterion(
        "ELIGIBILITY",
        Kind.INCLUSION,
        "Everything else that the study's eligibility text asks for",
        Source("registry", "eligibilityCriteria"),
        Factor.OTHER,
        manual="no rules exist here for this study; read its eligibility text with the study team",
    )


def _judged(criterion: Criterion, dictionary: Dictionary) -> Criterion:
    """The criterion, for people to judge where a criteria folder of one's own does not declare what it reads."""
    if set(criterion.facts) <= set(dictionary.facts):
        return criterion
    why = "the facts of this criteria folder do not hold it"
    return Criterion(criterion.id, criterion.kind, criterion.text, criterion.source, criterion.factor, manual=why)


def _day(record: Record) -> date:
    """The day of the registry's data; that of the fetching if the record names none."""
    try:
        return date.fromisoformat(record.data_day)
    except ValueError:
        return record.stamp.fetched.date()


def _status(study: Study) -> str:
    status = study.status.lower()
    return status if status in STATUSES else "unknown"


def _status_source(study: Study) -> str:
    verified = f", last verified there in {study.status_verified}" if study.status_verified else ""
    known = study.last_known_status.lower().replace("_", " ")
    last = f"; before that it was {known}" if known else ""
    return f"record of ClinicalTrials.gov{verified}{last}"


def _digest(study: Study) -> str:
    """SHA-256 of what the record says of who may take part: there is no rule file that it could be of."""
    limits = [[age.number, age.unit] if age else None for age in (study.minimum_age, study.maximum_age)]
    said = [study.nct_id, study.sex, limits, study.conditions, study.keywords, study.eligibility]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
