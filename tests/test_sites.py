"""`screener trials sites`: which sites recruit, how far they are, and what is not known of either."""

from __future__ import annotations

import csv
import io
import json
import math
import socket
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from screener.cli.settings import Settings
from screener.cli.sites import read_limit, sites
from screener.errors import CONTROL, ExitCode, InputError, UsageError
from screener.places import Place, find_place
from screener.registry.cache import Cache, Stamp, search_name, study_name
from screener.registry.read import read_saved, read_study
from screener.render.sites import Asked, StudySites, in_order, render_sites, sites_json, sites_of_record
from tests.program import SMALL_CRITERIA

if TYPE_CHECKING:
    from typer.testing import Result

SHARED = Path(__file__).parents[2] / "shared" / "registry" / "records"
STAMP = Stamp("2.0.5", "2026-11-20T09:00:05", datetime(2026, 11, 22, tzinfo=UTC))
RULED = "NCT04577326"  # its rule file names a site
UNPLACED = "NCT05451849"  # its rule file names none
ANN_ARBOR = find_place("Ann Arbor, MI")[0]
ANYWHERE = Asked()
NEARBY = Asked(near=ANN_ARBOR)
WHO = {"name": "A nurse", "phone": "+1 555 0100", "email": "nurse@site.example"}
CENTRAL = {"name": "A line", "phone": "+1 555 0199"}


def site(
    facility: str, city: str = "", status: str | None = None, *, country: str = "United States", **more: Any
) -> Any:
    stated = {"status": status} if status else {}
    return {"facility": facility, "city": city, "country": country} | stated | more


def at(latitude: float, longitude: float) -> dict[str, Any]:
    return {"geoPoint": {"lat": latitude, "lon": longitude}}


TOLEDO = site("Near", "Toledo", "RECRUITING", state="Ohio", contacts=[WHO], **at(41.66394, -83.55521))
CLEVELAND = site("Middle", "Cleveland", "NOT_YET_RECRUITING", state="Ohio", **at(41.4995, -81.69541))
NEW_YORK = site("Far", "New York", "RECRUITING", state="New York", **at(40.71427, -74.00597))
NOWHERE = site("Lost", "Elsewhere", "RECRUITING")
SHUT = site("Shut", "Toledo", "WITHDRAWN", state="Ohio", **at(41.66394, -83.55521))
ZURICH = site("Abroad", "Zurich", country="Switzerland", **at(47.36667, 8.55))


def record(
    *places: object,
    nct_id: str = "NCT00000001",
    status: str = "RECRUITING",
    title: str = "CAR T cells",
    **names: object,
) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct_id, "briefTitle": title, **names},
            "statusModule": {"overallStatus": status, "statusVerifiedDate": "2026-10"},
            "conditionsModule": {"conditions": ["Mesothelioma"]},
            "contactsLocationsModule": {"locations": list(places), "centralContacts": [CENTRAL]},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20"}},
    }


def arranged(*places: object, status: str = "RECRUITING", asked: Asked = ANYWHERE) -> StudySites:
    return sites_of_record(read_study(record(*places, status=status)), "2026-11-20", asked)


def facilities(study: StudySites) -> list[str]:
    return [one.site.facility for one in study.listed]


def shown(*studies: StudySites, width: int = 80, asked: Asked = ANYWHERE) -> str:
    return render_sites(studies, asked, (), width=width, color=False)


