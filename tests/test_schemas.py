"""The JSON Schemas: what is shipped fits them, what is wrong does not, and their words are the words of the code."""

from __future__ import annotations

import copy
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from screener import cases as case_files
from screener.catalog import Catalog, criteria_folder, rule_files
from screener.cli.app import run
from screener.cli.rules import Schema
from screener.compile import compile_facts, compile_trial
from screener.compile import facts as fact_files
from screener.compile.trial import (
    CRITERION_KEYS,
    CRITERION_REQUIRED,
    PROFILE_KEYS,
    REGISTRY_KEYS,
    STATUSES,
    TRIAL_KEYS,
)
from screener.errors import InputError
from screener.evaluate import screen_trial
from screener.evaluate.screening import DEPENDS, FITS, RARELY
from screener.model import (
    Burden,
    Dictionary,
    Factor,
    FactType,
    Gate,
    Kind,
    Outcome,
    Patient,
    Verdict,
    Who,
)
from screener.patient import MISSING_WORDS, compile_patient
from screener.patient import file as patient_files
from screener.render.json import SCHEMA_VERSION, render_json, render_jsonl
from screener.source import Text, load, load_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FOLDER = Path(__file__).parents[1] / "screener" / "schema"
SCHEMAS = {of.value: json.loads((FOLDER / f"{of.value}.schema.json").read_text(encoding="utf-8")) for of in Schema}
CRITERIA = criteria_folder()
TODAY = date(2026, 11, 22)
REMOVED = object()
Step = str | int


class DateFreeLoader(yaml.SafeLoader):
    """Dates stay text, as an editor's YAML 1.2 has them."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML declares it
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=DateFreeLoader)  # noqa: S506 - a safe loader


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[name], format_checker=FormatChecker())


def faults(name: str, document: Any) -> list[tuple[str, str]]:
    """Each fault as the place and the keyword of the schema."""
    return [(error.json_path, str(error.validator)) for error in validator(name).iter_errors(document)]


def nodes_of(schema: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of a schema."""
    if isinstance(schema, dict):
        yield schema
    for child in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from nodes_of(child)


def changed(document: Any, path: tuple[Step, ...], value: object) -> Any:
    """A copy with the value at this path, or without it."""
    document = copy.deepcopy(document)
    node = document
    for step in path[:-1]:
        node = node[step]
    if value is REMOVED:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return document


# ---------------------------------------------------------------- the schemas themselves


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_a_schema_of_draft_2020_12(name: str) -> None:
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_rules_schema_prints_the_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMAS[name]


def test_rules_schema_alone_prints_that_of_rule_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMAS["rules"]


def test_no_schema_lies_in_the_folder_that_the_command_cannot_print() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.schema.json" for name in SCHEMAS}


@pytest.mark.parametrize("name", SCHEMAS)
def test_editors_find_a_description_at_every_key(name: str) -> None:
    """A schema that only names a shared one takes the description from there."""
    definitions = SCHEMAS[name]["$defs"]

    def described(child: dict[str, Any]) -> bool:
        return "description" in child or "description" in definitions.get(child.get("$ref", "").split("/")[-1], {})

    keys = [
        (key, child)
        for node in nodes_of(SCHEMAS[name])
        if "description" in node and isinstance(node.get("properties"), dict)
        for key, child in node["properties"].items()
    ]
    assert len(keys) >= 10
    assert [key for key, child in keys if not described(child)] == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_reference_of_a_schema_leads_somewhere_and_nothing_is_left_over(name: str) -> None:
    used = {node["$ref"] for node in nodes_of(SCHEMAS[name]) if "$ref" in node}
    assert used == {f"#/$defs/{key}" for key in SCHEMAS[name]["$defs"]}


def test_every_object_of_the_result_has_all_its_keys_and_no_other() -> None:
    objects = [node for node in nodes_of(SCHEMAS["screen"]) if "properties" in node and "description" in node]
    assert len(objects) == 10
    for node in objects:
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False


# ---------------------------------------------------------------- what is shipped


def test_there_are_rule_files_to_check() -> None:
    assert len(rule_files(CRITERIA)) >= 4


@pytest.mark.parametrize("path", rule_files(CRITERIA), ids=lambda path: path.stem)
def test_every_shipped_rule_file_fits_the_schema(path: Path) -> None:
    assert faults("rules", read_yaml(path)) == []


