"""A registry made from the registry's own OpenAPI file: it answers what the file allows, and 400 to all else.

Words of a search are not understood: every study is found that the filters of statuses and ids let through. What the
client does not use (`fields`, `sort`, CSV, places) is checked and then answered with 501, so that a client that begins
to use it is noticed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker  # the dialect that OpenAPI 3.0 extends
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.fault_server import redirect, text, value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.fault_server import Asked

SHARED = Path(__file__).parents[2] / "shared" / "registry"
OPENAPI = SHARED / "openapi" / "ctg-oas-v2.0.5.yaml"
VERSION = {"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"}
_ADDRESS = "urn:openapi"
_BASE = "/api/v2"
_OF_ONE_PAGE = {"countTotal", "pageSize", "pageToken"}  # these alone may differ between the pages of a search
_ANSWERED = {"format", "markupFormat", "filter.overallStatus", "filter.ids", "filter.advanced"} | _OF_ONE_PAGE
_LONGEST_PAGE = 1000
_FORMATS = FormatChecker()


@_FORMATS.checks("int32")
def _is_int32(number: object) -> bool:
    return not isinstance(number, int) or -(2**31) <= number < 2**31


class RefusedError(Exception):
    """A request that the file does not allow, in words for a text/plain body."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


@dataclass(frozen=True)
class Parameter:
    """A parameter of the file, with where its schema stands."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    pointer: str

    def read(self, written: str) -> object:
        """The value of what was written in an address. Raises RefusedError if it is none of the schema's type."""
        kind = self.schema.get("type")
        if kind == "array":
            return re.split("[|,]", written)
        if kind == "boolean" and written in {"true", "false"}:
            return written == "true"
        if kind == "integer" and re.fullmatch(r"-?[0-9]+", written):
            return int(written)
        if kind == "string":
            return written
        raise RefusedError(400, f"`{self.name}` is no {kind}: `{written}`")


