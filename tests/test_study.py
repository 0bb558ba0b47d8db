"""Records of the registry, real and hostile: nothing that screening needs is lost, nothing harmful gets in."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.eligibility.normal import fingerprint
from screener.errors import CONTROL, InputError
from screener.registry.age import Age
from screener.registry.fields import LONGEST, MOST
from screener.registry.read import read_saved, read_study
from screener.registry.study import Contact, Document, Intervention, Official, Study, StudySite
from screener.truth import Truth

SHARED = Path(__file__).parents[2] / "shared"
REGISTRY = SHARED / "registry"
needs_registry = pytest.mark.skipif(not REGISTRY.is_dir(), reason="../shared/registry is not here")

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def whole() -> dict[str, Any]:
    """A record, invented, with every field that is read."""
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": "NCT01234567",
                "nctIdAliases": ["NCT07654321"],
                "orgStudyIdInfo": {"id": "ABC-1"},
                "secondaryIdInfos": [
                    {"id": "P30", "type": "NIH"},
                    {"id": "W-2", "type": "OTHER", "domain": "An institute"},
                    {"type": "OTHER"},
                ],
                "briefTitle": "Cells for the pleura",
                "officialTitle": "A Study of Cells\u00a0 for\nthe Pleura",
                "acronym": "PLEURA",
            },
            "statusModule": {
                "overallStatus": "UNKNOWN",
                "lastKnownStatus": "RECRUITING",
                "whyStopped": "Money \\& people",
                "statusVerifiedDate": "2025-03",
                "expandedAccessInfo": {"hasExpandedAccess": True, "nctId": "NCT00000002"},
                "startDateStruct": {"date": "2024", "type": "ACTUAL"},
                "primaryCompletionDateStruct": {"date": "2026-02-28"},
                "completionDateStruct": {"date": "2027-12"},
                "lastUpdatePostDateStruct": {"date": "2025-04-01"},
            },
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE1", "PHASE2"],
                "enrollmentInfo": {"count": 30, "type": "ESTIMATED"},
            },
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": "A hospital"},
                "collaborators": [{"name": "A firm"}, {"class": "OTHER"}],
            },
            "conditionsModule": {"conditions": ["Pleural mesothelioma"], "keywords": ["cells", " "]},
            "descriptionModule": {"briefSummary": "One\\.", "detailedDescription": "Two\r\n\r\n\\* three  \n"},
            "armsInterventionsModule": {
                "armGroups": [{"label": "Low dose"}, {"label": "High dose"}],
                "interventions": [
                    {"type": "BIOLOGICAL", "name": "Cells", "otherNames": ["C-1"], "description": "\\<1 hour"},
                    {"name": "Fludarabine"},
                ],
            },
            "eligibilityModule": {
                "eligibilityCriteria": "Inclusion Criteria:\n\n* Platelets \\>= 75 x 10\\^9/L \\[twice\\]",
                "sex": "ALL",
                "minimumAge": "18 Years",
                "maximumAge": "75 Years",
                "healthyVolunteers": False,
            },
            "contactsLocationsModule": {
                "overallOfficials": [
                    {"name": "A surgeon", "affiliation": "A hospital", "role": "PRINCIPAL_INVESTIGATOR"},
                    {"name": "A chair"},
                ],
                "centralContacts": [
                    {"name": "A nurse", "role": "CONTACT", "phone": "555-0100", "phoneExt": "7", "email": "a@b.example"}
                ],
                "locations": [
                    {
                        "facility": "A clinic",
                        "status": "RECRUITING",
                        "city": "Philadelphia",
                        "state": "Pennsylvania",
                        "zip": "19104",
                        "country": "United States",
                        "contacts": [{"name": "A doctor"}],
                        "geoPoint": {"lat": 39.95, "lon": -75},
                    },
                    {"city": "Zürich", "country": "Switzerland"},
                ],
            },
        },
        "documentSection": {
            "largeDocumentModule": {
                "largeDocs": [
                    {"label": "Study Protocol", "date": "2023-05-01", "filename": "Prot_000.pdf"},
                    {"label": "Elsewhere", "filename": "../../x.pdf"},
                ]
            }
        },
        "derivedSection": {
            "miscInfoModule": {"versionHolder": "2025-10-10"},
            "conditionBrowseModule": {"meshes": [{"term": "Mesothelioma"}], "ancestors": [{"term": "Neoplasms"}]},
            "interventionBrowseModule": {"meshes": [{"term": "fludarabine"}], "ancestors": [{"term": "Drugs"}]},
        },
        "hasResults": True,
    }


def least(**modules: Any) -> dict[str, Any]:
    return {"protocolSection": {"identificationModule": {"nctId": "NCT01234567"}, **modules}}


def message(record: object) -> str:
    with pytest.raises(InputError) as caught:
        read_study(record)
    return str(caught.value)


def strings(value: object) -> list[str]:
    """Every text in a study."""
    if isinstance(value, str):
        return [value]
    if dataclasses.is_dataclass(value):
        return [text for name in dataclasses.fields(value) for text in strings(getattr(value, name.name))]
    return [text for item in value for text in strings(item)] if isinstance(value, (tuple, list)) else []


def test_every_field_is_read() -> None:
    assert read_study(whole()) == Study(
        nct_id="NCT01234567",
        aliases=("NCT07654321",),
        other_ids=(("ORGANIZATION", "ABC-1"), ("NIH", "P30"), ("An institute", "W-2")),
        brief_title="Cells for the pleura",
        official_title="A Study of Cells for the Pleura",
        acronym="PLEURA",
        status="UNKNOWN",
        last_known_status="RECRUITING",
        why_stopped="Money & people",
        status_verified="2025-03",
        start="2024",
        primary_completion="2026-02-28",
        completion="2027-12",
        last_update_posted="2025-04-01",
        study_type="INTERVENTIONAL",
        phases=("PHASE1", "PHASE2"),
        enrollment=30,
        sponsor="A hospital",
        collaborators=("A firm",),
        conditions=("Pleural mesothelioma",),
        keywords=("cells",),
        condition_meshes=("Mesothelioma",),
        condition_ancestors=("Neoplasms",),
        intervention_meshes=("fludarabine",),
        summary="One.",
        description="Two\n\n* three",
        interventions=(
            Intervention("BIOLOGICAL", "Cells", ("C-1",), "<1 hour"),
            Intervention("", "Fludarabine", (), ""),
        ),
        arms=("Low dose", "High dose"),
        eligibility="Inclusion Criteria:\n\n* Platelets >= 75 x 10^9/L [twice]",
        sex="ALL",
        minimum_age=Age(18, "Years"),
        maximum_age=Age(75, "Years"),
        healthy_volunteers=False,
        sites=(
            StudySite(
                facility="A clinic",
                city="Philadelphia",
                state="Pennsylvania",
                zip="19104",
                country="United States",
                status="RECRUITING",
                latitude=39.95,
                longitude=-75.0,
                contacts=(Contact("A doctor", "", "", ""),),
            ),
            StudySite("", "Zürich", "", "", "Switzerland", "", None, None),
        ),
        contacts=(Contact("A nurse", "CONTACT", "555-0100 ext. 7", "a@b.example"),),
        officials=(Official("A surgeon", "PRINCIPAL_INVESTIGATOR", "A hospital"), Official("A chair", "", "")),
        expanded_access=True,
        documents=(
            Document(
                "Study Protocol",
                "2023-05-01",
                "https://cdn.clinicaltrials.gov/large-docs/67/NCT01234567/Prot_000.pdf",
            ),
        ),
        has_results=True,
        version="2025-10-10",
    )


def test_a_record_of_nothing_but_its_id() -> None:
    study = read_study(least())
    left = {field.name: getattr(study, field.name) for field in dataclasses.fields(Study)}
    assert left.pop("nct_id") == "NCT01234567"
    assert Counter(map(repr, left.values())) == {"''": 18, "()": 15, "None": 5, "False": 1}


def test_null_is_missing() -> None:
    nothing = {name: None for name in whole()["protocolSection"] if name != "identificationModule"}
    record = {**least(**nothing), "documentSection": None, "derivedSection": None, "hasResults": None}
    assert read_study(record) == read_study(least())
    assert read_study(least(conditionsModule={"conditions": [None, "x"]})).conditions == ("x",)


def test_an_unknown_enrollment_is_none_and_none_enrolled_is_zero() -> None:
    for count, expected in ((99_999_999, None), (0, 0), (99_999_998, 99_999_998)):
        assert read_study(least(designModule={"enrollmentInfo": {"count": count}})).enrollment == expected


@pytest.mark.parametrize(
    ("text", "minimum", "maximum"),
    [
        ("99 Years", Age(99, "Years"), None),
        ("999 Years", Age(999, "Years"), None),
        ("120 Years", Age(120, "Years"), Age(120, "Years")),
        ("99 Months", Age(99, "Months"), Age(99, "Months")),
        ("1 Year", Age(1, "Years"), Age(1, "Years")),
        ("0 Days", Age(0, "Days"), Age(0, "Days")),
        ("", None, None),
    ],
)
def test_ages(text: str, minimum: Age | None, maximum: Age | None) -> None:
    study = read_study(least(eligibilityModule={"minimumAge": text, "maximumAge": text}))
    assert (study.minimum_age, study.maximum_age) == (minimum, maximum)


@pytest.mark.parametrize(
    "text", ["18", "Years", "18 years", "-1 Years", "18.5 Years", "18 Years or older", "１８ Years"]
)
def test_an_age_that_cannot_be_read_is_no_missing_limit(text: str) -> None:
    told = message(least(eligibilityModule={"maximumAge": text}))
    assert "protocolSection.eligibilityModule.maximumAge: an age such as '18 Years' or '6 Months' is wanted" in told
    assert f"not '{text}'" in told


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-02-29", "2025-3", "March 2025", "0000-01", "20250301", "2025-03-01T10:00"]
)
def test_a_date_that_is_none_is_refused(text: str) -> None:
    told = message(least(statusModule={"completionDateStruct": {"date": text}}))
    assert "protocolSection.statusModule.completionDateStruct.date: a date such as" in told
    assert f"not '{text}'" in told


@pytest.mark.parametrize(
    ("minimum", "maximum", "years", "expected"),
    [
        ("18 Years", None, 17, FALSE),
        ("18 Years", None, 18, TRUE),
        (None, "75 Years", 75, TRUE),  # 75 years and eleven months are 75 years
        (None, "75 Years", 76, FALSE),
        ("18 Years", "75 Years", 40, TRUE),
        (None, None, 0, TRUE),
        (None, "99 Years", 104, TRUE),
        ("18 Months", None, 0, FALSE),
        ("18 Months", None, 1, UNKNOWN),
        ("18 Months", None, 2, TRUE),
        ("12 Months", None, 1, TRUE),
        (None, "30 Months", 1, TRUE),
        (None, "30 Months", 2, UNKNOWN),
        (None, "30 Months", 3, FALSE),
        (None, "23 Months", 1, TRUE),
        ("52 Weeks", None, 0, UNKNOWN),  # 364 days are 52 weeks
        ("53 Weeks", None, 0, FALSE),
        ("52 Weeks", None, 1, TRUE),
        (None, "365 Weeks", 6, TRUE),  # seven years of 366 days are 366 weeks, complete only with the seventh birthday
        ("28 Days", None, 0, UNKNOWN),
        ("28 Days", None, 1, TRUE),
        ("365 Days", None, 0, UNKNOWN),  # a year with a 29 February has a 365th day before it is complete
        ("366 Days", None, 0, FALSE),
        ("24 Hours", None, 1, TRUE),
        (None, "90 Minutes", 0, UNKNOWN),
        (None, "90 Minutes", 1, FALSE),
        ("18 Years", "30 Months", 2, FALSE),
    ],
)
def test_an_age_in_whole_years_against_the_limits(
    minimum: str | None, maximum: str | None, years: int, expected: Truth
) -> None:
    limits = {"minimumAge": minimum, "maximumAge": maximum}
    assert read_study(least(eligibilityModule={**limits, "sex": "ALL"})).admits_age(years) is expected
    few_fields = read_study(least(eligibilityModule=limits)).admits_age(years)
    assert few_fields is (expected if expected is FALSE or (minimum and maximum and maximum != "99 Years") else UNKNOWN)


UNITS = st.sampled_from(["Years", "Months", "Weeks", "Days", "Hours", "Minutes"])


@given(st.integers(0, 2000), UNITS, st.integers(0, 130))
def test_limits_hold_from_an_age_on_and_up_to_an_age(number: int, unit: str, years: int) -> None:
    age, rank = Age(number, unit), {FALSE: 0, UNKNOWN: 1, TRUE: 2}
    assert rank[age.reached(years)] <= rank[age.reached(years + 1)]
    assert rank[age.not_passed(years)] >= rank[age.not_passed(years + 1)]
    assert (age.reached(years), age.not_passed(years)) != (FALSE, FALSE)
    assert (unit == "Years") <= (UNKNOWN not in (age.reached(years), age.not_passed(years)))


# What is wrong


@pytest.mark.parametrize("record", [None, 1, "NCT01234567", [], {}, {"protocolSection": []}, {"nctId": "NCT01234567"}])
def test_what_is_no_record(record: object) -> None:
    assert "this is no record of a study: it has no `protocolSection`" in message(record)


@pytest.mark.parametrize(
    "nct_id", [None, "", 1234567, "NCT123", "nct01234567", "NCT01234567/../x", "NCT０１２３４５６７"]
)
def test_a_study_without_an_nct_id_is_refused(nct_id: object) -> None:
    record = {"protocolSection": {"identificationModule": {"nctId": nct_id}}}
    assert "protocolSection.identificationModule.nctId: " in message(record)


def test_all_wrong_fields_are_told_at_once_with_their_places() -> None:
    record = whole()
    protocol = record["protocolSection"]
    protocol["statusModule"]["overallStatus"] = 5
    protocol["designModule"] = "phase 1"
    protocol["conditionsModule"]["conditions"] = ["x", {"name": "y"}]
    protocol["contactsLocationsModule"]["locations"][1]["geoPoint"] = {"lat": 91, "lon": True}
    protocol["eligibilityModule"]["healthyVolunteers"] = "No"
    told = message(record)
    for line in (
        "study (NCT01234567): protocolSection.statusModule.overallStatus: text is wanted here, not a number",
        "protocolSection.designModule: an object is wanted here, not text",
        "protocolSection.conditionsModule.conditions[1]: text is wanted here, not an object",
        "protocolSection.contactsLocationsModule.locations[1].geoPoint.lat: degrees from -90 to 90 are wanted here",
        "protocolSection.contactsLocationsModule.locations[1].geoPoint.lon: a number is wanted here, not true or false",
        "protocolSection.eligibilityModule.healthyVolunteers: true or false is wanted here, not text",
    ):
        assert line in told
    assert told.count("Error: ") == 6
    assert told.count("Fix: save or fetch the study again as JSON") == 6


def test_of_very_many_wrong_fields_the_first_are_told() -> None:
    assert message(least(conditionsModule={"conditions": [1] * 100_000})).count("Error: ") == MOST


@pytest.mark.parametrize("count", [-1, 100_000_000, 10**4000, 1.5, True, "30"])
def test_a_count_that_is_none_is_refused(count: object) -> None:
    assert "enrollmentInfo.count: a" in message(least(designModule={"enrollmentInfo": {"count": count}}))


@pytest.mark.parametrize("degrees", [float("nan"), float("inf"), -90.01, 10**400, "39.95"])
def test_degrees_that_are_none_are_refused(degrees: object) -> None:
    site = {"geoPoint": {"lat": degrees, "lon": 0}}
    assert "locations[0].geoPoint.lat: " in message(least(contactsLocationsModule={"locations": [site]}))


def test_half_a_point_is_no_point() -> None:
    (site,) = read_study(least(contactsLocationsModule={"locations": [{"geoPoint": {"lat": 5}}]})).sites
    assert (site.latitude, site.longitude) == (None, None)


# Hostile text

HARMFUL = [
    "\x1b[2J", "\x00", "\x07", "\x9b31m", "\u202e", "\u2066", "\u200b", "\ufeff", "\u061c", "\xad", "\U000e0041",
    "\u2028", "\x85", "\r", "\x0c", "\t", "\ud800", "\udc00",
]  # fmt: skip


def spoil(value: Any, mark: str) -> Any:
    """The same JSON with a mark inside all of its words; what is no free text stays."""
    if isinstance(value, str):
        return re.sub(r"(?<=[a-zé])(?=[a-z])", lambda _: mark, value)
    if isinstance(value, dict):
        kept = {"nctId", "minimumAge", "maximumAge", "filename"}
        return {key: item if key in kept else spoil(item, mark) for key, item in value.items()}
    return [spoil(item, mark) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("mark", HARMFUL)
def test_characters_that_nobody_sees_do_not_get_in(mark: str) -> None:
    study = read_study(spoil(whole(), mark))
    texts = strings(study)
    assert len(texts) == len(strings(read_study(whole())))
    assert not any(
        CONTROL.search(text) or unicodedata.category(char) in {"Cf", "Cs"} for text in texts for char in text
    )
    assert not any("\t" in text for text in texts)
    assert all("\n" not in text for text in (study.brief_title, study.why_stopped, *study.conditions, study.sponsor))
    "".join(texts).encode()


def test_a_word_with_an_unseen_character_is_the_word() -> None:
    study = read_study(least(conditionsModule={"conditions": ["meso\u200bthelio\xadma"]}))
    assert study.conditions == ("mesothelioma",)


def test_an_escape_is_undone_once_and_not_in_names() -> None:
    record = least(descriptionModule={"briefSummary": "a \\\\\\> b \\d"})
    record["protocolSection"]["identificationModule"]["acronym"] = "A\\*"
    study = read_study(record)
    assert (study.summary, study.acronym) == ("a \\> b \\d", "A\\*")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b"])
def test_a_line_ends_in_many_ways(end: str) -> None:
    study = read_study(least(eligibilityModule={"eligibilityCriteria": f"one{end}two{end}"}))
    assert study.eligibility == "one\ntwo"


def test_text_is_composed() -> None:
    record = least(contactsLocationsModule={"locations": [{"city": "Zu\u0308rich"}]})
    assert read_study(record).sites[0].city == "Zürich"


def test_many_combining_marks_do_not_take_long() -> None:
    marks = "\u0301\u0327" * (LONGEST // 2 - 1)
    before = time.process_time()
    study = read_study(least(descriptionModule={"briefSummary": "a" + marks, "detailedDescription": f"b{marks}"}))
    assert time.process_time() - before < 5
    assert len(study.summary) < 40


def test_a_text_without_end_is_refused() -> None:
    assert read_study(least(eligibilityModule={"eligibilityCriteria": "x" * LONGEST})).eligibility == "x" * LONGEST
    told = message(least(eligibilityModule={"eligibilityCriteria": "x" * (LONGEST + 1)}))
    assert "eligibilityCriteria: the text is longer than 100,000 characters" in told


@pytest.mark.parametrize(
    "name", ["", "../Prot.pdf", "a/b.pdf", "a b.pdf", ".pdf", "x.pdf?y", "//evil.example/x.pdf", "é.pdf"]
)
def test_a_document_whose_name_leads_elsewhere_is_left_out(name: str) -> None:
    record = {**least(), "documentSection": {"largeDocumentModule": {"largeDocs": [{"filename": name}]}}}
    assert read_study(record).documents == ()


# Laws

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters() | st.sampled_from([*HARMFUL[-2:], *"\x1b\u202e\\"]), max_size=8)
    | st.sampled_from(["18 Years", "2025-03", "NCT01234567", "x" * (LONGEST + 1)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["protocolSection", "nctId", "date", "name", "lat"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON value: what holds it, and its key or number."""
    keys: list[Any] = (
        list(value) if isinstance(value, dict) else [*range(len(value))] if isinstance(value, list) else []
    )
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def is_read(record: object) -> bool:
    """Whether a record is read, and not refused; harmless either way."""
    read = True
    try:
        texts = strings(read_study(record))
    except InputError as error:
        read, texts = False, [str(error)]
    assert texts
    assert not any(CONTROL.search(text) for text in texts)
    "".join(texts).encode()
    return read