def flat(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Screener:
    """The command in a small program, with a cache of its own."""

    folder: Path

    def keep(self, *records: dict[str, Any]) -> None:
        for each in records:
            number = each["protocolSection"]["identificationModule"]["nctId"]
            Cache(self.folder).keep(study_name(number), {}, each, STAMP)

    def run(self, *words: object, criteria: Path | None = None, stdin: str = "") -> Result:
        app = typer.Typer()

        @app.callback()
        def start(context: typer.Context) -> None:
            context.obj = Settings(criteria)

        app.command("sites")(sites)
        env = {"SCREENER_CACHE": str(self.folder), "COLUMNS": "80", "NO_COLOR": "1"}
        return CliRunner().invoke(app, ["sites", *map(str, words)], input=stdin, env=env, standalone_mode=False)

    def out(self, *words: object, **how: Any) -> str:
        ran = self.run(*words, **how)
        assert ran.exception is None, ran.exception
        return ran.stdout

    def error(self, *words: object) -> InputError:
        ran = self.run(*words)
        assert isinstance(ran.exception, InputError), ran.exception
        return ran.exception


@pytest.fixture
def screener(tmp_path: Path) -> Screener:
    return Screener(tmp_path)


# Which sites, in which order


def test_recruiting_sites_come_first_then_the_nearest_and_unknown_distances_last() -> None:
    study = arranged(ZURICH, CLEVELAND, NOWHERE, SHUT, NEW_YORK, TOLEDO, asked=NEARBY)
    assert facilities(study) == ["Near", "Far", "Lost", "Middle", "Abroad"]
    text = flat(shown(study, asked=NEARBY))
    assert "Lost, Elsewhere, United States recruiting; distance not known" in text
    assert "Not shown: 1 closed (1 withdrawn); --all shows them." in text


def test_closed_sites_come_last_when_they_are_asked_for() -> None:
    study = arranged(SHUT, CLEVELAND, TOLEDO, asked=Asked(near=ANN_ARBOR, every=True))
    assert facilities(study) == ["Near", "Middle", "Shut"]
    assert not study.closed


@pytest.mark.parametrize("status", ["WITHDRAWN", "COMPLETED", "TERMINATED", "SUSPENDED", "ACTIVE_NOT_RECRUITING"])
def test_a_closed_site_is_counted_and_not_shown(status: str) -> None:
    study = arranged(site("Shut", "Toledo", status), site("Open", "Toledo", "ENROLLING_BY_INVITATION"))
    assert facilities(study) == ["Open"]
    assert dict(study.closed) == {status: 1}


def test_a_site_s_status_is_not_guessed_from_the_study_s() -> None:
    study = arranged(ZURICH)
    text = shown(study)
    assert "Study status: recruiting, verified 2026-10; registry data of 2026-11-20" in text
    assert "        status not stated\n" in text
    (document,) = json.loads(sites_json([study], ANYWHERE))["studies"]
    assert (document["status"], document["sites"][0]["status"]) == ("recruiting", None)


@pytest.mark.parametrize(("status", "contradicts"), [("COMPLETED", True), ("RECRUITING", False), ("UNKNOWN", False)])
def test_a_site_that_recruits_for_a_closed_study_is_a_contradiction(status: str, *, contradicts: bool) -> None:
    study = arranged(TOLEDO, CLEVELAND, status=status)
    assert shown(study).count("Contradictory: the study is") == contradicts
    (document,) = json.loads(sites_json([study], ANYWHERE))["studies"]
    assert [each["contradicts_study"] for each in document["sites"]] == [contradicts, False]


def test_the_contact_is_the_site_s_own_else_the_study_s() -> None:
    silent = site("Silent", "Toledo", "RECRUITING", contacts=[{"name": "A doctor", "role": "PRINCIPAL_INVESTIGATOR"}])
    study = arranged(TOLEDO, silent, CLEVELAND)
    assert {one.site.facility: one.contact_of for one in study.listed} == {
        "Near": "site",
        "Silent": "study",
        "Middle": "study",
    }
    text = shown(study)
    assert text.count("A nurse, +1 555 0100, nurse@site.example") == 1
    assert text.count("Contact of the study: A line, +1 555 0199") == 1
    assert "Contact of the study" not in shown(arranged(TOLEDO))


def test_a_record_without_sites_says_so() -> None:
    assert "The record states no site." in shown(arranged())


def test_studies_that_may_take_patients_come_first_then_those_with_the_nearest_site() -> None:
    kinds = {
        "NCT00000001": record(NEW_YORK),
        "NCT00000002": record(TOLEDO, status="COMPLETED"),
        "NCT00000003": record(CLEVELAND),
        "NCT00000004": record(TOLEDO),
        "NCT00000005": record(),
    }
    for number, each in kinds.items():
        each["protocolSection"]["identificationModule"]["nctId"] = number
    asked = Asked(near=ANN_ARBOR, limit=200)
    found = in_order(sites_of_record(read_study(each), "", asked) for each in kinds.values())
    assert [study.trial[-1] for study in found] == ["4", "3", "1", "5", "2"]


# How far


def test_a_limit_sets_apart_what_may_be_within_and_names_the_nearest_beyond() -> None:
    asked = Asked(ANN_ARBOR, 100.0, "100 mi")
    study = arranged(NEW_YORK, NOWHERE, CLEVELAND, TOLEDO, asked=asked)
    text = flat(shown(study, asked=asked))
    assert text.index("Near, Toledo") < text.index("May be within 100 mi") < text.index("Lost, Elsewhere")
    beyond = "Not shown: 2 surely farther than 100 mi. The nearest: Middle, Cleveland, Ohio, United States, "
    assert beyond in text
    assert "not yet recruiting. The nearest that recruits: Far, New York, New York, United States, about 5" in text
    (document,) = json.loads(sites_json([study], asked))["studies"]
    answers = {each["facility"]: each["within"] for each in document["sites"]}
    assert answers == {"Near": "yes", "Lost": "unknown", "Far": "no", "Middle": "no"}


def test_exactly_at_the_limit() -> None:
    (one,) = arranged(TOLEDO, asked=NEARBY).listed
    assert one.distance
    limits = {
        one.distance.high: "yes",
        math.nextafter(one.distance.high, 0): "unknown",
        one.distance.low: "unknown",
        math.nextafter(one.distance.low, 0): "no",
    }
    for limit, answer in limits.items():
        asked = Asked(ANN_ARBOR, limit, "so many mi")
        study = arranged(TOLEDO, asked=asked)
        assert json.loads(sites_json([study], asked))["studies"][0]["sites"][0]["within"] == answer
        assert ("May be within" in shown(study, asked=asked)) == (answer == "unknown")


def test_over_the_date_line_it_is_near() -> None:
    place = Place("An island", "", "Fiji", -16.8, 179.9)
    study = arranged(
        site("East", "An islet", "RECRUITING", country="Fiji", **at(-16.8, -179.9)), asked=Asked(place, 50)
    )
    (one,) = study.listed
    assert one.distance
    assert one.distance.high < 50


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)) | st.none(), max_size=5),
    st.floats(0, 13_000),
)
def test_each_site_is_shown_or_counted_once_whatever_the_limit(
    points: list[tuple[float, float] | None], limit: float
) -> None:
    places = [site(f"Site{n}", "", "RECRUITING", **(at(*point) if point else {})) for n, point in enumerate(points)]
    asked = Asked(ANN_ARBOR, limit, "the limit")
    study = arranged(*places, asked=asked)
    assert sorted(facilities(study)) == sorted(each["facility"] for each in places)
    answers = [each["within"] for each in json.loads(sites_json([study], asked))["studies"][0]["sites"]]
    assert answers == sorted(answers, key=["yes", "unknown", "no"].index)
    lines = shown(study, width=100, asked=asked).splitlines()
    assert sum(each.startswith("    Site") for each in lines) == len(places) - answers.count("no")
    assert answers.count("unknown") >= points.count(None)