class Description:
    """What the file says: which requests there are, and what the answers look like."""

    def __init__(self, path: Path = OPENAPI) -> None:
        self.content: dict[str, Any] = _as_python(yaml.safe_load(path.read_text(encoding="utf-8")))
        self._registry: Registry[Any] = Registry().with_resource(_ADDRESS, DRAFT4.create_resource(self.content))

    def faults(self, instance: object, pointer: str) -> list[str]:
        """What is wrong with a value, held against the schema at a JSON pointer of the file."""
        schema = {"$ref": f"{_ADDRESS}#{pointer}"}
        found = Draft4Validator(schema, registry=self._registry, format_checker=_FORMATS).iter_errors(instance)
        return [f"{error.json_path}: {error.message[:200]}" for error in found]

    def named(self, instance: object, schema: str) -> list[str]:
        """The same, against a schema by its name."""
        return self.faults(instance, f"/components/schemas/{schema}")

    def schema(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.content["components"]["schemas"][name]
        return found

    def read(self, address: str) -> tuple[str, dict[str, Any]]:
        """The template of the path and the values of all parameters. Raises RefusedError."""
        parts = urlsplit(address)
        template, values = self._path(parts.path.removeprefix(_BASE) if parts.path.startswith(_BASE) else "")
        known = {each.name: each for each in self.parameters(template)}
        written = [("nctId", values["nctId"])] if values else []
        for name, words in parse_qsl(parts.query, keep_blank_values=True):
            if name not in known or known[name].place != "query":
                raise RefusedError(400, f"unknown parameter `{name}`")
            written.append((name, words))
        if len(written) != len(dict(written)):
            raise RefusedError(400, "a parameter is given twice")
        if missing := [name for name, each in known.items() if each.required and name not in dict(written)]:
            raise RefusedError(400, f"missing parameter `{missing[0]}`")
        given = {name: known[name].read(words) for name, words in written}
        for name, found in given.items():
            if self.faults(found, known[name].pointer):
                raise RefusedError(400, f"Invalid value in parameter `{name}`: `{found}`")
        return template, given

    def parameters(self, template: str) -> list[Parameter]:
        where = f"/paths/{template.replace('/', '~1')}/get/parameters"
        return [
            Parameter(each["name"], each["in"], each.get("required", False), each["schema"], f"{where}/{at}/schema")
            for at, each in enumerate(self.content["paths"][template]["get"].get("parameters", []))
        ]

    def _path(self, path: str) -> tuple[str, dict[str, str]]:
        if path in self.content["paths"]:
            return path, {}
        for template in self.content["paths"]:
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
            if found := re.fullmatch(pattern, path):
                return template, {name: unquote(words) for name, words in found.groupdict().items()}
        raise RefusedError(404, f"no such path: {path}")


class MockRegistry:
    """An answer for FaultServer: the registry with some studies in it, a page of `size` at most if that is given."""

    def __init__(self, description: Description, studies: Sequence[dict[str, Any]], size: int = _LONGEST_PAGE) -> None:
        self.description, self.studies, self.size = description, studies, size
        self.refused: list[str] = []

    def __call__(self, asked: Asked) -> None:
        try:
            self._answer(asked)
        except RefusedError as refusal:
            self.refused.append(refusal.words)
            text(refusal.words, refusal.status, "text/plain")(asked)

    def _answer(self, asked: Asked) -> None:
        template, given = self.description.read(asked.path)
        answers = {"/version": self._version, "/studies": self._page, "/studies/{nctId}": self._study}
        if template not in answers or _unanswered(given):
            raise RefusedError(501, f"not answered here: {asked.path}")
        answers[template](asked, given)

    def _version(self, asked: Asked, _given: Mapping[str, Any]) -> None:
        value(VERSION)(asked)

    def _study(self, asked: Asked, given: Mapping[str, Any]) -> None:
        wanted = _plain_id(given["nctId"])
        for study in self.studies:
            own, aliases = ids(study)
            if wanted == own:
                return value(study)(asked)
            if wanted in aliases:
                return redirect(f"{_BASE}/studies/{own}")(asked)
        raise RefusedError(404, f"NCT number {wanted} not found")

    def _page(self, asked: Asked, given: Mapping[str, Any]) -> None:
        search = json.dumps({name: given[name] for name in sorted(given) if name not in _OF_ONE_PAGE})
        start = self._start(given.get("pageToken"), search)
        found = [study for study in self.studies if _is_found(study, given)]
        end = start + min(given.get("pageSize") or 10, _LONGEST_PAGE, self.size)
        page: dict[str, Any] = {"studies": found[start:end]}
        if given.get("countTotal") and not start:
            page["totalCount"] = len(found)
        if end < len(found):
            page["nextPageToken"] = _token(end, search)
        value(page)(asked)

    def _start(self, token: str | None, search: str) -> int:
        """Where a page begins. A token belongs to the search that it was given for."""
        if token is None:
            return 0
        for start in range(len(self.studies)):
            if token == _token(start, search):
                return start
        raise RefusedError(400, f"`pageToken` does not fit the other parameters: `{token}`")


def ids(study: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The number of a record, and those it had before."""
    module = study.get("protocolSection", {}).get("identificationModule", {})
    return module.get("nctId", ""), module.get("nctIdAliases", [])


def _is_found(study: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    wanted = {_plain_id(number) for number in given.get("filter.ids", [])}
    status = study.get("protocolSection", {}).get("statusModule", {}).get("overallStatus")
    own, aliases = ids(study)
    return (not wanted or bool(wanted & {own, *aliases})) and status in given.get("filter.overallStatus", [status])


def _plain_id(number: str) -> str:
    return f"NCT{int(number[3:]):08}"


def _token(start: int, search: str) -> str:
    return f"{start:x}.{abs(hash(search)):x}"


def _unanswered(given: Mapping[str, Any]) -> bool:
    used = {name for name in given if not name.startswith("query.") and name != "nctId"}
    return bool(used - _ANSWERED) or given.get("format", "json") != "json"


def _as_python(node: Any) -> Any:
    """The file with its patterns in Python's words: `$` is the very end, and digits are those of ASCII."""
    if isinstance(node, dict):
        return {
            name: re.sub(r"(?<!\\)\$", r"\\Z", each.replace(r"\d", "[0-9]"))
            if name == "pattern" and isinstance(each, str)
            else _as_python(each)
            for name, each in node.items()
        }
    return [_as_python(each) for each in node] if isinstance(node, list) else node


# What the file says in words and not in a schema, or does not say: without it a body would be one that the registry
# never gives (a study numbered "aaaaaaaaaaa", a month 77, a latitude of a million).
_PIECES = ["CAR-T", "me\N{COMBINING ACUTE ACCENT}so", "≥ 18", "10\\^9/L", "\\<2", "中（一）", "=1+1", "[b]", "<i>"]
_LINE = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=3).map(" ".join)
_DAY = st.dates().map(str)
_AGES = ["Year", "Years", "Month", "Months", "Week", "Weeks", "Day", "Days", "Hour", "Hours", "Minute", "Minutes"]
_SENSIBLE: dict[str, st.SearchStrategy[Any]] = {
    "nct": st.integers(1, 99_999_999).map("NCT{:08}".format),
    "PartialDate": st.builds(lambda day, size: day[:size], _DAY, st.sampled_from([4, 7, 10])),
    "GeoPoint": st.fixed_dictionaries({"lat": st.floats(-90, 90), "lon": st.floats(-180, 180)}),
    "EligibilityModule.minimumAge": st.builds("{} {}".format, st.integers(0, 130), st.sampled_from(_AGES)),
    "EligibilityModule.maximumAge": st.builds("{} {}".format, st.integers(0, 999), st.sampled_from(_AGES)),
    "EligibilityModule.eligibilityCriteria": st.lists(_LINE, min_size=1, max_size=4).map("\r\n\r\n* ".join),
    "EnrollmentInfo.count": st.integers(0, 99_999_999),
    "LargeDoc.filename": st.integers(0, 999).map("Prot_SAP_{:03}.pdf".format),
}


@dataclass(frozen=True)
class Bodies:
    """Bodies of answers, made from the schemas: as sensible as real ones, or `wild`, with whatever the schemas allow.

    With `whole` nothing is left out that a schema names.
    """

    description: Description
    wild: bool = False
    whole: bool = False

    def of(self, name: str) -> st.SearchStrategy[Any]:
        """Values of a schema, by its name."""
        return self._part(name, self.description.schema(name))

    def _part(self, name: str, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        return self._made(schema, name) if self.wild or name not in _SENSIBLE else _SENSIBLE[name]

    def _made(self, schema: Mapping[str, Any], name: str) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            return self.of(schema["$ref"].rpartition("/")[2])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        match schema["type"]:
            case "object":
                return self._object(schema, name)
            case "array":
                return st.lists(self._made(schema["items"], name), min_size=int(self.whole), max_size=2)
            case "boolean":
                return st.booleans()
            case "integer":
                return st.integers(-(2**31), 2**31 - 1)
            case "number":
                return st.floats(allow_nan=False, allow_infinity=False)
            case _:
                return self._string(schema)

    def _object(self, schema: Mapping[str, Any], name: str) -> st.SearchStrategy[Any]:
        parts = schema.get("properties", {})
        made = {part: self._part(f"{name}.{part}", schema) for part, schema in parts.items()}
        needed = set(parts) if self.whole else set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {part: made[part] for part in parts if part in needed},
            optional={part: made[part] for part in parts if part not in needed},
        )

    def _string(self, schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
        if "pattern" in schema:
            return st.from_regex(schema["pattern"])
        if schema.get("format") == "date":
            return _DAY
        return (
            st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 40)) if self.wild else _LINE
        )
