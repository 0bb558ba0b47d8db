"""The client against a registry made from the registry's own description, and against all that was recorded of it.

What is read is held against the raw JSON by another way than `read_study` goes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from screener.errors import CONTROL, InputError
from screener.registry.client import Client
from screener.registry.faults import NetworkError, UnknownStudyError
from screener.registry.queries import Search, queries
from screener.registry.read import read_study
from screener.registry.study import Study, StudySite
from tests.fault_server import FaultServer, text, value
from tests.mock_registry import OPENAPI, SHARED, VERSION, Bodies, Description, MockRegistry, RefusedError, ids
from tests.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from screener.registry.study import Contact
    from tests.fault_server import Asked

pytestmark = pytest.mark.skipif(not OPENAPI.exists(), reason=f"{OPENAPI} is not here")

STATUSES = ("recruiting", "Active, not recruiting", "UNKNOWN")
WORDS = st.text(st.sampled_from("aé AND([\"'\\,;:&=?#%+-./|{}中0") | st.characters(codec="utf-8"), max_size=12)


@cache
def description() -> Description:
    return Description()


def study(number: int, status: str = "RECRUITING", *aliases: str) -> dict[str, Any]:
    names = {"nctId": f"NCT{number:08}", "nctIdAliases": list(aliases), "briefTitle": f"CAR T cells {number}"}
    modules = {"identificationModule": names, "statusModule": {"overallStatus": status}}
    return {"protocolSection": modules, "hasResults": False}


FIVE = [study(number) for number in (1, 2, 3, 4)] + [study(5, "COMPLETED", "NCT00000055")]


def registry(*studies: dict[str, Any], size: int = 1000) -> MockRegistry:
    return MockRegistry(description(), list(studies) or FIVE, size)


def client(server: FaultServer) -> Client:
    return Client(server.url, sleep=lambda _: None)


# --- what is asked -----------------------------------------------------------


def test_every_request_of_the_default_search_is_allowed() -> None:
    mock = registry(size=2)
    with FaultServer(mock) as server, client(server) as asking:
        assert asking.version() == (VERSION["apiVersion"], VERSION["dataTimestamp"])
        for query in queries(Search()):
            assert list(asking.studies(query.params)) == FIVE
    assert mock.refused == []
    assert len(server.paths) == 1 + 4 * 3, "a version, and three pages for each of the four queries"


def searches() -> st.SearchStrategy[Search]:
    statuses = st.lists(st.sampled_from(STATUSES), max_size=3).map(tuple)
    countries = st.lists(st.sampled_from(["US", "Korea, Republic of", "Türkiye"]), max_size=2).map(tuple)
    words = st.just("") | st.just("NCT00000001 nct5") | WORDS.map("a {}".format)
    return st.builds(Search, words, words, words, statuses, countries)


def test_every_request_of_every_option_is_allowed() -> None:
    mock = registry(size=2)

    @settings(max_examples=60, deadline=None)
    @given(searches())
    def allowed(search: Search) -> None:
        for query in queries(search):
            list(asking.studies(query.params))

    with FaultServer(mock) as server, client(server) as asking:
        allowed()
    assert mock.refused == []
    assert len(server.paths) > 60


def test_the_command_asks_what_is_allowed(tmp_path: Path) -> None:
    mock = registry()
    words = ("fetch", "T cells", "--condition", "mesothelioma", "--intervention", "gavo-cel", "--country", "US")
    statuses = [word for status in STATUSES for word in ("--status", status)]
    with FaultServer(mock) as server:
        places = {"SCREENER_REGISTRY": server.url, "SCREENER_CACHE": str(tmp_path / "kept")}
        ran = Program(tmp_path).run("trials", *words, *statuses, "-f", "json", **places)
    assert (ran.code, ran.err, mock.refused) == (0, "", [])
    assert [each["nct_id"] for each in json.loads(ran.out)["studies"]] == [ids(each)[0] for each in FIVE[:4]]
    names = {"query.term", "query.cond", "query.intr", "filter.overallStatus", "filter.advanced"}
    assert set(server.queries[1]) == names | {"countTotal", "pageSize"}


def test_a_study_by_its_number_and_by_one_that_it_had() -> None:
    mock = registry()
    with FaultServer(mock) as server, client(server) as asking:
        assert asking.study("NCT00000001") == ("NCT00000001", FIVE[0])
        assert asking.study("NCT00000055") == ("NCT00000005", FIVE[4])
        assert mock.refused == []
        with pytest.raises(UnknownStudyError, match="NCT number NCT00000009 not found"):
            asking.study("NCT00000009")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"filter.phase": "PHASE1"}, "unknown parameter `filter.phase`"),
        ({"query.condition": "mesothelioma"}, "unknown parameter `query.condition`"),
        ({"filter.overallStatus": "RECRUITING|OPEN"}, "Invalid value in parameter `filter.overallStatus`"),
        ({"filter.ids": "NCT00000000"}, "Invalid value in parameter `filter.ids`"),
        ({"filter.ids": "NCT0000000\N{ARABIC-INDIC DIGIT ONE}"}, "Invalid value in parameter `filter.ids`"),
        ({"countTotal": "True"}, "`countTotal` is no boolean"),
        ({"format": "xml"}, "Invalid value in parameter `format`"),
        ({"pageToken": "abracadabra"}, "`pageToken` does not fit"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_request_of_the_client_would_be_noticed(params: dict[str, str], words: str) -> None:
    with FaultServer(registry()) as server, client(server) as asking, pytest.raises(NetworkError) as caught:
        list(asking.studies(params))
    assert "does not accept the request (400)" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/studies/NCT00000000", 400),
        ("/studies/07", 400),
        ("/studies/NCT00000001?fields=", 400),
        ("/studies?pageSize=-1", 400),
        ("/studies?pageSize=2147483648", 400),
        ("/studies?pageSize=1&pageSize=2", 400),
        ("/studies?filter.geo=distance(1,%202,3mi)", 400),
        ("/studies?sort=a,b,c", 400),
        ("/studies?nctId=NCT00000001", 400),
        ("/version?x=1", 400),
        ("/trials", 404),
    ],
)
def test_the_mock_allows_no_more_than_the_file(address: str, status: int) -> None:
    with pytest.raises(RefusedError) as caught:
        description().read(f"/api/v2{address}")
    assert caught.value.status == status


def test_a_token_belongs_to_its_search() -> None:
    with FaultServer(registry(size=2)) as server, client(server) as asking:
        assert list(asking.studies({"query.cond": "a", "countTotal": "true"})) == FIVE
        token = server.queries[1]["pageToken"]
        assert list(asking.studies({"query.cond": "a", "pageToken": token})) == FIVE[2:]
        with pytest.raises(NetworkError, match="does not fit the other parameters"):
            list(asking.studies({"query.cond": "b", "pageToken": token}))


def test_the_recorded_token_leads_to_the_recorded_next_page() -> None:
    pages = [(SHARED / "pages" / f"biomcp_search_phelan_{name}_20260811.json").read_bytes() for name in TOKENS]
    first, second = (json.loads(page) for page in pages)
    answers = {None: text(pages[0]), first["nextPageToken"]: text(pages[1])}

    def recorded(asked: Asked) -> None:
        token = description().read(asked.path)[1].get("pageToken")
        answers.get(token, value({"studies": []}))(asked)  # the recording ends there, with a token of its own

    params = {"query.cond": "Phelan-McDermid", "countTotal": "true", "pageSize": "5", "filter.overallStatus": "UNKNOWN"}
    with FaultServer(recorded) as server, client(server) as asking:
        found = list(asking.studies(params))
    assert found == first["studies"] + second["studies"]
    assert len({ids(each)[0] for each in found}) == 10
    tokens = [{}, {"pageToken": first["nextPageToken"]}, {"pageToken": second["nextPageToken"]}]
    assert server.queries == [{**params, **token} for token in tokens]


TOKENS = ("limit5", "next")

# --- what is read ------------------------------------------------------------


def lost(record: Any, read: Study) -> list[str]:
    """What a record holds for screening and the study read from it does not, held against each other field by field."""
    protocol = at(record, "protocolSection")
    names, status = at(protocol, "identificationModule"), at(protocol, "statusModule")
    limits, places = at(protocol, "eligibilityModule"), at(protocol, "contactsLocationsModule")
    treatments = at(protocol, "armsInterventionsModule", "interventions")
    enrollment = at(protocol, "designModule", "enrollmentInfo", "count")
    pairs = {
        "id": (at(names, "nctId"), read.nct_id),
        "aliases": (list(at(names, "nctIdAliases")), list(read.aliases)),
        "other ids": (stated_ids(names), list(read.other_ids)),
        "titles": (
            [plain(at(names, name)) for name in ("briefTitle", "officialTitle", "acronym")],
            [read.brief_title, read.official_title, read.acronym],
        ),
        "statuses": (
            [at(status, name) for name in ("overallStatus", "lastKnownStatus", "statusVerifiedDate")],
            [read.status, read.last_known_status, read.status_verified],
        ),
        "why stopped": (words(at(status, "whyStopped")), words(read.why_stopped)),
        "dates": (
            [at(status, f"{name}DateStruct", "date") for name in DATES],
            [read.start, read.primary_completion, read.completion, read.last_update_posted],
        ),
        "phases": (list(at(protocol, "designModule", "phases")), list(read.phases)),
        "enrollment": (
            "" if enrollment == 99_999_999 else enrollment,
            "" if read.enrollment is None else read.enrollment,
        ),
        "sponsor": (plain(at(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name")), read.sponsor),
        "conditions": (lines(at(protocol, "conditionsModule", "conditions")), list(read.conditions)),
        "keywords": (lines(at(protocol, "conditionsModule", "keywords")), list(read.keywords)),
        "treatments": (
            [(at(each, "type"), plain(at(each, "name")), lines(at(each, "otherNames"))) for each in treatments],
            [(each.kind, each.name, list(each.other_names)) for each in read.interventions],
        ),
        "eligibility": (words(at(limits, "eligibilityCriteria")), words(read.eligibility)),
        "sex": (at(limits, "sex"), read.sex),
        "volunteers": (
            at(limits, "healthyVolunteers"),
            "" if read.healthy_volunteers is None else read.healthy_volunteers,
        ),
        "ages": (
            [age(at(limits, "minimumAge")), age(at(limits, "maximumAge"), "99", "999")],
            [age(f"{each.number} {each.unit}") if each else "" for each in (read.minimum_age, read.maximum_age)],
        ),
        "sites": ([stated_site(each) for each in at(places, "locations")], [site_of(each) for each in read.sites]),
        "contacts": (stated_contacts(places, "centralContacts"), contacts_of(read.contacts)),
        "documents": (
            [
                (plain(at(each, "label")) or at(each, "filename"), at(each, "date"), at(each, "filename"))
                for each in at(record, "documentSection", "largeDocumentModule", "largeDocs")
                if at(each, "filename")
            ],
            [(each.title, each.date, each.url.rpartition("/")[2]) for each in read.documents],
        ),
        "version": (at(record, "derivedSection", "miscInfoModule", "versionHolder"), read.version),
        "results": (at(record, "hasResults") is True, read.has_results),
    }
    return [f"{name}: {stated!r} is read as {found!r}" for name, (stated, found) in pairs.items() if stated != found]


DATES = ("start", "primaryCompletion", "completion", "lastUpdatePost")
UNSEEN = re.compile("[\u200b-\u200f\ufeff\xad]")


def at(node: Any, *names: str) -> Any:
    """What stands at a path, "" where nothing does."""
    for name in names:
        node = node.get(name) if isinstance(node, dict) else None
    return "" if node is None else node


def plain(written: str) -> str:
    return " ".join(unicodedata.normalize("NFC", UNSEEN.sub("", written)).split())


def lines(written: Iterable[str]) -> list[str]:
    return [plain(each) for each in written]


def words(written: str) -> list[str]:
    """A text in Markdown without its escapes."""
    return re.sub(r"\\(?=[^\w\s])", "", plain(written)).split()


def age(written: str, *unlimited: str) -> str:
    number, _, unit = written.partition(" ")
    if number in unlimited and unit.startswith("Year"):
        return ""
    return f"{int(number)} {unit.removesuffix('s')}s" if written else ""


def stated_ids(names: Any) -> list[tuple[str, str]]:
    own = at(names, "orgStudyIdInfo")
    found = [(at(own, "type") or "ORGANIZATION", at(own, "id"))]
    found += [(at(each, "domain") or at(each, "type"), at(each, "id")) for each in at(names, "secondaryIdInfos")]
    return [(plain(giver), plain(number)) for giver, number in found if number]


def stated_contacts(place: Any, name: str) -> list[tuple[str, ...]]:
    return [tuple(plain(at(each, part)) for part in CONTACT) for each in at(place, name)]


CONTACT = ("name", "role", "phone", "phoneExt", "email")


def contacts_of(contacts: Iterable[Contact]) -> list[tuple[str, ...]]:
    split = ((each, *each.phone.partition(" ext. ")) for each in contacts)
    return [(each.name, each.role, phone, extension, each.email) for each, phone, _, extension in split]


def stated_site(place: Any) -> tuple[Any, ...]:
    texts = (plain(at(place, name)) for name in ("facility", "city", "state", "zip", "country", "status"))
    return (*texts, at(place, "geoPoint", "lat"), at(place, "geoPoint", "lon"), stated_contacts(place, "contacts"))


def site_of(site: StudySite) -> tuple[Any, ...]:
    texts = (site.facility, site.city, site.state, site.zip, site.country, site.status)
    point = ("" if degrees is None else degrees for degrees in (site.latitude, site.longitude))
    return (*texts, *point, contacts_of(site.contacts))


def recorded() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every recorded record, with the name of its file."""
    for path in sorted(SHARED.rglob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        for record in found.get("studies", [found]):
            if "protocolSection" in record:
                yield f"{path.parent.name}/{path.name}", record


def test_every_recorded_file_is_looked_at() -> None:
    """The texts of criteria alone are no records: they were not saved from the API."""
    files = {f"{path.parent.name}/{path.name}" for path in SHARED.rglob("*.json")}
    assert {name for name in files if not name.startswith("criteria/")} == {name for name, _ in recorded()}
    assert len(list(recorded())) >= 75


def test_of_the_recorded_records_nothing_is_lost() -> None:
    found = [(name, record, read_study(record)) for name, record in recorded()]
    assert [(name, *problems) for name, record, read in found if (problems := lost(record, read))] == []


def test_the_recorded_answers_are_as_the_file_says() -> None:
    """What the mock is made from is what the registry gave."""
    pages = [(path.name, json.loads(path.read_bytes())) for path in sorted((SHARED / "pages").glob("*.json"))]
    faults = {name: description().named(page, "PagedStudies") for name, page in pages if "studies" in page}
    faults |= {name: description().named(record, "Study") for name, record in recorded()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_loss_would_be_noticed() -> None:
    record = study(1)
    for change in ({"statusModule": {"overallStatus": "WITHDRAWN"}}, {"eligibilityModule": {"maximumAge": "70 Years"}}):
        changed = {"protocolSection": record["protocolSection"] | change}
        assert lost(changed, read_study(record))


# Not shrunk: a whole record takes minutes to shrink, and what is lost is named without that.
LARGE = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


@LARGE
@given(st.data())
def test_what_the_file_describes_is_read_without_loss(data: st.DataObject) -> None:
    record = data.draw(Bodies(description()).of("Study"))
    assert description().named(record, "Study") == []
    record.setdefault("protocolSection", {}).setdefault("identificationModule", {}).setdefault("nctId", "NCT00000001")
    assert lost(record, read_study(record)) == []


@LARGE
@given(st.data())
def test_whatever_the_file_allows_is_read_or_refused(data: st.DataObject) -> None:
    record = data.draw(Bodies(description(), wild=True).of("Study"))
    assert description().named(record, "Study") == []
    try:
        read = read_study(record)
    except InputError as error:
        told = str(error)
        assert "protocolSection" in told
        assert not CONTROL.search(told)
    else:
        assert read.status == at(record, "protocolSection", "statusModule", "overallStatus")


@settings(LARGE, max_examples=5)
@given(st.data())
def test_no_field_that_is_read_is_unknown_to_the_file(data: st.DataObject) -> None:
    """A record with all that the file names leaves nothing empty: a wrong name of a field would be noticed."""
    record = data.draw(Bodies(description(), whole=True).of("Study"))
    read = read_study(record)
    assert [name for name in Study.__dataclass_fields__ if getattr(read, name) in ("", ())] == []
    assert [name for name in StudySite.__dataclass_fields__ if getattr(read.sites[0], name) in ("", (), None)] == []


@settings(LARGE, max_examples=20)
@given(st.data())
def test_generated_pages_reach_the_client_unchanged(data: st.DataObject) -> None:
    studies = data.draw(st.lists(Bodies(description()).of("Study"), max_size=5))
    mock = registry(size=2)
    mock.studies = studies
    with FaultServer(mock) as server, client(server) as asking:
        assert list(asking.studies({"query.cond": "mesothelioma"})) == studies
    assert mock.refused == []


def test_the_real_records_come_through_the_client() -> None:
    records = [record for name, record in recorded() if name.startswith("records/")]
    mock = registry(*records, size=10)
    with FaultServer(mock) as server, client(server) as asking:
        assert list(asking.studies({"query.cond": "mesothelioma"})) == records
        assert asking.study("NCT01658969")[0] == "NCT01147016", "a real alias"
    assert mock.refused == []