@pytest.mark.parametrize("path", sorted(CRITERIA.glob("*/*.cases.yaml")), ids=lambda path: path.stem)
def test_every_shipped_case_file_fits_the_schema(path: Path) -> None:
    assert faults("cases", read_yaml(path)) == []


def test_every_shipped_rule_file_has_cases() -> None:
    cases = {path.name.removesuffix(".cases.yaml") for path in CRITERIA.glob("*/*.cases.yaml")}
    assert cases == {path.stem for path in rule_files(CRITERIA)}


def test_the_shipped_data_dictionary_fits_the_schema() -> None:
    assert faults("facts", read_yaml(CRITERIA / "facts.yaml")) == []


# ---------------------------------------------------------------- small documents that fit

CRITERION = {
    "id": "INC-1",
    "text": "Aged 18 or older",
    "source": {"section": "inclusion", "item": "1"},
    "factor": "demographics",
    "gate": "leukapheresis",
    "cohorts": ["A"],
    "when": "sex is female",
    "include": "age >= 18",
    "weight": 1.5,
    "reading": "A reading",
    "note": "A note",
}
TRIAL = {
    "trial": "NCT00000001",
    "title": "A trial",
    "product": "P-1",
    "target": "mesothelin",
    "phase": "1/2",
    "registry": {
        "as_of": "2025-04-29",
        "eligibility_sha256": "pending",
        "abbreviated": False,
        "status": "recruiting",
        "status_as_of": "2025-04-29",
        "status_source": "the record",
    },
    "cohorts": [{"id": "A", "title": "The first", "open": True}],
    "criteria": [CRITERION],
}
PROFILE = {
    "profile": "general",
    "title": "A profile",
    "documents": {"004": {"title": "A document", "note": "A note"}},
    "criteria": [
        {
            "id": "PERF-1",
            "text": "Performance status",
            "source": {"document": "004", "item": "A heading"},
            "factor": "performance_status",
            "fits": "ecog <= 1",
            "rarely": "ecog > 2",
            "seen": [{"trial": "NCT00000001", "says": "ECOG 0 to 1"}],
        }
    ],
}
CASES = {
    "trial": "NCT00000001",
    "as_of": "2026-11-22",
    "patient": {"age": 61, "pregnant": False, "kps": None, "hiv": {"missing": "not_done"}},
    "cases": [
        {
            "case": "a case",
            "set": {
                "ast": {"value": "34 U/L", "uln": 40, "lln": "8 U/L", "date": "2026-11-10"},
                "prior_therapies": ["nivolumab", {"agent": "ABC-123", "class": "chemotherapy", "last_dose": 2026}],
            },
            "drop": ["age"],
            "as_of": "2026-12-01",
            "expect": {"INC-1": "not applicable", "verdict": "not yet", "eligible_from": "2026-12-06"},
        }
    ],
}
DESCRIBED = {"question": "Which?", "why": "Because", "where": "In the chart", "who": ["chart"], "source": "A source"}
CREATININE = {
    "name": "Creatinine",
    "type": "quantity",
    "burden": "blood_test",
    "units": {"mg/dL": 1, "umol/L": 88.42},
    "range": [0.1, 20],
    "typical": [0.2, 10],
    "limits": True,
    "aliases": ["crea"],
    "loinc": "2160-0",
}
HBV = {
    "name": "Hepatitis B",
    "type": "choice",
    "burden": "blood_test",
    "choices": {"none": {"means": "None", "aliases": ["no"]}, "past": {"means": "Past"}},
    "general": {"unclear": ["none", "past"]},
}
FACTS = {
    "facts": {
        "creatinine": DESCRIBED | CREATININE,
        "kps": DESCRIBED | {"name": "Karnofsky", "type": "scale", "burden": "look_up", "range": [0, 100], "step": 10},
        "consent": DESCRIBED | {"name": "Consent", "type": "boolean", "burden": "ask"},
        "hbv": DESCRIBED | HBV,
        "stable_since": DESCRIBED | {"name": "Since", "type": "date", "burden": "ask", "never": "not_begun"},
    }
}
FITTING = {"trial": TRIAL, "profile": PROFILE, "cases": CASES, "facts": FACTS}
OF = {"trial": "rules", "profile": "rules", "cases": "cases", "facts": "facts"}