@pytest.mark.parametrize(
    ("text", "miles"),
    [("100", 100), ("100 mi", 100), ("62.5miles", 62.5), (" 1 Mile ", 1), ("160 km", 99.42), ("0", 0), ("16KM", 9.94)],
)
def test_a_limit_as_people_write_it(text: str, miles: float) -> None:
    assert read_limit(text)[0] == pytest.approx(miles, abs=0.01)


@pytest.mark.parametrize(
    "text", ["", "-5", "nan", "inf", "1e3", "100 furlongs", "1,000", "100 mi away", "٣٠", "9" * 50]
)
def test_a_limit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no distance"):
        read_limit(text)


# The command


def test_the_place_is_shown_as_it_was_understood(screener: Screener) -> None:
    screener.keep(record(TOLEDO, NEW_YORK))
    text = flat(screener.out("NCT00000001", "--near", "75001", "--within", "2000 km"))
    assert text.startswith("Near ZIP 75001, Texas, United States, within 2000 km (1243 mi)")
    assert "straight lines between cities, not roads" in text
    assert "GeoNames (geonames.org), CC BY 4.0" in text


def test_without_a_place_there_are_no_distances(screener: Screener) -> None:
    screener.keep(record(TOLEDO))
    text = screener.out("nct00000001")
    assert " mi" not in text
    assert "GeoNames" not in text
    assert text.startswith("NCT00000001 ")


