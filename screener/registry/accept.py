"""Take a record over into its rule file after review: its day, its fingerprints and its status, and nothing else.

The new text is compiled before anybody writes it: it must give the same criteria, and the record must then agree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from screener.compile import compile_trial
from screener.compile.trial import STATUSES
from screener.coverage import State, cover
from screener.eligibility import fingerprint, split
from screener.errors import InputError, Problem
from screener.registry.check import check
from screener.source import Mapping, Scalar, Text, load_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.coverage import Place
    from screener.eligibility import Requirement
    from screener.model import Dictionary, Trial
    from screener.model.trial import Registry
    from screener.registry.study import Study

Edit = tuple[str, str, str]  # what, as it stood ("" if it is new), as it stands ("" if it is gone)
_Splice = tuple[int, int, str]  # the stretch of the text that goes, and what comes in its place
_ELSEWHERE = "title"  # a criterion may cite the record's title, which is no part of its eligibility text
_HEAD = "requirements:  # place and fingerprint of each requirement, as `trials check --accept` writes them"
_BY_HAND = "the file is laid out in a way that cannot be edited line by line"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A rule file as it reads when the record is accepted, the trial that it then is, and what has changed in it."""

    text: str
    trial: Trial
    edits: tuple[Edit, ...]


def accept(trial: Trial, text: str, study: Study | None, data_day: str, dictionary: Dictionary) -> Acceptance:
    """The rule file (`text`, from which `trial` was compiled) with what the record of `data_day` states.

    Raises InputError with the reason if the rules must be worked on first, or if the record cannot be relied on.
    """
    registry = trial.registry
    if registry is None:
        raise _refused(trial, "a profile has no record", "name a trial")
    if study is None:
        raise _refused(trial, "the registry has no record of it", "check its number at clinicaltrials.gov")
    if study.nct_id != trial.id:
        remedy = f"rename the rule file to {study.nct_id}.yaml, with its cases, and write that number after `trial:`"
        raise _refused(trial, f"the registry keeps it as {study.nct_id}", remedy)
    wanted = _wanted(trial, registry, study, data_day)
    requirements = split(study.eligibility)
    _accounted_for(trial, requirements)
    plain, newline, mark, last = _plain(trial, text)
    root = load_text(Text(trial.id, plain))
    if not isinstance(root, Mapping):
        raise _refused(trial, _BY_HAND, "write it as a mapping of keys to values")
    edits: list[Edit] = []
    splices = [*_registry(root, registry, wanted, edits), *_requirements(root, requirements, edits)]
    edited = _spliced(plain, splices)
    return Acceptance(
        mark + edited.removesuffix(last).replace("\n", newline),
        _compiled(trial, edited, wanted, requirements, study, dictionary),
        tuple(edits),
    )


def _refused(trial: Trial, why: str, remedy: str) -> InputError:
    return InputError(Problem(f"{trial.id} is not accepted: {why}", remedy))


def _wanted(trial: Trial, registry: Registry, study: Study, data_day: str) -> Registry:
    """What the rule file is to say of the record."""
    try:
        day = date.fromisoformat(data_day)
    except ValueError:
        remedy = "fetch the record from the registry, or save it whole, with `derivedSection.miscInfoModule`"
        raise _refused(trial, "the record does not tell the day of its data", remedy) from None
    if not study.eligibility:
        raise _refused(trial, "the record has no eligibility text", "fetch or save the whole record")
    status = study.status.lower()
    if status and status not in STATUSES:
        raise _refused(trial, f"rule files know no status `{status}`", f"write one of {', '.join(STATUSES)} by hand")
    newest = max(registry.as_of, registry.status_as_of) if status and status != registry.status else registry.as_of
    if day < newest:
        raise _refused(trial, f"the record is of {day}, the rule file of {newest}", "fetch a newer one: --refresh")
    wanted = replace(registry, as_of=day, eligibility_sha256=fingerprint(study.eligibility))
    if not status or day < registry.status_as_of:
        return wanted
    verified = f", where the status was last verified in {study.status_verified}" if study.status_verified else ""
    source = f"the registry's record of {day}{verified}"
    return replace(wanted, status=status, status_as_of=day, status_source=source)


def _accounted_for(trial: Trial, requirements: tuple[Requirement, ...]) -> None:
    """Every requirement must be encoded or declared, and everything cited must be there. Raises InputError."""
    places = [(item.section, item.item) for item in requirements]
    uncovered = [covered.place for covered in cover(trial, places) if covered.state is State.UNCOVERED]
    # Of a heading and its parts only the parts are named: with them the heading is covered.
    bare = [(section, item) for section, item in uncovered if not _has_part(section, item, uncovered)]
    problems: list[Problem] = []
    if bare or not places:
        what = f"no criterion or aside accounts for {_named(bare)}" if bare else "its text holds no requirement"
        remedy = "encode each, or declare it `manual` or under `asides`; `screener rules coverage` shows them all"
        problems += _refused(trial, what, remedy).problems
    cited = {
        f"{criterion.id} cites {section} {item}"
        for criterion in trial.criteria
        for section, item in criterion.source.places
        if item != _ELSEWHERE and (section, item) not in places
    } | {
        f"an aside names {aside.section} {aside.item}"
        for aside in trial.asides
        if (aside.section, aside.item) not in places
    }
    if cited:
        what = f"{', '.join(sorted(cited))}, which the text does not have any more"
        problems += _refused(trial, what, "cite the place where it stands now, or take it out").problems
    if problems:
        raise InputError(*problems)


def _has_part(section: str, item: str, places: list[Place]) -> bool:
    return any(other == section and part.startswith(f"{item}.") for other, part in places)