@given(JSON)
def test_any_json_is_read(value: object) -> None:
    is_read(value)
    is_read({"protocolSection": value})


@given(st.lists(st.tuples(st.integers(0, 10_000), JSON), min_size=1, max_size=3))
def test_a_record_with_any_json_in_any_place_is_read(changes: list[tuple[int, Any]]) -> None:
    record = whole()
    for number, value in changes:
        found = places(record)
        holder, key = found[number % len(found)]
        holder[key] = copy.deepcopy(value)
        if not places(record):
            break
    is_read(record)


def test_every_place_may_be_of_any_kind() -> None:
    others: list[Any] = [None, True, 5, 0.5, "\x1b", [], ["\x1b"], [[]], {}, {"x": 1}]
    read: Counter[bool] = Counter()
    for number in range(len(places(whole()))):
        for value in others:
            record = whole()
            holder, key = places(record)[number]
            holder[key] = copy.deepcopy(value)
            read[is_read(record)] += 1
    assert min(read[True], read[False]) > 200


def test_deep_nesting_is_no_danger() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert "conditions[0]: text is wanted here, not a list" in message(least(conditionsModule={"conditions": deep}))
    assert "no `protocolSection`" in message(deep)
    while isinstance(deep, list):  # taken apart here: Python itself would do it in depth
        deep = deep[0]