def test_sites_in_several_countries(screener: Screener) -> None:
    unplaced = site("Unplaced", country="")
    screener.keep(record(TOLEDO, ZURICH, unplaced), record(TOLEDO, nct_id="NCT00000002"))
    words = ("NCT00000001", "NCT00000002", "--country", "switzerland")
    text = flat(screener.out(*words))
    assert "Abroad, Zurich, Switzerland" in text
    assert "Near, Toledo" not in text
    assert "Not shown: 2 not known to be in a country asked for." in text
    assert "No site known in a country asked for: NCT00000002." in text
    both = json.loads(screener.out(*words, "--country", "usa", "-f", "json"))
    assert [len(study["sites"]) for study in both["studies"]] == [2, 1]


def test_a_trial_without_a_record_has_the_sites_of_its_rule_file(screener: Screener) -> None:
    text = flat(screener.out(RULED, "--near", "Ann Arbor, MI"))
    assert "Site status is not known: the sites are from the rule file (named as the" in text.replace(
        ": named", " (named"
    )
    assert "Memorial Sloan Kettering Cancer Center, New York, NY, United States status not stated; about" in text
    assert "when last seen, 20" in text
    assert "screener trials fetch" in text
    screener.keep(record(TOLEDO, nct_id=RULED))
    assert "Memorial" not in screener.out(RULED)


def test_without_names_all_that_matter_and_may_take_patients(screener: Screener) -> None:
    screener.keep(
        record(TOLEDO),
        record(NEW_YORK, nct_id="NCT00000002", title="Tablets"),
        record(ZURICH, nct_id="NCT00000003", status="COMPLETED"),
        record(CLEVELAND, nct_id="NCT00000004", nctIdAliases=[UNPLACED]),
    )
    ran = screener.run("-f", "json")
    listed = [study["trial"] for study in json.loads(ran.stdout)["studies"]]
    found = set(listed)
    assert len(listed) == len(found)
    assert found >= {"NCT00000001", "NCT00000004", RULED}
    assert not found & {"NCT00000002", "NCT00000003", UNPLACED}
    text = screener.out()
    assert "that take no new patients; --all shows them." in flat(text)
    assert "--all shows them" in flat(ran.stderr)
    assert "NCT00000003" in screener.out("--all")
    assert UNPLACED not in text  # it is NCT00000004 now


def test_a_trial_with_neither_record_nor_sites_is_told_apart(screener: Screener) -> None:
    assert "No record is kept here and no site known of:" in screener.out()
    assert UNPLACED in screener.out()
    error = screener.error(UNPLACED, "NCT00000009", "solid_tumor_car_t", RULED)
    assert error.exit_code is ExitCode.NO_INPUT
    assert [problem.message.split()[0] for problem in error.problems] == ["no", "no", "`solid_tumor_car_t`"]
    assert "screener trials fetch NCT00000009" in str(error)


def test_a_saved_answer_takes_the_place_of_the_cache(screener: Screener) -> None:
    screener.keep(record(TOLEDO, nct_id="NCT00000002"))
    path = screener.folder / "saved.json"
    path.write_text(json.dumps({"studies": [record(CLEVELAND, status="COMPLETED", title="Tablets")]}))
    assert [line.split()[0] for line in screener.out("--input", path).splitlines() if line.startswith("NCT")] == [
        "NCT00000001"
    ]
    assert screener.error("NCT00000002", "--input", path).exit_code is ExitCode.NO_INPUT
    assert "Middle" in screener.out("NCT00000001", "--input", "-", stdin=path.read_text())
    assert screener.error("--input", screener.folder / "none.json").exit_code is ExitCode.NO_INPUT
    path.write_text("{")
    assert screener.error("--input", path).exit_code is ExitCode.BAD_DATA