@pytest.mark.parametrize("name", FITTING)
def test_a_document_with_every_key_fits_the_schema_and_the_program(name: str, dictionary: Dictionary) -> None:
    assert faults(OF[name], FITTING[name]) == []
    compile_as(name, FITTING[name], dictionary)


def compile_as(name: str, document: Any, dictionary: Dictionary) -> None:
    """Give the document to the program's own reader. Raises InputError."""
    node = load_text(Text("file.yaml", json.dumps(document)))  # JSON is YAML
    if name == "facts":
        compile_facts(node)
    elif name == "cases":
        trial = compile_trial(load_text(Text("trial.yaml", json.dumps(TRIAL))), dictionary)
        case_files.compile_cases(node, trial, dictionary)
    else:
        compile_trial(node, dictionary)


C: tuple[Step, ...] = ("criteria", 0)
CASE: tuple[Step, ...] = ("cases", 0)
UNKNOWN_KEYS: list[tuple[str, tuple[Step, ...]]] = [
    ("trial", ("documents",)),
    ("trial", ("registry", "phase")),
    ("trial", ("cohorts", 0, "closed")),
    ("trial", (*C, "includes")),
    ("trial", (*C, "fits")),
    ("trial", (*C, "source", "document")),
    ("profile", ("registry",)),
    ("profile", ("documents", "004", "url")),
    ("profile", (*C, "include")),
    ("profile", (*C, "source", "section")),
    ("profile", (*C, "seen", 0, "date")),
    ("cases", ("day",)),
    ("cases", (*CASE, "patient")),
    ("cases", (*CASE, "set", "ast", "unit")),
    ("cases", (*CASE, "set", "prior_therapies", 1, "dose")),
    ("cases", ("patient", "hiv", "value")),
    ("facts", ("version",)),
    ("facts", ("facts", "creatinine", "unit")),
    ("facts", ("facts", "hbv", "choices", "none", "name")),
]
REQUIRED: list[tuple[str, tuple[Step, ...]]] = [
    *(("trial", (key,)) for key in ("trial", "title", "registry", "criteria")),
    *(("trial", ("registry", key)) for key in REGISTRY_KEYS),
    *(("trial", ("cohorts", 0, key)) for key in ("id", "title")),
    *(("trial", (*C, key)) for key in CRITERION_REQUIRED),
    *(("trial", (*C, "source", key)) for key in ("section", "item")),
    *(("profile", (key,)) for key in ("title", "criteria")),
    ("profile", ("documents", "004", "title")),
    *(("profile", (*C, "source", key)) for key in ("document", "item")),
    *(("profile", (*C, "seen", 0, key)) for key in ("trial", "says")),
    *(("cases", (key,)) for key in ("as_of", "patient", "cases")),
    *(("cases", (*CASE, key)) for key in ("case", "expect")),
    ("facts", ("facts",)),
    *(("facts", ("facts", "consent", key)) for key in fact_files._REQUIRED),  # noqa: SLF001 - the contract
    ("facts", ("facts", "creatinine", "units")),
    ("facts", ("facts", "creatinine", "range")),
    ("facts", ("facts", "kps", "range")),
    ("facts", ("facts", "hbv", "choices")),
    ("facts", ("facts", "hbv", "choices", "past", "means")),
]
BAD_WORDS: list[tuple[str, tuple[Step, ...]]] = [
    ("trial", ("registry", "status")),
    ("trial", (*C, "factor")),
    ("trial", (*C, "gate")),
    ("trial", (*C, "source", "section")),
    ("profile", (*C, "factor")),
    ("cases", (*CASE, "expect", "INC-1")),
    ("cases", (*CASE, "expect", "verdict")),
    ("facts", ("facts", "consent", "type")),
    ("facts", ("facts", "consent", "who", 0)),
    ("facts", ("facts", "consent", "burden")),
    ("facts", ("facts", "stable_since", "never")),
]
BAD_VALUES: list[tuple[str, tuple[Step, ...], object, str]] = [
    ("trial", ("registry", "as_of"), "29 April 2025", "pattern"),
    ("trial", ("registry", "abbreviated"), "yes", "type"),
    ("trial", ("cohorts", 0, "open"), "yes", "type"),
    ("trial", ("criteria",), {}, "type"),
    ("trial", (*C, "id"), "", "pattern"),
    ("trial", (*C, "text"), " ", "pattern"),
    ("trial", (*C, "weight"), 0, "exclusiveMinimum"),
    ("trial", (*C, "weight"), -1, "exclusiveMinimum"),
    ("trial", (*C, "weight"), "heavy", "type"),
    ("trial", (*C, "exclude"), "age < 18", "oneOf"),
    ("trial", (*C, "manual"), "the team judges", "oneOf"),
    ("trial", (*C, "include"), REMOVED, "oneOf"),
    ("profile", (*C, "fits"), REMOVED, "oneOf"),
    ("profile", (*C, "manual"), "the team judges", "oneOf"),
    ("cases", ("trial",), REMOVED, "oneOf"),
    ("cases", ("profile",), "general", "oneOf"),
    ("cases", ("as_of",), "today", "pattern"),
    ("cases", ("patient",), [], "type"),
    ("cases", (*CASE, "set", "ast", "value"), ["34 U/L"], "type"),
    ("cases", (*CASE, "drop"), "age", "type"),
    ("cases", (*CASE, "expect"), {}, "minProperties"),
    ("cases", (*CASE, "expect", "eligible_from"), "soon", "pattern"),
    ("facts", ("facts", "creatinine", "range"), [20, 1, 2], "maxItems"),
    ("facts", ("facts", "creatinine", "units"), {}, "minProperties"),
    ("facts", ("facts", "creatinine", "limits"), "yes", "type"),
    ("facts", ("facts", "creatinine", "units", "mg/dL"), "one", "type"),
    ("facts", ("facts", "kps", "step"), 2.5, "type"),
    ("facts", ("facts", "consent", "units"), {"mg/dL": 1}, "not"),
    ("facts", ("facts", "consent", "range"), [0, 1], "not"),
    ("facts", ("facts", "consent", "choices"), {"yes": {"means": "Yes"}}, "not"),
]


