"""Records of ClinicalTrials.gov API v2 become studies; nothing in them is trusted.

The fields are those of the registry's OpenAPI description 2.0.5; records may hold any part of them (domain.md 3.5).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from screener.errors import InputError, Place, Problem
from screener.registry.age import NO_LIMIT, read_age
from screener.registry.fields import MOST, NO_RECORD, Part, read_json
from screener.registry.study import Contact, Document, Intervention, Official, Study, StudySite

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = "https://cdn.clinicaltrials.gov/large-docs"  # domain.md 1.3
UNKNOWN_ENROLLMENT = 99_999_999

_NCT_ID = re.compile(r"NCT[0-9]{8}")
_FILE_NAME = re.compile(r"\w[\w.-]{0,99}", re.ASCII)


def read_study(record: object) -> Study:
    """The study of a record, any JSON value. Raises InputError with every field that cannot be read."""
    study = _read(record)
    if isinstance(study, Study):
        return study
    raise InputError(*(_told(problem, f"study {_nct_id(record)}".strip()) for problem in study))


def read_saved(text: str, name: str) -> list[Study]:
    """The studies of a saved file: a record, a page of them (`studies`), a list, or JSON lines of any of these.

    Raises InputError that names the file, the number of the study in it, its NCT id, and the field; of very many
    problems the first are told.
    """
    return [study for study, _ in read_saved_records(text, name)]


def read_saved_records(text: str, name: str) -> list[tuple[Study, object]]:
    """The same, each study with its record as JSON. Raises InputError."""
    studies: list[tuple[Study, object]] = []
    problems: list[Problem] = []
    for number, (record, line) in enumerate(_records(text, name), start=1):
        study = _read(record)
        if isinstance(study, Study):
            studies.append((study, record))
            continue
        who = f"study {number} {_nct_id(record)}".strip()
        if line:
            problems += (replace(_told(problem, who), place=Place(name, line, 1)) for problem in study)
        else:
            problems += (_told(problem, f"{name}: {who}") for problem in study)
        if len(problems) >= MOST:
            break
    if problems:
        raise InputError(*problems[:MOST])
    return studies


def _records(text: str, name: str) -> Iterator[tuple[object, int]]:
    """The records of a file, and the line of each where it has one of its own, else 0."""
    for value, line in read_json(text, name):
        for item in value if isinstance(value, list) else [value]:
            page = item.get("studies") if isinstance(item, dict) else None
            for record in page if isinstance(page, list) else [item]:
                yield record, line


def _nct_id(record: object) -> str:
    """The NCT id in brackets, "" if there is none to be found."""
    found = Part.of(record).part("protocolSection").part("identificationModule").line("nctId")
    return f"({found})" if _NCT_ID.fullmatch(found) else ""


def _told(problem: Problem, who: str) -> Problem:
    return replace(problem, message=f"{who}: {problem.message}")


def _read(record: object) -> Study | list[Problem]:
    whole = Part.of(record)
    if not isinstance(whole.fields.get("protocolSection"), dict):
        return [Problem("this is no record of a study: it has no `protocolSection`", NO_RECORD)]
    protocol, derived = whole.part("protocolSection"), whole.part("derivedSection")
    names = protocol.part("identificationModule")
    status = protocol.part("statusModule")
    design = protocol.part("designModule")
    sponsors = protocol.part("sponsorCollaboratorsModule")
    topics = protocol.part("conditionsModule")
    texts = protocol.part("descriptionModule")
    treatment = protocol.part("armsInterventionsModule")
    limits = protocol.part("eligibilityModule")
    places = protocol.part("contactsLocationsModule")
    diseases, drugs = derived.part("conditionBrowseModule"), derived.part("interventionBrowseModule")
    nct_id = names.line("nctId")
    if not _NCT_ID.fullmatch(nct_id):
        names.note("nctId", "an NCT id such as NCT01234567 is wanted here")
    enrollment = design.part("enrollmentInfo").count("count")
    study = Study(
        nct_id=nct_id,
        aliases=names.lines("nctIdAliases"),
        other_ids=_other_ids(names),
        brief_title=names.line("briefTitle"),
        official_title=names.line("officialTitle"),
        acronym=names.line("acronym"),
        status=status.line("overallStatus"),
        last_known_status=status.line("lastKnownStatus"),
        why_stopped=" ".join(status.prose("whyStopped").split()),
        status_verified=status.day("statusVerifiedDate"),
        start=status.part("startDateStruct").day("date"),
        primary_completion=status.part("primaryCompletionDateStruct").day("date"),
        completion=status.part("completionDateStruct").day("date"),
        last_update_posted=status.part("lastUpdatePostDateStruct").day("date"),
        study_type=design.line("studyType"),
        phases=design.lines("phases"),
        enrollment=None if enrollment == UNKNOWN_ENROLLMENT else enrollment,
        sponsor=sponsors.part("leadSponsor").line("name"),
        collaborators=_each(sponsors, "collaborators", "name"),
        conditions=topics.lines("conditions"),
        keywords=topics.lines("keywords"),
        condition_meshes=_each(diseases, "meshes", "term"),
        condition_ancestors=_each(diseases, "ancestors", "term"),
        intervention_meshes=_each(drugs, "meshes", "term"),
        summary=texts.prose("briefSummary"),
        description=texts.prose("detailedDescription"),
        interventions=tuple(_intervention(part) for part in treatment.parts("interventions")),
        arms=_each(treatment, "armGroups", "label"),
        eligibility=limits.prose("eligibilityCriteria"),
        sex=limits.line("sex"),
        minimum_age=read_age(limits, "minimumAge"),
        maximum_age=read_age(limits, "maximumAge", NO_LIMIT),
        healthy_volunteers=limits.flag("healthyVolunteers"),
        sites=tuple(_site(part) for part in places.parts("locations")),
        contacts=_contacts(places, "centralContacts"),
        officials=tuple(_official(part) for part in places.parts("overallOfficials")),
        expanded_access=status.part("expandedAccessInfo").flag("hasExpandedAccess"),
        documents=_documents(whole.part("documentSection").part("largeDocumentModule"), nct_id),
        has_results=whole.flag("hasResults") is True,
        version=derived.part("miscInfoModule").line("versionHolder"),
    )
    return whole.problems or study


def _each(part: Part, name: str, field: str) -> tuple[str, ...]:
    """One field of the objects of a list; without those that are empty."""
    texts = (item.line(field) for item in part.parts(name))
    return tuple(text for text in texts if text)


def _other_ids(names: Part) -> tuple[tuple[str, str], ...]:
    """The sponsor's id, then those of other registries and of whoever paid."""
    own = names.part("orgStudyIdInfo")
    found = [(own.line("type") or "ORGANIZATION", own.line("id"))]
    found += ((part.line("domain") or part.line("type"), part.line("id")) for part in names.parts("secondaryIdInfos"))
    return tuple((giver, number) for giver, number in found if number)