def test_a_search_that_was_kept_is_read_too(screener: Screener) -> None:
    asked = {"words": "mesothelioma"}
    Cache(screener.folder).keep(search_name(asked), asked, {"words": [record(TOLEDO)]}, STAMP)
    assert "Near, Toledo" in screener.out("NCT00000001", criteria=SMALL_CRITERIA)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--within", "100"), "--within says how far, but not from where"),
        (("--near", "Ann Arbor", "--within", "far"), "--within: this is no distance"),
        (("--near", ""), "--near: no place is named"),
        (("--near", "Xyzzyville"), "--near: no place of this name"),
        (("--near", "Springfield"), "--near: there are several such places"),
        (("--country", "Atlantis"), "--country: no country of this name"),
        (("--country", ""), "--country: no country of this name"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_words_that_do_not_fit(screener: Screener, words: tuple[str, ...], says: str) -> None:
    error = screener.error(*words)
    assert error.exit_code is ExitCode.USAGE
    assert says in str(error)
    assert "Springfield" not in str(error)  # it may be where a patient lives


@pytest.mark.parametrize("typed", ["Springfield", "San Jose", "Victoria"])
def test_several_places_are_listed_and_each_can_be_written_as_listed(screener: Screener, typed: str) -> None:
    ran = screener.run("--near", typed)
    head, *names = ran.stderr.splitlines()
    assert head == "--near may mean:"
    places = [name.strip() for name in names if not name.startswith("  and ")]
    assert len(places) == min(8, len({str(place) for place in find_place(typed)}))
    for name in places:
        assert name in {str(place) for place in find_place(name)}
    assert ran.stdout == ""


def test_nobody_is_asked_and_no_place_leaves(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    screener.keep(record(TOLEDO))
    assert "Near, Toledo" in screener.out("--near", "481", "--within", "100")


def test_a_file_that_holds_a_place_is_private(screener: Screener) -> None:
    path = screener.folder / "sites.json"
    screener.out(RULED, "--near", "481", "-f", "json", "-o", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["near"] == "ZIP 481, Michigan, United States"


def test_csv_has_a_line_for_each_site(screener: Screener) -> None:
    screener.keep(record(TOLEDO, NEW_YORK, NOWHERE))
    ran = screener.out("NCT00000001", "--near", "Ann Arbor, MI", "--within", "100", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(ran)))
    assert [(row["facility"], row["within"], row["contact_of"]) for row in rows] == [
        ("Near", "yes", "site"),
        ("Lost", "unknown", "study"),
        ("Far", "no", "study"),
    ]
    assert float(rows[0]["miles_low"]) < 42 < float(rows[0]["miles_high"])
    assert rows[1]["miles_low"] == ""


def test_text_of_the_registry_runs_nowhere(screener: Screener) -> None:
    evil = "=HYPERLINK(1)\x1b[31m\u202e[red]x[/red]\nNCT00000009"
    screener.keep(record(site(evil, evil, evil, country=evil, contacts=[{"name": evil, "phone": evil}]), title=evil))
    for form in ("table", "json", "csv"):
        text = screener.out("NCT00000001", "-f", form)
        assert not CONTROL.search(text)
        assert "[red]x[/red]" in text
        assert not [line for line in text.splitlines() if line.startswith("NCT00000009")]
    (row,) = csv.DictReader(io.StringIO(screener.out("NCT00000001", "-f", "csv")))
    assert not [cell for cell in row.values() if cell.startswith("=")]


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/registry/records is not here")
def test_real_records_lose_no_site() -> None:
    studies = [study for path in sorted(SHARED.glob("*.json")) for study in read_saved(path.read_text(), path.name)]
    asked = Asked(near=ANN_ARBOR, limit=300, limit_text="300 mi")
    found = [sites_of_record(study, "", asked) for study in studies]
    assert [len(one.listed) + one.closed.total() for one in found] == [len(study.sites) for study in studies]
    text = render_sites(in_order(found), asked, (), width=80, color=False)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("Study status: ") == len(studies)
