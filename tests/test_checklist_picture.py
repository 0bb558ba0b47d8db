"""The pictures of a checklist: valid, legible in black and white, every bar where its days are, no text as markup."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.checklist import FactorScore, Planned, Sheet, Summary, Wait, WaitState
from screener.render.checklist.picture import factors_picture, factors_words, waits_picture, waits_words

if TYPE_CHECKING:
    from collections.abc import Iterable

SVG = "{http://www.w3.org/2000/svg}"
POINT = 25.4 / 72
LETTER_PAPER = 279.4 - 24  # what the margins leave of its width
HOSTILE = '<script>alert(1)</script> &amp; "q" \u202eabc \x1b[31m \x00 \ud800 \uffff ]]> ' + "W" * 300
NIVOLUMAB = ("nivolumab", date(2026, 10, 25), date(2026, 10, 25), date(2026, 12, 6))
PEMETREXED = ("pemetrexed", date(2026, 9, 1), date(2026, 9, 20), date(2026, 9, 27))


def wait(
    what: str, first: date | None, last: date | None, over: date | None, state: WaitState = WaitState.RUNNING
) -> Wait:
    earliest = over.isoformat() if over else ""
    return Wait("INC-7.1b", "a rule", what, "", "infusion", "", earliest, state, first, last, over)


def sheet(
    waits: Iterable[Wait] = (),
    planned: Iterable[tuple[str, date]] = (("today", date(2026, 11, 22)), ("infusion", date(2026, 12, 20))),
    words: dict[str, str] | None = None,
) -> Sheet:
    days = tuple(Planned(name, day) for name, day in planned)
    return Sheet("en", "", "", (), "", (), tuple(waits), days, (), (), "", words=words or {})


def summary(*factors: tuple[str, float, float]) -> Summary:
    said = tuple(FactorScore(name, low, high, f"{low:g} ({low:g} to {high:g})") for name, low, high in factors)
    return Summary("", "", "", (), (), (), said)


def parse(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own picture


def texts(picture: str) -> list[str]:
    return [text.text or "" for text in parse(picture).iter(f"{SVG}text")]


def bars(picture: str) -> list[tuple[float, float, str]]:
    """Left, right and filling of what is drawn above the axis."""
    rects = [rect for rect in parse(picture).findall(f"{SVG}rect") if float(rect.get("width", "0")) != 7]
    return [
        (left := float(rect.get("x", "")), left + float(rect.get("width", "")), rect.get("fill", "")) for rect in rects
    ]


def test_a_bar_runs_from_the_last_dose_to_the_day_it_is_over() -> None:
    picture = waits_picture(sheet([wait(*NIVOLUMAB), wait(*PEMETREXED, WaitState.OVER)]))
    running, between, over = bars(picture)
    scale = (running[1] - running[0]) / 42
    assert running[2] == "url(#waits-running)"
    assert (between[2], over[2]) == ("url(#waits-between)", "#222")
    assert between[1] - between[0] == pytest.approx(19 * scale, abs=0.05)
    assert over[0] == pytest.approx(between[1], abs=0.02)
    assert over[1] - over[0] == pytest.approx(7 * scale, abs=0.05)
    assert running[0] - over[1] == pytest.approx(28 * scale, abs=0.05)
    lines = {line.get("x1", "") for line in parse(picture).iter(f"{SVG}line") if line.get("stroke-dasharray")}
    today, infusion = sorted(map(float, lines))
    assert today - running[0] == pytest.approx(28 * scale, abs=0.05)
    assert infusion - today == pytest.approx(28 * scale, abs=0.05)


def test_every_bar_is_said_in_words_beside_it_and_in_the_alternative_text() -> None:
    given_sheet = sheet([wait(*NIVOLUMAB), wait(*PEMETREXED, WaitState.OVER)])
    said = texts(waits_picture(given_sheet))
    for text in ("INC-7.1b nivolumab", "2026-12-06", "still running", "INC-7.1b pemetrexed", "2026-09-27", "over"):
        assert text in said
    assert "Last dose between these days" in said
    assert "today 2026-11-22" in said
    assert waits_words(given_sheet) == (
        "INC-7.1b nivolumab: Last dose 2026-10-25; First day on which it is over 2026-12-06; still running. "
        "INC-7.1b pemetrexed: Last dose 2026-09-01 … 2026-09-20; First day on which it is over 2026-09-27; over. "
        "today 2026-11-22. infusion 2026-12-20."
    )


def test_words_are_those_of_the_language() -> None:
    picture = waits_picture(sheet([wait(*NIVOLUMAB)], words={"still running": "en curso"}))
    assert "en curso" in texts(picture)
    assert "still running" not in picture


@pytest.mark.parametrize("missing", [(None, None, date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 1, 2), None)])
def test_waits_without_days_are_not_drawn(missing: tuple[date | None, date | None, date | None]) -> None:
    blank = wait("unknown", *missing, WaitState.NOT_KNOWN)
    assert waits_picture(sheet([blank])) == waits_words(sheet([blank])) == ""
    both = sheet([blank, wait(*NIVOLUMAB)])
    assert waits_picture(both) == waits_picture(sheet([wait(*NIVOLUMAB)]))
    assert "unknown" not in waits_words(both)


@pytest.mark.parametrize(
    ("last", "over", "labels"),
    [
        (date(2026, 3, 1), date(2026, 3, 3), {"2026-03-01", "2026-03-02", "2026-03-03"}),
        (date(2026, 3, 1), date(2026, 3, 30), {"2026-03-09", "2026-03-16"}),  # Mondays
        (date(2026, 3, 1), date(2026, 11, 30), {"2026-05", "2026-07"}),
        (date(2020, 3, 1), date(2026, 7, 30), {"2021", "2022"}),
        (date(1960, 3, 1), date(2026, 7, 30), {"1970", "1980"}),
        (date.min, date.max, {"2000", "3000"}),
    ],
)
def test_the_axis_is_labelled_whatever_it_spans(last: date, over: date, labels: set[str]) -> None:
    picture = waits_picture(sheet([wait("drug", last, last, over)], ()))
    axis = [text for text in parse(picture).iter(f"{SVG}text") if text.get("text-anchor") == "middle"]
    assert labels <= {text.text for text in axis}
    places = [float(text.get("x", "")) for text in axis]
    assert places == sorted(places)
    widest = max(len(text.text or "") for text in axis)
    assert all(right - left > widest * 1.7 for left, right in pairwise(places))


@pytest.mark.parametrize("day", [date.min, date(2026, 2, 28), date.max])
def test_a_wait_of_no_length_is_seen(day: date) -> None:
    [(left, right, _)] = bars(waits_picture(sheet([wait("drug", day, day, day)], ())))
    assert right - left >= 0.4


def test_a_line_never_runs_through_the_name_of_a_planned_day() -> None:
    planned = [(f"gate {number}", date(2026, 11, 20 + number)) for number in range(6)]
    root = parse(waits_picture(sheet([wait(*NIVOLUMAB)], planned)))
    names = [text for text in root.iter(f"{SVG}text") if (text.text or "").startswith("gate")]
    lines = [line for line in root.iter(f"{SVG}line") if line.get("stroke-dasharray")]
    assert len(names) == len(lines) == len(planned)
    for name in names:
        left, base = float(name.get("x", "")), float(name.get("y", ""))
        right = left + len(name.text or "") * 1.7
        for line in lines:
            crosses = left < float(line.get("x1", "")) < right
            assert not crosses or float(line.get("y1", "")) >= base
    assert len({name.get("y") for name in names}) > 1


def test_names_of_one_day_stand_at_one_line() -> None:
    planned = [("today", date(2026, 11, 22)), ("infusion", date(2026, 11, 22))]
    assert "today, infusion 2026-11-22" in texts(waits_picture(sheet([wait(*NIVOLUMAB)], planned)))


def test_a_range_that_does_not_fit_gives_way_to_one_whole_day() -> None:
    ranged = Wait(
        "A", "", "x", "", "", "", "2026-09-27 to 2026-10-27, at the latest", WaitState.RUNNING, *NIVOLUMAB[1:]
    )
    said = texts(waits_picture(sheet([ranged])))
    assert "2026-12-06" in said
    assert not any("…" in text for text in said)


def test_bars_of_the_score_are_solid_to_what_is_met_and_hatched_to_what_could_be() -> None:
    scored = summary(("Organ function", 80, 100), ("Prior therapy", 60, 60), ("Travel", 0, 100))
    drawn: dict[str, list[tuple[float, float]]] = {}
    for left, right, fill in bars(factors_picture(scored)):
        drawn.setdefault(fill, []).append((left, right))
    assert drawn == {
        "#fff": [(72, 192)] * 3,
        "#222": [(72, 168), (72, 144)],
        "url(#factors-running)": [(168, 192), (72, 192)],
    }
    assert "80 (80 to 100)" in texts(factors_picture(scored))
    assert factors_words(scored) == "Organ function 80 (80 to 100); Prior therapy 60 (60 to 60); Travel 0 (0 to 100)"


@pytest.mark.parametrize("low", [float("nan"), float("inf"), -5.0, 300.0])
def test_a_bar_never_leaves_its_scale(low: float) -> None:
    assert all(72 <= left <= right <= 192 for left, right, _ in bars(factors_picture(summary(("x", low, 50)))))


def test_nothing_to_draw_is_no_picture() -> None:
    assert waits_picture(sheet()) == waits_words(sheet()) == ""
    assert factors_picture(summary()) == factors_words(summary()) == ""


def hostile_pictures() -> list[str]:
    texts_of_wait = (HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    hostile = Wait(*texts_of_wait, WaitState.OVER, *NIVOLUMAB[1:])
    drawn = sheet([hostile], [(HOSTILE, date(2026, 11, 22))], {"over": HOSTILE})
    return [waits_picture(drawn), factors_picture(summary((HOSTILE, 1, 2)))]


@pytest.mark.parametrize("picture", hostile_pictures())
def test_hostile_text_stays_text(picture: str) -> None:
    tags = {element.tag.removeprefix(SVG) for element in parse(picture).iter()}
    assert tags <= {"svg", "defs", "pattern", "rect", "path", "circle", "line", "text"}
    assert not re.search("[\x00-\x1f\u202e\ud800\uffff]", picture)
    assert all(len(text) < 150 for text in texts(picture))


@given(st.text(max_size=60), st.text(max_size=60), st.dates(), st.dates(), st.dates(), st.dates())
def test_any_text_and_any_days_make_a_valid_picture_within_its_frame(
    what: str, name: str, first: date, last: date, over: date, planned: date
) -> None:
    drawn = sheet([wait(what, first, last, over), wait(*NIVOLUMAB)], [(name, planned)])
    picture = waits_picture(drawn)
    assert picture == waits_picture(drawn)
    assert all(82 <= left <= right <= 206.5 for left, right, _ in bars(picture))
    waits_words(drawn).encode()


@pytest.mark.parametrize(
    "picture", [waits_picture(sheet([wait(*NIVOLUMAB)])), factors_picture(summary(("x", 1, 2))), *hostile_pictures()]
)
def test_letters_are_large_enough_on_either_paper_and_nothing_is_told_by_color(picture: str) -> None:
    root = parse(picture)
    assert root.get("viewBox", "").startswith("0 0 260 ")
    assert not [element for element in root.iter() if element is not root and element.get("font-size")]
    assert float(root.get("font-size", "0")) * LETTER_PAPER / 260 / POINT >= 9
    colors = set(re.findall("#[0-9a-f]{3,6}\\b", picture)) - {"#waits", "#factors"}
    assert all(len(set(color[1:])) == 1 for color in colors), "black, white and grays"


def test_both_pictures_can_stand_in_one_page() -> None:
    page = waits_picture(sheet([wait(*NIVOLUMAB)])) + factors_picture(summary(("x", 1, 2)))
    ids = re.findall(' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