def place_of(path: tuple[Step, ...]) -> str:
    """A path as jsonschema writes it."""
    return "$" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" if step.isidentifier() else f"['{step}']" for step in path
    )


def named(mutations: Iterable[tuple[Any, ...]]) -> list[Any]:
    return [pytest.param(*item, id=f"{item[0]}-{'.'.join(map(str, item[1]))}-{n}") for n, item in enumerate(mutations)]


@pytest.mark.parametrize(("name", "path"), named(UNKNOWN_KEYS))
def test_an_unknown_key_is_refused_by_schema_and_program(
    name: str, path: tuple[Step, ...], dictionary: Dictionary
) -> None:
    document = changed(FITTING[name], path, "x")
    assert (place_of(path[:-1]), "additionalProperties") in faults(OF[name], document)
    message = "exactly one of" if path[-1] in {"fits", "include"} else f"no key `{path[-1]}`"
    with pytest.raises(InputError, match=message):
        compile_as(name, document, dictionary)


@pytest.mark.parametrize(("name", "path"), named(REQUIRED))
def test_a_missing_key_is_refused_by_schema_and_program(
    name: str, path: tuple[Step, ...], dictionary: Dictionary
) -> None:
    document = changed(FITTING[name], path, REMOVED)
    assert (place_of(path[:-1]), "required") in faults(OF[name], document)
    with pytest.raises(InputError, match=f"the key `{path[-1]}` is missing|needs `{path[-1]}`"):
        compile_as(name, document, dictionary)


@pytest.mark.parametrize(("name", "path"), named(BAD_WORDS))
def test_a_word_that_is_not_among_those_allowed_is_refused_by_schema_and_program(
    name: str, path: tuple[Step, ...], dictionary: Dictionary
) -> None:
    document = changed(FITTING[name], path, "perhaps")
    assert (place_of(path), "enum") in faults(OF[name], document)
    with pytest.raises(InputError, match="`perhaps` is not known here"):
        compile_as(name, document, dictionary)


@pytest.mark.parametrize(("name", "path", "value", "keyword"), named(BAD_VALUES))
def test_a_value_of_the_wrong_shape_is_refused_by_schema_and_program(
    name: str, path: tuple[Step, ...], value: object, keyword: str, dictionary: Dictionary
) -> None:
    document = changed(FITTING[name], path, value)
    assert keyword in {found for place, found in faults(OF[name], document) if place_of(path).startswith(place)}
    with pytest.raises(InputError):
        compile_as(name, document, dictionary)