# Saved files


def page(*records: object) -> dict[str, Any]:
    return {"studies": list(records), "nextPageToken": "t"}


def numbered(number: int) -> dict[str, Any]:
    return {"protocolSection": {"identificationModule": {"nctId": f"NCT{number:08}"}}}


ONE, TWO, THREE = (numbered(number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps(ONE), [1]),
        (json.dumps(ONE, indent=1), [1]),
        ("\ufeff" + json.dumps(ONE), [1]),
        (json.dumps(page(ONE, TWO)), [1, 2]),
        (json.dumps(page(ONE, TWO), indent=2), [1, 2]),
        (json.dumps(page()), []),
        (json.dumps([ONE, TWO, THREE]), [1, 2, 3]),
        (json.dumps([page(ONE), page(), page(TWO, THREE)]), [1, 2, 3]),
        ("\n".join(map(json.dumps, (ONE, TWO))), [1, 2]),
        ("\r\n\r\n".join(map(json.dumps, (ONE, page(TWO), [THREE]))) + "\r\n", [1, 2, 3]),
    ],
)
def test_a_saved_file_in_every_form(text: str, expected: list[int]) -> None:
    assert [study.nct_id for study in read_saved(text, "f.json")] == [f"NCT{number:08}" for number in expected]


def refused(text: str, name: str = "f.json") -> str:
    with pytest.raises(InputError) as caught:
        read_saved(text, name)
    assert caught.value.exit_code == 65
    return str(caught.value)