def _named(places: list[Place]) -> str:
    return ", ".join(f"{section} {item}" for section, item in places)


def _plain(trial: Trial, text: str) -> tuple[str, str, str, str]:
    """The text in whole lines that end with a line feed; how they ended, the byte order mark, what was added."""
    mark = "\N{BYTE ORDER MARK}" if text.startswith("\N{BYTE ORDER MARK}") else ""
    bare = text.removeprefix(mark)
    newline = "\r\n" if "\r\n" in bare else "\n"
    plain = bare.replace("\r\n", "\n")
    if plain.replace("\n", newline) != bare:
        raise _refused(trial, "the lines of its file end in two ways", "save it with one kind of line end")
    last = "" if plain.endswith("\n") else "\n"
    return plain + last, newline, mark, last


def _registry(root: Mapping, before: Registry, after: Registry, edits: list[Edit]) -> Iterator[_Splice]:
    values = {
        "as_of": (str(before.as_of), str(after.as_of), str(after.as_of)),
        "eligibility_sha256": (before.eligibility_sha256, after.eligibility_sha256, f'"{after.eligibility_sha256}"'),
        "status": (before.status, after.status, after.status),
        "status_as_of": (str(before.status_as_of), str(after.status_as_of), str(after.status_as_of)),
        "status_source": (before.status_source, after.status_source, json.dumps(after.status_source)),
    }
    part = root.get("registry")
    for key, (old, new, written) in values.items():
        node = part.get(key) if isinstance(part, Mapping) else None
        if old != new and isinstance(node, Scalar):
            edits.append((key, old, new))
            yield (*_extent(node), written)


def _extent(node: Scalar) -> tuple[int, int]:
    """Where a value stands, without the line breaks that a folded one ends with."""
    stretch = node.text.content[node.start : node.end]
    return node.start, node.start + len(stretch.rstrip())


def _requirements(root: Mapping, requirements: tuple[Requirement, ...], edits: list[Edit]) -> Iterator[_Splice]:
    """Change, remove and add single lines; a file without any gets the whole record at its end."""
    text = root.text.content
    block = root.get("requirements")
    sections = {key.value: (key, items) for key, items in block.items} if isinstance(block, Mapping) else {}
    end = len(text)
    for _, items in sections.values():
        if isinstance(items, Mapping) and items.items:
            end = _line_end(text, items.items[-1][1].end)
    added = ""
    for section in dict.fromkeys([*sections, *(item.section for item in requirements)]):
        wanted = [item for item in requirements if item.section == section]
        if section not in sections:
            added += f"  {section}:\n" + "".join(_line(item) for item in wanted)
            edits += ((f"{section} {item.item}", "", item.sha256) for item in wanted)
            continue
        key, items = sections[section]
        yield from _section(text, key, items, wanted, edits)
    if added:
        head = "" if sections else f"{_HEAD}\n"
        yield end, end, head + added


def _section(text: str, key: Scalar, node: object, wanted: list[Requirement], edits: list[Edit]) -> Iterator[_Splice]:
    old = {name.value: (name, value) for name, value in node.items} if isinstance(node, Mapping) else {}
    now = {item.item: item.sha256 for item in wanted}
    at = _line_start(text, next(iter(old.values()))[0].start) if old else _line_end(text, key.end)
    for item in wanted:  # in the order of the text: a new one stands after the one before it
        if item.item not in old:
            edits.append((f"{key.value} {item.item}", "", item.sha256))
            yield at, at, _line(item)
            continue
        value = old[item.item][1]
        at = _line_end(text, value.end)
        was = value.value if isinstance(value, Scalar) else ""
        if was != item.sha256:
            edits.append((f"{key.value} {item.item}", was, item.sha256))
            yield value.start, value.end, f'"{item.sha256}"'
    for place, (name, value) in old.items():
        if place not in now:
            edits.append((f"{key.value} {place}", value.value if isinstance(value, Scalar) else "", ""))
            yield _line_start(text, name.start), _line_end(text, value.end), ""
    if not wanted and old:
        yield _line_start(text, key.start), _line_end(text, key.end), ""


def _line(item: Requirement) -> str:
    return f'    {json.dumps(item.item)}: "{item.sha256}"\n'


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    return text.find("\n", index) + 1 or len(text)


def _spliced(text: str, splices: list[_Splice]) -> str:
    pieces, end = [], 0
    for start, stop, new in sorted(splices, key=lambda splice: splice[:2]):  # stable: lines of one place in their order
        pieces += [text[end:start], new]
        end = max(end, stop)
    return "".join([*pieces, text[end:]])


def _compiled(
    trial: Trial,
    text: str,
    wanted: Registry,
    requirements: tuple[Requirement, ...],
    study: Study,
    dictionary: Dictionary,
) -> Trial:
    """The trial of the edited text, which must be the old one with the record of today. Raises InputError."""
    try:
        new = compile_trial(load_text(Text(trial.id, text)), dictionary)
    except InputError as error:
        raise _refused(trial, f"{_BY_HAND}: {error.problems[0].message}", _layout(trial)) from None
    recorded = {(item.section, item.item, item.sha256) for item in new.requirements}
    same = replace(trial, registry=wanted, requirements=new.requirements, file_sha256=new.file_sha256)
    if new != same or recorded != {(item.section, item.item, item.sha256) for item in requirements}:
        raise _refused(trial, _BY_HAND, _layout(trial))
    if left := check(new, study):
        raise _refused(trial, f"something would still differ: {left[0].says}", "look at the record, and report this")
    return new


def _layout(trial: Trial) -> str:
    return (
        f"give each key under `registry:` and `requirements:` of {trial.id} a line of its own, as in the shipped files"
    )