@pytest.mark.parametrize("word", MISSING_WORDS)
def test_a_case_may_say_why_an_answer_is_missing(word: str) -> None:
    assert faults("cases", changed(CASES, ("patient", "hiv"), {"missing": word})) == []


@pytest.mark.parametrize("answer", [True, False, "yes", 61, 1.5, None])
def test_a_case_may_answer_with_any_single_value(answer: object) -> None:
    assert faults("cases", changed(CASES, ("patient", "age"), answer)) == []


# ---------------------------------------------------------------- words and keys of the code


def properties(name: str, definition: str) -> set[str]:
    return set(SCHEMAS[name]["$defs"][definition]["properties"])


KEYS: dict[str, tuple[Callable[[], set[str]], Iterable[str]]] = {
    "a trial": (lambda: properties("rules", "trial"), ("trial", *TRIAL_KEYS)),
    "a profile": (lambda: properties("rules", "profile"), ("profile", *PROFILE_KEYS)),
    "a registry record": (lambda: properties("rules", "registry"), REGISTRY_KEYS),
    "a criterion": (
        lambda: properties("rules", "trial_criterion") | properties("rules", "profile_criterion"),
        (*CRITERION_REQUIRED, *CRITERION_KEYS),
    ),
    "a case": (lambda: properties("cases", "case"), ("case", "expect", *case_files._CASE_KEYS)),  # noqa: SLF001
    "a result": (lambda: properties("cases", "result"), patient_files._RESULT_KEYS),  # noqa: SLF001
    "a treatment": (
        lambda: set(SCHEMAS["cases"]["$defs"]["treatment"]["then"]["properties"]),
        patient_files._TREATMENT_KEYS,  # noqa: SLF001
    ),
    "a fact": (
        lambda: properties("facts", "fact"),
        (*fact_files._REQUIRED, *fact_files._OPTIONAL),  # noqa: SLF001
    ),
}


@pytest.mark.parametrize("what", KEYS)
def test_the_keys_of_the_schema_are_the_keys_of_the_program(what: str) -> None:
    in_schema, in_code = KEYS[what]
    assert in_schema() == set(in_code)


def words_at(name: str, *path: Step) -> list[str]:
    node = SCHEMAS[name]["$defs"]
    for step in path:
        node = node[step]
    words: list[str] = node["enum"]
    return words


WORDS: dict[str, tuple[list[str], list[str | None]]] = {
    "factors of rules": (words_at("rules", "factor"), [factor.value for factor in Factor]),
    "factors of results": (words_at("screen", "factor"), [factor.value for factor in Factor]),
    "gates of rules": (words_at("rules", "gate"), [gate.value for gate in Gate]),
    "gates of results": (words_at("screen", "criterion", "properties", "gate"), [gate.value for gate in Gate]),
    "statuses of rules": (words_at("rules", "registry", "properties", "status"), list(STATUSES)),
    "statuses of results": (words_at("screen", "status", "properties", "value"), list(STATUSES)),
    "outcomes of cases": (words_at("cases", "expect", "additionalProperties"), [item.value for item in Outcome]),
    "outcomes of results": (
        words_at("screen", "criterion", "properties", "outcome"),
        [item.value for item in Outcome],
    ),
    "verdicts of cases": (words_at("cases", "expect", "properties", "verdict"), [item.value for item in Verdict]),
    "verdicts of results": (words_at("screen", "verdict"), [item.value for item in Verdict]),
    "kinds of criteria": (words_at("screen", "criterion", "properties", "kind"), [kind.value for kind in Kind]),
    "bands": (words_at("screen", "criterion", "properties", "band"), [FITS, DEPENDS, RARELY, None]),
    "reasons for missing": (words_at("cases", "missing", "properties", "missing"), list(MISSING_WORDS)),
    "types of facts": (words_at("facts", "fact", "properties", "type"), [item.value for item in FactType]),
    "burdens": (words_at("facts", "fact", "properties", "burden"), [burden.value for burden in Burden]),
    "people": (words_at("facts", "fact", "properties", "who", "items"), [who.value for who in Who]),
}


@pytest.mark.parametrize("what", WORDS)
def test_the_words_of_the_schema_are_the_words_of_the_program_in_their_order(what: str) -> None:
    in_schema, in_code = WORDS[what]
    assert in_schema == in_code


def test_the_counts_of_a_tally_are_the_outcomes() -> None:
    outcomes = {outcome.value.replace(" ", "_") for outcome in Outcome}
    assert properties("screen", "tally") - properties("screen", "score") == outcomes