def test_a_wrong_study_in_a_file_is_named() -> None:
    wrong = numbered(2)
    wrong["protocolSection"]["statusModule"] = {"overallStatus": 5}
    nameless: dict[str, Any] = {"protocolSection": {}}
    told = refused(json.dumps(page(ONE, wrong, nameless)))
    field = "protocolSection.statusModule.overallStatus: text is wanted here, not a number"
    assert f"Error: f.json: study 2 (NCT00000002): {field}" in told
    assert "Error: f.json: study 3: protocolSection.identificationModule.nctId: an NCT id such as" in told
    told = refused("\n\n".join(map(json.dumps, (ONE, page(TWO, wrong)))))
    assert f"Error: f.json:3:1: study 3 (NCT00000002): {field}" in told


def test_of_very_many_wrong_studies_the_first_are_told() -> None:
    assert refused(json.dumps([{}] * 100_000)).count("Error: ") == MOST
    wrong = least(conditionsModule={"conditions": [1, 2, 3]})
    assert refused(json.dumps([wrong] * 100)).count("Error: ") == MOST
    assert refused("{}\n" * MOST + "{").count("Error: ") == MOST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f.json: the file is empty"),
        (" \n\r\n", "f.json: the file is empty"),
        ("<!DOCTYPE html><p>", "f.json: this is a web page or XML, not JSON"),
        ("NCT Number,Title\n", "f.json:1:1: the JSON breaks off or goes wrong here"),
        (json.dumps(page(ONE), indent=1)[:-9], "the JSON breaks off or goes wrong here"),
        (json.dumps(ONE) + '\n{"protocolSection": \n', "f.json:2:21: the JSON breaks off or goes wrong here"),
        ('{\n "studies": [,]\n}', "f.json:2:14: the JSON breaks off or goes wrong here"),
        ('{"studies": NaN}', "a number that cannot be read"),
        ('{"studies": ' + "1" * 5000 + "}", "a number that cannot be read"),
        ("[" * 100_000, "the JSON is nested too deeply"),
        (json.dumps(ONE) + "\n" + '{"a":' * 100_000, "f.json:2:1: the JSON is nested too deeply"),
        ('{"studies": "x"}', "study 1: this is no record of a study"),
    ],
)
def test_what_is_no_saved_file(text: str, expected: str) -> None:
    told = refused(text)
    assert expected in told
    assert "\n  Fix: " in told


