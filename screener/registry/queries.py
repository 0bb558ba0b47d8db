"""What is asked of the registry: parameters of `/studies` made from the default search or from a user's own words.

Words are plain words: what commands Essie, the registry's search language (AND, AREA, brackets, ...), is made
harmless, so a user cannot ask by accident for something else than the words say. Sources: the OpenAPI description
2.0.5 (names of parameters, statuses) and domain.md 3.2 and 3.4 (which fields a parameter searches, operators, the four
queries of the default search).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.errors import CONTROL, Problem, UsageError
from screener.places.folding import folded
from screener.places.regions import country_code, country_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DEFAULT_QUERY = "mesothelioma CAR-T"
LONGEST_WORDS = 500  # characters of one option: an address of the registry has to stay short
# The enum Status of the OpenAPI description; the registry answers 400 to any other word.
STATUSES = (
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
    "WITHHELD",
    "UNKNOWN",
)
# A site has a status of its own only while its study is open (domain.md 3.5): asked for another, none is found.
_OF_OPEN_SITES = frozenset({"RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"})
# Seen in records beside the name of our table (Korea in both spellings, by year), by ISO 3166 code.
_ALSO_SPELLED = {"KR": "Korea, Republic of", "RU": "Russian Federation"}
_CODE = 3  # letters of a country's code at most: USA
_OPERATORS = frozenset(
    {"AND", "OR", "NOT", "AREA", "SEARCH", "RANGE", "MISSING", "DISTANCE", "COVERAGE", "EXPANSION", "ALL", "TILT"}
    | {"MIN", "MAX", "CONCEPT"}
)
_PIECE = re.compile(r'"([^"]*)"|([^\s",]+)')
_PLAIN = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[^\w\-.+/']|_")
_NCT = re.compile(r"nct0*[1-9][0-9]{0,7}", re.IGNORECASE)
_NCT_DIGITS = 8
_LIKE = 0.6
_SHOWN = 40  # characters of a wrong word in a message

# Quoted, because the search otherwise lets other words stand between "CAR" and "T" (domain.md 3.4).
_CELLS = (
    '"CAR T" OR "chimeric antigen receptor" OR "T cell receptor" OR TCR OR TRuC OR "tumor infiltrating lymphocytes"'
    ' OR "adoptive cell" OR "gene modified T cells" OR NK'
)
_BY_ELIGIBILITY = (
    'AREA[EligibilityCriteria]mesothelioma AND (AREA[InterventionName]("CAR T" OR "chimeric antigen receptor")'
    ' OR AREA[OfficialTitle]"T cells")'
)


@dataclass(frozen=True, slots=True)
class Query:
    """One search: what it looks for, in our words, and the parameters of `/studies` that say so."""

    label: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Search:
    """What a user asks for. Nothing but these words ever leaves the machine."""

    words: str = ""
    condition: str = ""
    intervention: str = ""
    statuses: tuple[str, ...] = ()  # as typed: "recruiting", "not yet recruiting", RECRUITING
    countries: tuple[str, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether the default search is meant: no words of the user's own, or the very words of the default."""
        words = " ".join(re.findall(r"\w+", self.words.casefold()))
        return not (self.condition.strip() or self.intervention.strip()) and (
            words == "mesothelioma car t" or not self.words.strip()
        )


def queries(search: Search) -> tuple[Query, ...]:
    """The queries whose answers together answer a search. Raises UsageError, with every word that will not do."""
    problems: list[Problem] = []
    statuses = _statuses(search.statuses, problems)
    countries = _countries(search.countries, problems)
    asked = {
        "query.term": _essie(search.words, "QUERY", problems),
        "query.cond": _essie(search.condition, "--condition", problems),
        "query.intr": _essie(search.intervention, "--intervention", problems),
    }
    if problems:
        raise UsageError(*problems)
    if search.is_default:
        return tuple(Query(label, _narrowed(params, statuses, countries)) for label, params in _default())
    params = {name: value for name, value in asked.items() if value}
    ids = _only_ids(search.words)
    if ids:  # a query of nothing but numbers makes the registry ignore every filter; as a filter it does not
        del params["query.term"]
        params["filter.ids"] = ",".join(ids)
    return (Query("your own words", _narrowed(params, statuses, countries)),)


def status_name(written: str) -> str:
    """The registry's name of a status: "not yet recruiting" is NOT_YET_RECRUITING. Raises UsageError with a hint."""
    problems: list[Problem] = []
    names = _statuses([written], problems)
    if problems or not names:
        raise UsageError(*problems or [_no_status(written)])
    return names[0]


def essie(words: str) -> str:
    """A user's words as Essie reads them as words, with nothing left that commands it.

    Phrases in quotation marks stay phrases, and so does a word with marks inside ("CAR-T"), which would otherwise fall
    apart. Plain words stay plain, so that the registry may still find their synonyms. Operators count in capitals only
    and words in either case (domain.md 3.4), so an operator's name is written small; brackets and other marks go.
    """
    pieces = []
    for match in _PIECE.finditer(unicodedata.normalize("NFC", CONTROL.sub(" ", words))):
        text = _MARKS.sub(" ", match[1] or match[2] or "")
        tokens = [token.lower() if token in _OPERATORS else token for token in text.split() if _PLAIN.search(token)]
        if not tokens:
            continue
        plain = match[1] is None and len(tokens) == 1 and _PLAIN.fullmatch(tokens[0])
        pieces.append(tokens[0] if plain else f'"{" ".join(tokens)}"')
    return " ".join(pieces)


