"""criteria/trials and criteria/profiles to Trials."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from screener.compile.expression import compile_expression
from screener.model import (
    Aside,
    Band,
    Cohort,
    Criterion,
    Dictionary,
    Factor,
    Gate,
    Kind,
    Recorded,
    Registry,
    Rule,
    Seen,
    Site,
    Source,
    Trial,
)
from screener.source import Mapping, Node, Reader, read_document

if TYPE_CHECKING:
    from fractions import Fraction

    from screener.expr import Expression

RESERVED_IDS = {"verdict", "eligible_from"}  # of `expect` in case files
STATUSES = (  # domain: ClinicalTrials.gov API v2, enum Status
    "active_not_recruiting",
    "completed",
    "enrolling_by_invitation",
    "not_yet_recruiting",
    "recruiting",
    "suspended",
    "terminated",
    "withdrawn",
    "unknown",
)
TRIAL_KEYS = (
    *("title", "product", "target", "phase", "registry", "sites", "sites_source"),
    *("cohorts", "criteria", "asides", "requirements"),
)
PROFILE_KEYS = ("title", "documents", "criteria")
REGISTRY_KEYS = ("as_of", "eligibility_sha256", "abbreviated", "status", "status_as_of", "status_source")
CRITERION_KEYS = (
    *("gate", "cohorts", "when", "include", "exclude", "manual", "fits", "rarely"),
    *("weight", "reading", "note", "seen"),
)
CRITERION_REQUIRED = ("id", "text", "source", "factor")
_SECTIONS = ("inclusion", "exclusion")
_TESTS = ("include", "exclude", "manual", "fits")


def compile_trial(node: Node, dictionary: Dictionary) -> Trial:
    """Read a rule file. Raises InputError with everything wrong in it."""
    return read_document(node, lambda reader, root: _Compiler(reader, dictionary).trial(root))


class _Compiler:
    def __init__(self, reader: Reader, dictionary: Dictionary) -> None:
        self.reader = reader
        self.dictionary = dictionary

    def trial(self, node: Node) -> Trial:
        reader = self.reader
        profile = isinstance(node, Mapping) and node.get("profile") is not None
        required = ("profile", "title", "criteria") if profile else ("trial", "title", "registry", "criteria")
        fields = reader.mapping(node, PROFILE_KEYS if profile else TRIAL_KEYS, required)
        cohorts = tuple(self.cohort(item) for item in reader.sequence(fields.get("cohorts")))
        if len({cohort.id for cohort in cohorts}) < len(cohorts):
            reader.note(fields["cohorts"], "two cohorts have the same id", "name one of them anew")
        if "criteria" in fields and not reader.sequence(fields["criteria"]):
            reader.note(fields["criteria"], "a rule file has at least one criterion", "write what the text asks for")
        criteria: dict[str, Criterion] = {}
        for item in reader.sequence(fields.get("criteria")):
            criterion = self.criterion(item, {cohort.id for cohort in cohorts}, profile=profile)
            if criterion is None:
                continue
            if criterion.id in RESERVED_IDS:
                reader.note(item, f"`{criterion.id}` means something else in case files", "number the criterion")
            if criterion.id in criteria:
                reader.note(item, f"the criterion `{criterion.id}` stands here twice", "number one of them anew")
            criteria[criterion.id] = criterion

        def text(key: str) -> str:
            return reader.text(fields[key]) if key in fields else ""

        return Trial(
            id=text("profile" if profile else "trial"),
            title=text("title"),
            criteria=tuple(criteria.values()),
            file_sha256=hashlib.sha256(node.text.content.encode()).hexdigest(),
            registry=None if profile or "registry" not in fields else self.registry(fields["registry"]),
            product=text("product"),
            target=text("target"),
            phase=text("phase"),
            cohorts=cohorts,
            documents=self.documents(fields["documents"]) if "documents" in fields else (),
            asides=tuple(self.aside(item) for item in reader.sequence(fields.get("asides"))),
            requirements=self.requirements(fields["requirements"]) if "requirements" in fields else (),
            sites=tuple(self.site(item) for item in reader.sequence(fields.get("sites"))),
            sites_source=text("sites_source"),
        )

    def site(self, node: Node) -> Site:
        fields = self.reader.mapping(node, ["state"], ["name", "city", "country"])
        texts = {"name": "", "city": "", "country": ""} | {key: self.reader.text(item) for key, item in fields.items()}
        return Site(**texts)

    def aside(self, node: Node) -> Aside:
        fields = self.reader.mapping(node, (), required=["section", "item", "why"])
        if len(fields) < 3:  # noqa: PLR2004 - all
            return Aside("", "", "")
        section = self.reader.one_of(fields["section"], _SECTIONS)
        return Aside(section, self.reader.text(fields["item"]), self.reader.text(fields["why"]))

    def requirements(self, node: Node) -> tuple[Recorded, ...]:
        return tuple(
            Recorded(section, item, self.reader.text(value))
            for section, items in self.reader.mapping(node, _SECTIONS).items()
            for item, value in self.reader.mapping(items).items()
        )

    def registry(self, node: Node) -> Registry | None:
        reader = self.reader
        fields = reader.mapping(node, (), REGISTRY_KEYS)
        if len(fields) < len(REGISTRY_KEYS):
            return None
        as_of, status_as_of = reader.day(fields["as_of"]), reader.day(fields["status_as_of"])
        if as_of is None or status_as_of is None:
            return None
        return Registry(
            as_of=as_of,
            eligibility_sha256=self.fingerprint(fields["eligibility_sha256"]),
            abbreviated=reader.flag(fields["abbreviated"]),
            status=reader.one_of(fields["status"], STATUSES),
            status_as_of=status_as_of,
            status_source=reader.text(fields["status_source"]),
        )

    def fingerprint(self, node: Node) -> str:
        text = self.reader.text(node)
        if text != "pending" and not re.fullmatch(r"[0-9a-f]{64}", text):
            self.reader.note(node, "this is no SHA-256", "write 64 hexadecimal digits, or pending")
        return text

    def documents(self, node: Node) -> tuple[tuple[str, str, str], ...]:
        found = []
        for name, entry in self.reader.mapping(node).items():
            fields = self.reader.mapping(entry, ["note"], required=["title"])
            if "title" in fields:
                note = self.reader.text(fields["note"]) if "note" in fields else ""
                found.append((name, self.reader.text(fields["title"]), note))
        return tuple(found)

    def cohort(self, node: Node) -> Cohort:
        fields = self.reader.mapping(node, ["open"], required=["id", "title"])
        name = self.reader.text(fields["id"]) if "id" in fields else ""
        title = self.reader.text(fields["title"]) if "title" in fields else ""
        return Cohort(name, title, open="open" not in fields or self.reader.flag(fields["open"]))

    def criterion(self, node: Node, cohorts: set[str], *, profile: bool) -> Criterion | None:
        reader = self.reader
        fields = reader.mapping(node, CRITERION_KEYS, CRITERION_REQUIRED)
        if any(key not in fields for key in CRITERION_REQUIRED):
            return None
        source = self.source(fields["source"], profile=profile)
        factor = reader.one_of(fields["factor"], [factor.value for factor in Factor])
        gate = reader.one_of(fields["gate"], [gate.value for gate in Gate]) if "gate" in fields else "enrollment"
        test = self.test(node, fields, profile=profile)
        if reader.problems and (factor not in {f.value for f in Factor} or gate not in {g.value for g in Gate}):
            return None
        of_cohorts = reader.texts(fields.get("cohorts"))
        if not set(of_cohorts) <= cohorts:
            reader.note(fields["cohorts"], "a cohort named here is not declared", "declare it under `cohorts:`")
        weight: Fraction | int = reader.number(fields["weight"]) if "weight" in fields else 1
        if weight <= 0:
            reader.note(fields["weight"], "a weight is more than nothing", "write a positive number, or leave it out")
        return Criterion(
            id=reader.text(fields["id"]),
            kind=_kind(test, source),
            text=reader.text(fields["text"]),
            source=source,
            factor=Factor(factor),
            gate=Gate(gate),
            test=test,
            manual=reader.text(fields["manual"]) if "manual" in fields else "",
            when=self.expression(fields.get("when")),
            cohorts=of_cohorts,
            weight=weight,
            reading=reader.text(fields["reading"]) if "reading" in fields else "",
            note=reader.text(fields["note"]) if "note" in fields else "",
            seen=tuple(self.seen(item) for item in reader.sequence(fields.get("seen"))),
        )

    def test(self, node: Node, fields: dict[str, Node], *, profile: bool) -> Rule | Band | None:
        given = [key for key in _TESTS if key in fields]
        for key in ("rarely", "seen"):
            if key in fields and not (profile and given == ["fits"]):
                self.reader.note(fields[key], f"`{key}` goes with `fits`, in a profile", "remove it")
        allowed = ("fits", "manual") if profile else ("include", "exclude", "manual")
        if len(given) != 1 or given[0] not in allowed:
            self.reader.note(
                node, f"exactly one of {', '.join(allowed)} is wanted", "keep one; split the criterion for more"
            )
            return None
        if given[0] == "manual":
            return None
        expression = self.expression(fields[given[0]])
        if expression is None:
            return None
        if given[0] == "fits":
            return Band(expression, self.expression(fields.get("rarely")))
        return Rule(expression, exclude=given[0] == "exclude")

    def expression(self, node: Node | None) -> Expression | None:
        scalar = None if node is None else self.reader.scalar(node)
        return None if scalar is None else compile_expression(self.reader, scalar, self.dictionary)

    def source(self, node: Node, *, profile: bool) -> Source:
        key = "document" if profile else "section"
        fields = self.reader.mapping(node, (), required=[key, "item"])
        if key not in fields or "item" not in fields:
            return Source("", "")
        read = self.reader
        section = read.text(fields[key]) if profile else read.one_of(fields[key], _SECTIONS)
        return Source(section, read.text(fields["item"]))

    def seen(self, node: Node) -> Seen:
        fields = self.reader.mapping(node, (), required=["trial", "says"])
        if len(fields) < 2:  # noqa: PLR2004 - both
            return Seen("", "")
        return Seen(self.reader.text(fields["trial"]), self.reader.text(fields["says"]))


def _kind(test: Rule | Band | None, source: Source) -> Kind:
    match test:
        case Rule(_, exclude):
            return Kind.EXCLUSION if exclude else Kind.INCLUSION
        case Band():
            return Kind.BAND
        case None:
            return Kind(source.section) if source.section in _SECTIONS else Kind.BAND