def test_a_name_and_a_line_of_a_file_are_shown_harmless() -> None:
    told = refused('{"studies":\x1b[2J\u202e\ud800}', "f\x1b[2J.json")
    assert not CONTROL.search(told)
    assert told.encode()


@given(st.text(st.sampled_from('{}[]",:\n studies1\x1b\ud800\\u') | st.characters(), max_size=40), st.booleans())
def test_any_text_is_read(text: str, inside: bool) -> None:  # noqa: FBT001 - hypothesis gives it by place
    told = ""
    try:
        read_saved(json.dumps(page(ONE)) + "\n" + text if inside else text, "f")
    except InputError as error:
        told = str(error)
    assert not CONTROL.search(told)
    told.encode()


# The real records


def real() -> list[tuple[str, dict[str, Any], Study]]:
    """Every real record, as it came and as it is read, with the name of its file."""
    found: list[tuple[str, dict[str, Any], Study]] = []
    for path in sorted([*(REGISTRY / "records").glob("*.json"), *(REGISTRY / "pages").glob("*.json")]):
        text = path.read_text(encoding="utf-8")
        raw = json.loads(text)
        records = raw.get("studies", [raw])
        found += zip([path.name] * len(records), records, read_saved(text, path.name), strict=True)
    return found


def at(record: Any, *names: str) -> Any:
    for name in names:
        record = record.get(name, {}) if isinstance(record, dict) else {}
    return record or ""