def _default() -> Iterable[tuple[str, dict[str, str]]]:
    yield "mesothelioma with a cell therapy", {"query.cond": "mesothelioma", "query.intr": _CELLS}
    yield "mesothelin with a cell therapy", {"query.term": "mesothelin", "query.intr": _CELLS}
    yield "mesothelioma in the eligibility text of a cell therapy", {"filter.advanced": _BY_ELIGIBILITY}
    solid = {"query.cond": '"solid tumor" OR "malignant neoplasm"', "query.intr": "mesothelin OR MSLN"}
    yield "solid tumors with a treatment against mesothelin", solid


def _narrowed(params: Mapping[str, str], statuses: Sequence[str], countries: Sequence[str]) -> dict[str, str]:
    """The parameters, held to studies with one of the statuses and a site in one of the countries."""
    narrowed = dict(params)
    if statuses:
        narrowed["filter.overallStatus"] = "|".join(statuses)
    if countries:
        place = _any("LocationCountry", [f'"{country}"' for country in countries])
        if statuses and _OF_OPEN_SITES.issuperset(statuses):
            # In one SEARCH, else a site in the country and a recruiting one elsewhere would do (domain.md 3.4).
            place += " AND " + _any("LocationStatus", statuses)
        advanced = narrowed.get("filter.advanced")
        site = f"SEARCH[Location]({place})"
        narrowed["filter.advanced"] = f"({advanced}) AND {site}" if advanced else site
    narrowed["countTotal"] = "true"
    return narrowed


def _any(area: str, values: Sequence[str]) -> str:
    alternatives = " OR ".join(f"AREA[{area}]{value}" for value in values)
    return f"({alternatives})" if len(values) > 1 else alternatives


def _essie(words: str, option: str, problems: list[Problem]) -> str:
    if not words.strip():
        return ""
    if len(words) > LONGEST_WORDS:
        problem = f"{option} has {len(words):,} characters; the registry is asked with at most {LONGEST_WORDS}"
        problems.append(Problem(problem, "give a few words, such as a disease or a product"))
        return ""
    written = essie(words)
    if not written:
        problems.append(Problem(f"{option} has no word in it", "give letters or digits, such as mesothelioma"))
    return written


def _only_ids(words: str) -> list[str]:
    pieces = [match[1] or match[2] or "" for match in _PIECE.finditer(words)]
    if not all(_NCT.fullmatch(piece.strip()) for piece in pieces):
        return []
    return [f"NCT{int(piece.strip()[3:]):0{_NCT_DIGITS}d}" for piece in pieces]


def _statuses(written: Iterable[str], problems: list[Problem]) -> list[str]:
    names: dict[str, None] = {}
    for words in written:
        # One label has a comma in it: "Active, not recruiting".
        pieces = [words] if _status_key(words) in STATUSES else re.split(r"[,|]", words)
        for piece in filter(str.strip, pieces):
            if (name := _status_key(piece)) in STATUSES:
                names[name] = None
            else:
                problems.append(_no_status(piece.strip()))
    return list(names)


def _status_key(written: str) -> str:
    return re.sub(r"[\W_]+", "_", written.upper()).strip("_")


def _no_status(written: str) -> Problem:
    near = difflib.get_close_matches(_status_key(written[:_SHOWN]), STATUSES, n=1, cutoff=_LIKE)
    remedy = f"did you mean {near[0]}?" if near else f"use one of {', '.join(STATUSES)}"
    return Problem(f"{written[:_SHOWN] or 'nothing'} is no status of the registry", remedy)


def _countries(written: Iterable[str], problems: list[Problem]) -> list[str]:
    names: dict[str, None] = {}
    for words in written:
        typed = essie(f'"{words.replace(chr(34), " ")}"').strip('"')
        if typed and len(words) <= LONGEST_WORDS:
            names |= dict.fromkeys(_spellings(typed))
        else:
            remedy = "write it in English as the registry does, such as United States"
            problems.append(
                Problem(f"{words[:_SHOWN]} is no country" if typed else "--country has no word in it", remedy)
            )
    return list(names)


def _spellings(typed: str) -> Iterable[str]:
    """What the registry may call a country: by the name of our table, as its records do, and as it was typed."""
    key = folded(typed)
    if not (code := country_code(key)):
        return [typed]
    names = [typed] if len(key) > _CODE else []
    # Words of a phrase are found in a longer name too, so "Netherlands" finds it with and without an article.
    names += [_ALSO_SPELLED.get(code, ""), country_name(code).removeprefix("The ")]
    return {folded(name): essie(f'"{name}"').strip('"') for name in names if name}.values()