def _intervention(part: Part) -> Intervention:
    return Intervention(part.line("type"), part.line("name"), part.lines("otherNames"), part.prose("description"))


def _site(part: Part) -> StudySite:
    point = part.part("geoPoint")
    latitude, longitude = point.degrees("lat", 90), point.degrees("lon", 180)
    known = latitude is not None and longitude is not None
    return StudySite(
        facility=part.line("facility"),
        city=part.line("city"),
        state=part.line("state"),
        zip=part.line("zip"),
        country=part.line("country"),
        status=part.line("status"),
        latitude=latitude if known else None,
        longitude=longitude if known else None,
        contacts=_contacts(part, "contacts"),
    )


def _contacts(part: Part, name: str) -> tuple[Contact, ...]:
    return tuple(_contact(item) for item in part.parts(name))


def _contact(part: Part) -> Contact:
    phone, extension = part.line("phone"), part.line("phoneExt")
    whole = f"{phone} ext. {extension}" if phone and extension else phone
    return Contact(part.line("name"), part.line("role"), whole, part.line("email"))


def _official(part: Part) -> Official:
    return Official(part.line("name"), part.line("role"), part.line("affiliation"))


def _documents(module: Part, nct_id: str) -> tuple[Document, ...]:
    """The posted documents; without one whose name could lead its address elsewhere."""
    named = ((part, part.line("filename")) for part in module.parts("largeDocs"))
    return tuple(
        Document(part.line("label") or name, part.day("date"), f"{DOCUMENTS}/{nct_id[-2:]}/{nct_id}/{name}")
        for part, name in named
        if _FILE_NAME.fullmatch(name)
    )