@needs_registry
def test_the_real_records_are_read_without_loss() -> None:
    """Counted in the files by another way: every leaf of the JSON under its path."""
    studies = [study for *_, study in real()]
    sites = [site for study in studies for site in study.sites]
    assert (len(studies), len(list((REGISTRY / "records").glob("*.json")))) == (75, 37)
    assert {
        "eligibility": sum(bool(study.eligibility) for study in studies),
        "sex": sum(bool(study.sex) for study in studies),
        "minimum ages": sum(study.minimum_age is not None for study in studies),
        "maximum ages": sum(study.maximum_age is not None for study in studies),  # 36, and 6 of them are no limit
        "volunteers": sum(study.healthy_volunteers is not None for study in studies),
        "enrollment": sum(study.enrollment is not None for study in studies),
        "phases": sum(len(study.phases) for study in studies),
        "conditions": sum(len(study.conditions) for study in studies),
        "keywords": sum(len(study.keywords) for study in studies),
        "meshes": sum(len(study.condition_meshes) for study in studies),
        "ancestors": sum(len(study.condition_ancestors) for study in studies),
        "intervention meshes": sum(len(study.intervention_meshes) for study in studies),
        "interventions": sum(len(study.interventions) for study in studies),
        "other names": sum(len(each.other_names) for study in studies for each in study.interventions),
        "arms": sum(len(study.arms) for study in studies),
        "collaborators": sum(len(study.collaborators) for study in studies),
        "contacts": sum(len(study.contacts) for study in studies),
        "documents": sum(len(study.documents) for study in studies),
        "aliases": sum(len(study.aliases) for study in studies),
        "other ids": sum(len(study.other_ids) for study in studies),
        "sites": len(sites),
        "site statuses": sum(bool(site.status) for site in sites),
        "points": sum(site.latitude is not None and site.longitude is not None for site in sites),
        "ZIP codes": sum(bool(site.zip) for site in sites),
        "site contacts": sum(len(site.contacts) for site in sites),
        "stopped": sum(bool(study.why_stopped) for study in studies),
        "versions": sum(bool(study.version) for study in studies),
        "results": sum(study.has_results for study in studies),
    } == {
        "eligibility": 53,
        "sex": 53,
        "minimum ages": 74,
        "maximum ages": 30,
        "volunteers": 50,
        "enrollment": 75,
        "phases": 84,
        "conditions": 245,
        "keywords": 219,
        "meshes": 119,
        "ancestors": 505,
        "intervention meshes": 66,
        "interventions": 166,
        "other names": 87,
        "arms": 107,
        "collaborators": 37,
        "contacts": 38,
        "documents": 12,
        "aliases": 1,
        "other ids": 84,
        "sites": 581,
        "site statuses": 284,
        "points": 571,
        "ZIP codes": 370,
        "site contacts": 119,
        "stopped": 5,
        "versions": 50,
        "results": 9,
    }