def test_the_version_of_the_result_is_that_of_the_schema() -> None:
    assert SCHEMAS["screen"]["properties"]["schema"]["const"] == SCHEMA_VERSION


# ---------------------------------------------------------------- what the program prints


def example(catalog: Catalog) -> Patient:
    return compile_patient(load(CRITERIA / "examples" / "patient.yaml"), catalog.dictionary, today=TODAY)


def empty(_: Catalog) -> Patient:
    return Patient("", TODAY, {})


def child(catalog: Catalog) -> Patient:
    node = load_text(Text("patient.yaml", "patient: P-1\nfacts: {age: 12, ecog: 4, hemoglobin: 90 g/dL}"))
    return compile_patient(node, catalog.dictionary, today=TODAY)


PATIENTS: list[Callable[[Catalog], Patient]] = [example, empty, child]


def printed(patient: Patient, catalog: Catalog) -> Any:
    results = tuple(screen_trial(trial, patient, catalog.dictionary) for trial in catalog.trials)
    return json.loads(render_json(patient, results))


@pytest.mark.parametrize("make", PATIENTS)
def test_the_result_of_every_trial_fits_the_schema(make: Callable[[Catalog], Patient], catalog: Catalog) -> None:
    document = printed(make(catalog), catalog)
    assert len(document["trials"]) == len(catalog.trials)
    assert faults("screen", document) == []


def test_the_result_of_every_case_of_a_trial_fits_the_schema(catalog: Catalog) -> None:
    (trial,) = catalog.choose(["NCT05568680"])
    cases = case_files.compile_cases(load(catalog.cases_path(trial)), trial, catalog.dictionary)
    results = [(case.patient, screen_trial(trial, case.patient, catalog.dictionary)) for case in cases]
    assert {result.verdict for _, result in results} >= {Verdict.MATCH, Verdict.UNDECIDED, Verdict.NO_MATCH}
    for patient, result in results:
        assert faults("screen", json.loads(render_json(patient, (result,)))) == []


def test_every_line_of_jsonl_fits_the_schema(catalog: Catalog) -> None:
    patient = example(catalog)
    results = tuple(screen_trial(trial, patient, catalog.dictionary) for trial in catalog.trials)
    lines = render_jsonl(patient, results).splitlines()
    assert len(lines) == len(results)
    for line in lines:
        assert faults("screen", json.loads(line)) == []


def test_a_result_with_cohorts_fits_the_schema(dictionary: Dictionary) -> None:
    trial = compile_trial(load_text(Text("trial.yaml", json.dumps(TRIAL))), dictionary)
    patient = Patient("P-1", TODAY, {})
    document = json.loads(render_json(patient, (screen_trial(trial, patient, dictionary),)))
    assert document["trials"][0]["cohorts"] == [{"cohort": "A", "verdict": "undecided", "eligible_from": None}]
    assert faults("screen", document) == []


BROKEN_RESULTS: list[tuple[tuple[Step, ...], object, str]] = [
    (("version",), 1, "additionalProperties"),
    (("trials", 0, "sites"), [], "additionalProperties"),
    (("trials", 0, "criteria", 0, "weight"), 1, "additionalProperties"),
    (("trials", 0, "factors", "luck"), {}, "enum"),
    (("disclaimer",), REMOVED, "required"),
    (("trials", 0, "eligible_from"), REMOVED, "required"),
    (("trials", 0, "criteria", 0, "why"), REMOVED, "required"),
    (("trials", 0, "rule_file", "sha256"), REMOVED, "required"),
    (("schema",), 2, "const"),
    (("as_of",), "2026-13-45", "format"),
    (("trials", 0, "verdict"), "eligible", "enum"),
    (("trials", 0, "status"), None, "type"),  # of a trial
    (("trials", 0, "criteria", 0, "outcome"), "passed", "enum"),
    (("trials", 0, "score", "high"), 100.1, "maximum"),
]


@pytest.mark.parametrize(("path", "value", "keyword"), BROKEN_RESULTS)
def test_a_result_that_breaks_the_contract_is_refused(
    path: tuple[Step, ...], value: object, keyword: str, catalog: Catalog
) -> None:
    document = changed(printed(example(catalog), catalog), path, value)
    assert keyword in {found for place, found in faults("screen", document) if place_of(path).startswith(place)}
