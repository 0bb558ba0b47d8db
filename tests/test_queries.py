"""What the registry is asked: the default search, a user's own words, and the pitfalls of its search language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from screener.errors import ExitCode, UsageError
from screener.places.folding import folded
from screener.places.regions import country_code
from screener.registry.queries import LONGEST_WORDS, STATUSES, Query, Search, essie, queries, status_name
from screener.registry.read import read_saved

SHARED = Path(__file__).parents[2] / "shared"
OPENAPI = SHARED / "registry" / "openapi" / "ctg-oas-v2.0.5.yaml"
needs_openapi = pytest.mark.skipif(not OPENAPI.exists(), reason=f"{OPENAPI} is not here")
needs_registry = pytest.mark.skipif(not (SHARED / "registry").is_dir(), reason="../shared/registry is not here")
OPERATORS = re.compile(r"\b(AND|OR|NOT|AREA|SEARCH|RANGE|MISSING|DISTANCE|COVERAGE|EXPANSION|ALL|TILT)\b")
SEARCHES = st.builds(
    Search,
    words=st.text(max_size=60),
    condition=st.sampled_from(["", "mesothelioma", "ovarian cancer"]),
    intervention=st.sampled_from(["", "CAR-T"]),
    statuses=st.lists(st.sampled_from(STATUSES), max_size=3).map(tuple),
    countries=st.lists(st.sampled_from(["USA", "France", "South Korea"]), max_size=2).map(tuple),
)


def asked(**search: object) -> dict[str, str]:
    (query,) = queries(Search(**search))  # type: ignore[arg-type]
    return dict(query.params)


def answers(search: Search) -> tuple[Query, ...]:
    try:
        return queries(search)
    except UsageError:
        return ()


@pytest.mark.parametrize("words", ["", "  ", "mesothelioma CAR-T", "Mesothelioma car t"])
def test_the_default_search_is_four_queries(words: str) -> None:
    cond, mesothelin, text, solid = queries(Search(words))
    assert cond.params["query.cond"] == "mesothelioma"
    assert '"CAR T" OR' in cond.params["query.intr"], "unquoted, other words may stand between CAR and T"
    assert mesothelin.params["query.term"] == "mesothelin"
    assert mesothelin.params["query.intr"] == cond.params["query.intr"]
    assert text.params["filter.advanced"].startswith(
        "AREA[EligibilityCriteria]mesothelioma AND (AREA[InterventionName]"
    )
    assert solid.params["query.cond"] == '"solid tumor" OR "malignant neoplasm"'
    assert solid.params["query.intr"] == "mesothelin OR MSLN"
    assert len({query.label for query in queries(Search())}) == 4


def test_eligibility_text_is_asked_for_where_it_is_searched() -> None:
    for query in queries(Search()):
        if "AREA[Eligibility" in str(query.params):
            assert not {"query.term", "query.cond"} & set(query.params)


def test_statuses_and_countries_narrow_each_query_of_the_default() -> None:
    both = queries(Search(statuses=("recruiting",), countries=("USA",)))
    assert len(both) == 4
    site = 'SEARCH[Location](AREA[LocationCountry]"United States" AND AREA[LocationStatus]RECRUITING)'
    for query in both:
        assert query.params["filter.overallStatus"] == "RECRUITING"
        assert query.params["filter.advanced"].endswith(site)
    text = both[2].params["filter.advanced"]
    assert text.startswith("(AREA[EligibilityCriteria]mesothelioma AND (")
    assert text.endswith(f") AND {site}"), "the OR of the query must not reach the country"


def test_several_countries_and_statuses_are_alternatives_at_one_site() -> None:
    params = asked(words="gavo-cel", statuses=("recruiting, not yet recruiting",), countries=("U.K.", "france"))
    assert params["filter.overallStatus"] == "RECRUITING|NOT_YET_RECRUITING"
    assert params["filter.advanced"] == (
        'SEARCH[Location]((AREA[LocationCountry]"United Kingdom" OR AREA[LocationCountry]"France")'
        " AND (AREA[LocationStatus]RECRUITING OR AREA[LocationStatus]NOT_YET_RECRUITING))"
    )


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("USA", {"United States"}),
        ("u.s.", {"United States"}),
        ("great britain", {"United Kingdom", "great britain"}),
        ("de", {"Germany"}),
        ("NO", {"Norway"}),
        ("france", {"France"}),
        ("KR", {"South Korea", "Korea Republic of"}),
        ("South Korea", {"South Korea", "Korea Republic of"}),
        ("Korea, Republic of", {"South Korea", "Korea Republic of"}),
        ("Russia", {"Russia", "Russian Federation"}),
        ("NL", {"Netherlands"}),
        ("The Netherlands", {"Netherlands", "The Netherlands"}),
        ("T\u00fcrkiye", {"Turkey", "T\u00fcrkiye"}),
        ("Viet Nam", {"Vietnam", "Viet Nam"}),
        ("Nowhere Land", {"Nowhere Land"}),
        ("OR", {"or"}),
    ],
)
def test_a_country_is_asked_for_by_every_name_it_may_have(typed: str, names: set[str]) -> None:
    advanced = asked(words="x", countries=(typed,))["filter.advanced"]
    found = re.findall(r'AREA\[LocationCountry\]"([^"]+)"', advanced)
    assert set(found) == names
    assert len(found) == len(names)
    assert OPERATORS.findall(advanced) == ["SEARCH", *("OR AREA " * len(names)).split()[1:]]


@needs_registry
def test_every_country_of_the_real_records_is_asked_for_as_it_stands_there() -> None:
    seen: set[str] = set()
    for path in sorted((SHARED / "registry" / "records").glob("*.json")):
        seen |= {site.country for study in read_saved(path.read_text(), path.name) for site in study.sites}
    assert len(seen) >= 20
    for country in seen:
        advanced = asked(words="x", countries=(country,))["filter.advanced"]
        assert f'AREA[LocationCountry]"{country.replace(",", "")}"' in advanced
        code = country_code(folded(country))
        assert f'"{country.replace(",", "")}"' in asked(words="x", countries=(code,))["filter.advanced"]


@pytest.mark.parametrize("status", ["COMPLETED", "UNKNOWN", "RECRUITING|COMPLETED"])
def test_sites_of_closed_studies_are_not_asked_for_a_status_they_do_not_carry(status: str) -> None:
    params = asked(words="huCART", statuses=(status,), countries=("United States",))
    assert params["filter.advanced"] == 'SEARCH[Location](AREA[LocationCountry]"United States")'


def test_own_words_go_where_they_belong() -> None:
    assert asked(words="SynKIR-110", condition="ovarian cancer", intervention='"CAR T" cells') == {
        "query.term": '"SynKIR-110"',
        "query.cond": "ovarian cancer",
        "query.intr": '"CAR T" cells',
        "countTotal": "true",
    }


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("ovarian cancer", "ovarian cancer"),
        ("CAR-T", '"CAR-T"'),
        ('"T cell" therapy', '"T cell" therapy'),
        ("ALL", "all"),
        ("lung AND NOT breast", "lung and not breast"),
        ("AREA[Phase]PHASE1", '"area Phase PHASE1"'),
        ("(mesothelioma) [ti]", "mesothelioma ti"),
        ("HLA-A*02", '"HLA-A 02"'),
        ('open "quote', "open quote"),
        ("a,b", "a b"),
        ("back\\slash", '"back slash"'),
        ("\u202emesothelioma\x1b[31m", "mesothelioma 31m"),
        ("Zu\u0308rich", "Z\u00fcrich"),
        ("?!", ""),
    ],
)
def test_words_mean_themselves(words: str, written: str) -> None:
    assert essie(words) == written


@given(st.text())
def test_no_words_command_the_search(words: str) -> None:
    written = essie(words)
    assert not OPERATORS.search(written)
    assert not set(written) & set("()[]\\,*:\n\r\t\x1b\u202e")
    assert written.count('"') % 2 == 0
    assert '""' not in written
    assert essie(written) == written


@given(SEARCHES)
def test_parameters_are_the_registrys_and_ages_are_no_range(search: Search) -> None:
    """RANGE drops every study without the age, and filter.phase does not exist (domain.md 3.2, 3.4)."""
    for query in answers(search):
        assert set(query.params) <= {
            *("query.term", "query.cond", "query.intr", "filter.overallStatus", "filter.advanced", "filter.ids"),
            "countTotal",
        }
        assert "RANGE" not in str(query.params)
        assert all(query.params.values())
        advanced = query.params.get("filter.advanced", "")
        assert advanced.count("(") == advanced.count(")")


def test_numbers_alone_are_a_filter_so_that_other_filters_count() -> None:
    params = asked(words="nct03907852 NCT0005451849", statuses=("completed",))
    assert params == {
        "filter.ids": "NCT03907852,NCT05451849",
        "filter.overallStatus": "COMPLETED",
        "countTotal": "true",
    }
    assert asked(words="NCT03907852 gavo-cel")["query.term"] == 'NCT03907852 "gavo-cel"'


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("recruiting", "RECRUITING"),
        ("Not yet recruiting", "NOT_YET_RECRUITING"),
        ("active-not-recruiting", "ACTIVE_NOT_RECRUITING"),
        (" UNKNOWN ", "UNKNOWN"),
    ],
)
def test_a_status_is_read_as_people_write_it(written: str, name: str) -> None:
    assert status_name(written) == name


def test_the_registrys_label_of_a_status_has_a_comma() -> None:
    assert status_name("Active, not recruiting") == "ACTIVE_NOT_RECRUITING"


@pytest.mark.parametrize(("written", "near"), [("recruting", "RECRUITING"), ("complete", "COMPLETED")])
def test_a_misspelled_status_is_answered_with_the_nearest(written: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"{written} is no status.*\n.*did you mean {near}") as raised:
        status_name(written)
    assert raised.value.exit_code is ExitCode.USAGE


def test_a_status_like_none_is_answered_with_all() -> None:
    with pytest.raises(UsageError, match=", ".join(STATUSES)):
        status_name("zzz")


@pytest.mark.parametrize("nothing", ["", "  ", ","])
def test_no_status_is_no_status(nothing: str) -> None:
    with pytest.raises(UsageError, match="no status"):
        status_name(nothing)


def test_all_that_will_not_do_is_said_at_once() -> None:
    search = Search("?", "x" * (LONGEST_WORDS + 1), "!", ("opened", "shut"), ("-", "x" * (LONGEST_WORDS + 1)))
    with pytest.raises(UsageError) as raised:
        queries(search)
    said = str(raised.value)
    for part in ("QUERY has no word", "--condition has 501", "--intervention has no", "opened", "shut", "--country"):
        assert part in said
    assert len(raised.value.problems) == 7
    assert len(said) < 3000


@needs_openapi
def test_statuses_and_parameters_are_those_of_the_description() -> None:
    description = yaml.safe_load(OPENAPI.read_text())
    assert set(STATUSES) == set(description["components"]["schemas"]["Status"]["enum"])
    known = {item.get("name") for item in description["paths"]["/studies"]["get"]["parameters"]}
    search = Search("x", "y", "z", ("RECRUITING",), ("France",))
    for query in (*queries(Search()), *queries(search), *queries(Search("NCT03907852"))):
        assert set(query.params) <= known