@needs_registry
def test_the_real_records_say_what_they_said() -> None:
    for name, record, study in real():
        protocol = record["protocolSection"]
        status = at(protocol, "statusModule")
        assert study.nct_id == at(protocol, "identificationModule", "nctId"), name
        assert study.brief_title == " ".join(at(protocol, "identificationModule", "briefTitle").split()), name
        assert study.status == at(status, "overallStatus"), name
        assert study.last_known_status == at(status, "lastKnownStatus"), name
        assert study.status_verified == at(status, "statusVerifiedDate"), name
        assert study.start == at(status, "startDateStruct", "date"), name
        assert study.completion == at(status, "completionDateStruct", "date"), name
        assert study.primary_completion == at(status, "primaryCompletionDateStruct", "date"), name
        assert study.last_update_posted == at(status, "lastUpdatePostDateStruct", "date"), name
        assert study.sponsor == " ".join(at(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name").split()), (
            name
        )
        raw = at(protocol, "eligibilityModule", "eligibilityCriteria")
        assert fingerprint(study.eligibility) == fingerprint(raw), name
        assert len(study.eligibility.splitlines()) == len(raw.strip().splitlines()), name
        places = at(protocol, "contactsLocationsModule", "locations") or []
        for site, place in zip(study.sites, places, strict=True):
            assert (site.latitude, site.longitude) == (
                at(place, "geoPoint", "lat") or None,
                at(place, "geoPoint", "lon") or None,
            )
            assert (site.status, site.zip, site.country) == (
                at(place, "status"),
                at(place, "zip"),
                at(place, "country"),
            )
        assert not re.search(r"\\[<>*\[\]^~&.]", "".join(strings(study))), name
        assert not any(CONTROL.search(text) for text in strings(study)), name


@needs_registry
def test_a_real_age_without_limit_and_a_real_merged_study() -> None:
    studies = {study.nct_id: study for name, _, study in real() if name.startswith("NCT")}
    assert (studies["NCT05052671"].minimum_age, studies["NCT05052671"].maximum_age) == (Age(18, "Years"), None)
    assert studies["NCT03745326"].maximum_age == Age(72, "Years")
    assert studies["NCT01147016"].aliases == ("NCT01658969",)
    (protocol,) = studies["NCT01147016"].documents
    assert protocol.url == "https://cdn.clinicaltrials.gov/large-docs/16/NCT01147016/Prot_SAP_000.pdf"


@needs_registry
def test_files_of_criteria_alone_are_no_records() -> None:
    paths = sorted((REGISTRY / "criteria").glob("*.json"))
    assert len(paths) == 10
    for path in paths:
        assert "it has no `protocolSection`" in refused(path.read_text(encoding="utf-8"), path.name)
