"""Only search words leave the machine: every byte sent from the first fetch to an interview with travel and after."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.fault_server import FaultServer, value
from tests.program import Program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fault_server import Asked
    from tests.program import Ran

TRIAL = "NCT04577326"
HOME, LIMIT = "Walla Walla, WA", "1733 mi"
ANSWERS = {
    "age": "67",
    "sex": "female",
    "tumor_type": "PLEMESO",
    "kps": "80",
    "mesothelin_percent": "73 %",
    "prior_systemic_lines": "2",
    "prior_therapies": "pemetrexed: 2026-05-13; nivolumab: 2026-10-25",
    "platelets": "187 K/uL",
    "hemoglobin": "11.7 g/dL",
    "creatinine": "0.93 mg/dL, ULN 1.17",
    "hiv": "negative",
    "home": HOME,
    "travel_limit": LIMIT,
}
PATIENT = "Q-77120"


def record(nct_id: str) -> dict[str, object]:
    site = {
        "facility": "A center",
        "city": "New York",
        "state": "New York",
        "country": "United States",
        "status": "RECRUITING",
        "geoPoint": {"lat": 40.71427, "lon": -74.00597},
    }
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct_id, "briefTitle": "CAR T cells for mesothelioma"},
            "statusModule": {"overallStatus": "RECRUITING", "statusVerifiedDate": "2026-10"},
            "conditionsModule": {"conditions": ["Mesothelioma"]},
            "eligibilityModule": {"sex": "ALL", "eligibilityCriteria": "Inclusion Criteria:\n\n* Mesothelioma"},
            "contactsLocationsModule": {"locations": [site]},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20"}},
    }


def registry(asked: Asked) -> None:
    """A registry that has one trial."""
    if asked.path.endswith("/version"):
        body: dict[str, object] = {"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"}
    elif found := re.search(r"/studies/(NCT\d{8})", asked.path):
        body = record(found[1])
    else:
        body = {"studies": [record(TRIAL)]}
    value(body)(asked)


def test_of_a_patient_nothing_leaves_the_machine(tmp_path: Path) -> None:
    answers = tmp_path / "answers.txt"
    answers.write_text("".join(f"{fact}: {text}\n" for fact, text in ANSWERS.items()), encoding="utf-8")
    session = f"{PATIENT}.jsonl"
    ran: list[Ran] = []
    with FaultServer(registry) as server, FaultServer(value({})) as anyone_else:
        proxy = f"http://{anyone_else.host}"
        program = Program(
            tmp_path,
            variables={
                "SCREENER_REGISTRY": server.url,
                "NO_PROXY": "127.0.0.1",
                "HTTP_PROXY": proxy,
                "HTTPS_PROXY": proxy,
                "ALL_PROXY": proxy,
            },
        )
        ran += [program.run("trials", "fetch"), program.run("trials", "check", TRIAL)]
        searched = bytes(server.received)
        held = ("interview", "-t", TRIAL, "--session", session, "--answers", answers, "-o", "patient.yaml")
        ran += [
            program.run(*held, "--as-of", "2026-11-22", "--hand-out", "out.html"),
            program.run("screen", "patient.yaml", "-f", "json"),
            program.run("trials", "sites", "--near", HOME, "--within", LIMIT.removesuffix(" mi")),
            program.run("trials", "list"),
            program.run("trials", "show", TRIAL),
        ]
        assert bytes(server.received) == searched
        ran += [program.run("trials", "check", TRIAL, "--refresh"), program.run("trials", "fetch", "--refresh")]
        sent = bytes(server.received)
        assert not anyone_else.received
    assert len(sent) > len(searched) > 0
    assert all(run.code in {0, 1, 3} for run in ran), [run.err for run in ran]
    screened = json.loads(ran[3].out)
    [travel] = [trial["travel"] for trial in screened["trials"] if trial["trial"] == TRIAL]
    assert travel["outcome"] == "not met"
    for text in (*ANSWERS.values(), PATIENT, "Walla", "WA", "99362", "1733", "pemetrexed", "11.7"):
        assert not contains(sent, text), text


def contains(sent: bytes, text: str) -> bool:
    """Whether the bytes hold the text as a word, as it is or escaped for an address."""
    variants = {text, text.replace(" ", "+"), text.replace(" ", "%20"), text.split(",", maxsplit=1)[0]}
    words = (rf"(?<![\w.-]){re.escape(variant)}(?![\w.-])" for variant in variants)
    return any(re.search(word.encode(), sent, re.IGNORECASE) for word in words)


def test_a_cache_that_cannot_be_read_is_told_and_stops_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "registry"
    folder.mkdir(parents=True)
    (folder / f"study-{TRIAL}.json").symlink_to("elsewhere")
    program = Program(tmp_path, variables={"SCREENER_CACHE": str(tmp_path / "cache")})
    program.write("patient.yaml", "patient: P\nas_of: 2026-11-22\nfacts: {home: '10065', travel_limit: 50 mi}\n")
    screened = program.run("screen", "patient.yaml", "-t", TRIAL)
    sites = program.run("trials", "sites", TRIAL)
    asked = program.run("interview", "-t", TRIAL, "--session", "s.jsonl", stdin=".\n")
    assert (screened.code, sites.code, asked.code) == (0, 0, 3)
    assert all("in the cache cannot be read" in ran.err for ran in (screened, sites))
    assert "TRAVEL" in screened.out
    assert "Memorial Sloan Kettering" in sites.out


def test_a_batch_reads_a_limit_of_travel_and_says_that_it_does_not_judge_it(tmp_path: Path) -> None:
    intake = "patient_id,age,home,travel_limit\nP-1,61,10065,100 mi\n"
    ran = Program(tmp_path).run("batch", "-", "-t", TRIAL, stdin=intake)
    assert ran.code == 0
    assert "Note: how far sites are is not judged in a batch" in ran.err
    assert "TRAVEL" not in ran.out


@pytest.mark.parametrize("text", ["Walla Walla, WA", "67", "11.7 g/dL"])
def test_the_search_for_leaks_would_find_one(text: str) -> None:
    assert contains(f"GET /studies?query.locn={text.replace(' ', '+')} HTTP/1.1".encode(), text)
