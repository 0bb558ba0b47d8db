"""Intake CSVs of any size, of invented patients, the same for the same seed: one row a patient, one column a fact.

    python -m benchmarks.make_intake ROWS [-o FILE|-] [--columns N] [--seed S] [--dirty]

- The header is `patient_id` and N fact ids in the order of facts.yaml: those that the most open trials read (among
  equals, the most criteria), by default 60; above the number that is read, those that come next in facts.yaml.
- Cells hold what an interview takes (`34 U/L, ULN 40, 2026-11-10`), as of 2026-11-22; treatments are in one line,
  `agent:2026-10-25; agent:ongoing`, or `none`. A day may be partial or some weeks ago, as people say it. What is
  missing is empty, or in two of five cells the reason in a word. One line has no place for the start of a treatment
  or the class of a trial drug, so a drug that the vocabulary does not know may be of any class there.
- Each row is made from the seed and its own number alone, so a file is the beginning of every longer one with the same
  seed and columns, and neither the number of processes nor the size of chunks matters.
- Inventing a million people takes too long (about 0.8 ms each). **The first 50,000 rows are people as
  benchmarks.invented draws them; each later row is the person 50,000 rows before it, dressed anew**: another id, whole
  days before the day of screening all 1 to 14 days earlier, quantities one step of their last digit up or down or as
  they were (zero, and what is not measured but agreed on, stays). Between numbers that go together (weight and
  clearance, white cells and their kinds) such a step may stand; a time ago and a partial date do not move.
- Memory is bounded: the 50,000 people are kept as text, and only some chunks are under way at a time. Measured on
  2026-11-22, Python 3.11.7, two shared cores: 1,000,000 rows of 60 facts (548 MB) in 137 s, 164 s with --dirty; at most
  59 MB in the main process and 30 MB in each other.

`--dirty` puts faults into about one row in eight, at most one in each, and writes FILE.faults.csv with `row`, `column`
and `fault`. Rows count from 1 without the header (the line is one more); `column` is empty for a whole row. The file is
the clean one but for these faults. `Fault` says what each is. The rate is printed on standard error at the end.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import platform
import random
import re
import sys
import time
from collections import Counter, deque
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.invented import invent
from screener.catalog import criteria_folder, load_catalog
from screener.model import FactType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from typing import BinaryIO

    from screener.catalog import Catalog
    from screener.model import Fact

    Limits = dict[str, dict[str, tuple[float, float]]]  # of each quantity, by unit

SEED = 20261122
DAY = date(2026, 11, 22)
COLUMNS, PEOPLE, CHUNK, AHEAD = 60, 50_000, 500, 4
ID = "patient_id"
SAID = 0.4  # of the missing cells say why
SHIFT = 14  # days at most
AGREED = {"contraception_months", "days_can_stay", "prednisone_equivalent_dose"}  # not measured: no digit is noise
NO_UNITS = ("mEq/L", "pmol/L", "ppm")  # of no fact
_RESULT = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?: (?P<unit>[^,]+))?(?P<rest>,.*)?")
_WHOLE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Fault(StrEnum):
    """What --dirty puts in. The reader of answers takes the first three as they are meant and refuses the others."""

    DECIMAL_COMMA = "decimal_comma"  # 1,1 mg/dL
    BELOW_LIMIT = "below_limit"  # <0.1 mg/dL
    THOUSANDS_COMMA = "thousands_comma"  # 1,200 /uL or 1,200 for a count
    NOT_APPLICABLE = "not_applicable"  # N/A
    AMBIGUOUS_DATE = "ambiguous_date"  # 03/04/2026
    UNKNOWN_UNIT = "unknown_unit"  # 1.1 ppm
    WRONG_UNIT = "wrong_unit"  # hemoglobin 90 g/dL, where g/L is meant
    RAGGED_ROW = "ragged_row"  # up to three cells too few, or one too many
    DUPLICATE_ID = "duplicate_id"  # the id of an earlier row, which is sound itself
    EMPTY_ID = "empty_id"


ROW_SHARES = {Fault.RAGGED_ROW: 0.01, Fault.DUPLICATE_ID: 0.01, Fault.EMPTY_ID: 0.005}
CELL_SHARE = 0.1  # of the other rows have one spoiled cell
CELL_FAULTS = [fault for fault in Fault if fault not in ROW_SHARES]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made. `people` is how many are invented, a multiple of `chunk`."""

    rows: int
    facts: tuple[Fact, ...]
    seed: int = SEED
    dirty: bool = False
    people: int = PEOPLE
    chunk: int = CHUNK

    def chance(self, purpose: str, row: int) -> random.Random:
        """The chance of one row for one purpose."""
        return random.Random(f"{self.seed} {purpose} {row}")  # noqa: S311 - invented people, no secret


class Made(NamedTuple):
    """Rows, the faults in them, and the people in them if they will be dressed anew: all as CSV."""

    rows: bytes
    faults: bytes
    people: str


def most_read(catalog: Catalog, number: int) -> tuple[Fact, ...]:
    """So many facts that the open trials read most, in the order of facts.yaml."""
    trials = [trial for trial in catalog.open_trials().trials if not trial.is_profile]
    by_trials = Counter(fact for trial in trials for fact in trial.facts)
    by_criteria = Counter(fact for trial in trials for criterion in trial.criteria for fact in criterion.facts)
    facts = catalog.dictionary.facts
    chosen = sorted(facts, key=lambda fact: (-by_trials[fact], -by_criteria[fact]))[:number]
    return tuple(facts[fact] for fact in facts if fact in set(chosen))


def name_of(row: int) -> str:
    return f"P-{row:07}"


def person(order: Order, row: int) -> list[str]:
    """The cells of a person as invented, without id."""
    chance = order.chance("person", row)
    someone = invent(chance, DAY)
    cells = {fact: reason if chance.random() < SAID else "" for fact, reason in someone.missing.items()}
    for fact, raw in someone.answers.items():
        parts = [] if isinstance(raw, str) else [f"{item['agent']}:{item['last_dose']}" for item in raw]
        cells[fact] = raw if isinstance(raw, str) else "; ".join(parts) or "none"
    return [cells[fact.id] for fact in order.facts]


def dressed(order: Order, row: int, cells: list[str], limits: Limits) -> list[str]:
    """The cells of a person dressed anew."""
    chance = order.chance("dress", row)
    days = chance.randint(1, SHIFT)
    return [
        _WHOLE_DAY.sub(
            lambda found: earlier(found[0], days), near(cell, limits[fact.id], chance) if fact.id in limits else cell
        )
        for fact, cell in zip(order.facts, cells, strict=True)
    ]


@cache
def earlier(day: str, days: int) -> str:
    """Some days earlier; the day of screening stays, for it says that something still goes on."""
    moved = date.fromisoformat(day)
    return (moved if moved == DAY else moved - timedelta(days=days)).isoformat()


def near(cell: str, limits: dict[str, tuple[float, float]], chance: random.Random) -> str:
    """A quantity with a step of noise in its last digit, inside its plausible range."""
    step = int(3 * chance.random()) - 1
    found = _RESULT.fullmatch(cell)
    low, high = limits.get(found["unit"] or "ratio", (0, 0)) if found else (0, 0)
    if not found or not step:
        return cell
    whole, _, decimals = found["number"].partition(".")
    before, places = int(whole + decimals), len(decimals)
    after = (before + step) / 10**places
    if not before or not low < after < high:
        return cell
    return f"{after:.{places}f}{cell[found.end('number') :]}"


def limits_of(facts: Iterable[Fact]) -> Limits:
    """What a living patient can have of each quantity that is measured."""
    return {
        fact.id: {unit: (float(low * per), float(high * per)) for unit, per in fact.units}
        for fact in facts
        if fact.type is FactType.QUANTITY and fact.id not in AGREED
        for low, high in [fact.plausible or (0, 0)]
    }


def row_fault(order: Order, row: int) -> Fault | None:
    """The fault of a whole row, before it is known whether there is an earlier row to take an id from."""
    draw = order.chance("row fault", row).random()
    for fault, share in ROW_SHARES.items():
        draw -= share
        if draw < 0:
            return fault
    return None


def marred(order: Order, row: int, line: list[str]) -> tuple[list[str], str, Fault | None]:
    """The row with its fault, if it has one, and the column of it."""
    chance = order.chance("cell fault", row)
    whole = row_fault(order, row)
    if whole is Fault.RAGGED_ROW:
        few = chance.randint(1, min(3, len(order.facts)))
        return ([*line, "yes"] if chance.random() < 1 / 2 else line[:-few]), "", whole
    if whole is Fault.DUPLICATE_ID:
        drawn = chance.randrange(row)
        sound = next((other for other in range(drawn, 0, -1) if row_fault(order, other) is None), None)
        return ([name_of(sound), *line[1:]], ID, whole) if sound else (line, "", None)
    if whole is Fault.EMPTY_ID:
        return ["", *line[1:]], ID, whole
    possible: dict[Fault, list[tuple[int, str]]] = {}
    if chance.random() < CELL_SHARE:
        for place, fact in enumerate(order.facts, start=1):
            for fault in CELL_FAULTS if line[place] else ():
                if text := spoiled(fault, fact, line[place], chance):
                    possible.setdefault(fault, []).append((place, text))
    if not possible:
        return line, "", None
    fault = chance.choice(sorted(possible))
    place, text = chance.choice(possible[fault])
    return [*line[:place], text, *line[place + 1 :]], order.facts[place - 1].id, fault


def spoiled(fault: Fault, fact: Fact, cell: str, chance: random.Random) -> str:
    """The cell with this fault; empty where it cannot have it."""
    if fault is Fault.NOT_APPLICABLE:
        return "N/A"
    if fault is Fault.AMBIGUOUS_DATE:
        first, second = chance.sample(range(1, DAY.month), 2)  # in the past either way
        return f"{first:02}/{second:02}/{DAY.year}" if fact.type is FactType.DATE and cell[0].isdigit() else ""
    found = _RESULT.fullmatch(cell) if fact.type is FactType.QUANTITY else None
    if not found:
        return ""
    number, unit, rest = found["number"], found["unit"] or "", found["rest"] or ""
    low, per = (fact.plausible or (0, 0))[0], fact.per_canonical(unit or "ratio")
    printed = f" {unit}" if unit else ""
    match fault:
        case Fault.DECIMAL_COMMA if "." in number:
            return f"{number.replace('.', ',')}{printed}{rest}"
        case Fault.BELOW_LIMIT if "." in number and per and 10 * low * per <= 1:
            return f"<0.1{printed}{rest}"
        case Fault.THOUSANDS_COMMA if fact.per_canonical("/uL") == 1000 and per == 1 and float(number) >= 1:  # noqa: PLR2004
            return f"{round(1000 * float(number)):,}{chance.choice(['', ' /uL'])}{rest}"
        case Fault.UNKNOWN_UNIT if unit:
            return f"{number} {chance.choice(NO_UNITS)}{rest}"
        case Fault.WRONG_UNIT if fact.id == "hemoglobin":
            return f"{chance.randint(70, 130)} g/dL{rest}"
    return ""


def as_csv(lines: Iterable[Iterable[object]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


def make(order: Order, number: int, people: str | None, *, keep: bool) -> Made:
    """One chunk: people to dress anew, or none yet."""
    begin = number * order.chunk + 1
    rows = range(begin, min(begin + order.chunk, order.rows + 1))
    if people is None:
        cells = [person(order, row) for row in rows]
    else:
        limits = limits_of(order.facts)
        old = csv.reader(io.StringIO(people, newline=""))
        cells = [dressed(order, row, next(old), limits) for row in rows]
    lines = [[name_of(row), *made] for row, made in zip(rows, cells, strict=True)]
    faults: list[tuple[int, str, Fault]] = []
    if order.dirty:
        for place, row in enumerate(rows):
            lines[place], column, fault = marred(order, row, lines[place])
            faults += [(row, column, fault)] if fault else []
    return Made(as_csv(lines).encode(), as_csv(faults).encode(), as_csv(cells) if keep else "")


def chunks(order: Order, processes: int) -> Iterator[Made]:
    """All chunks in their order. So few are under way that a slow reader does not fill the memory, and that the people
    to dress anew have always come back.
    """
    wheel, number = order.people // order.chunk, -(-order.rows // order.chunk)
    under_way: deque[Future[Made]] = deque()
    kept: list[str] = []  # the people as CSV, a chunk each
    with ProcessPoolExecutor(processes) as pool:
        for chunk in range(number + 1):
            while under_way and (chunk == number or len(under_way) >= min(AHEAD * processes, wheel)):
                made = under_way.popleft().result()
                if len(kept) < wheel:
                    kept.append(made.people)
                yield made._replace(people="")
            if chunk < number:
                people = kept[chunk % wheel] if chunk >= wheel else None
                keep = people is None and chunk + wheel < number
                under_way.append(pool.submit(make, order, chunk, people, keep=keep))


def write(order: Order, out: BinaryIO, faults: BinaryIO | None = None, processes: int = 1) -> int:
    """Write the file and the faults; give the bytes of the file."""
    size = out.write(as_csv([[ID, *(fact.id for fact in order.facts)]]).encode())
    if faults:
        faults.write(as_csv([["row", "column", "fault"]]).encode())
    for made in chunks(order, processes):
        size += out.write(made.rows)
        if faults:
            faults.write(made.faults)
    out.flush()
    return size


def options(arguments: list[str] | None, most: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.make_intake", description="Invented intake CSVs.")
    parser.add_argument("rows", metavar="ROWS", type=int)
    parser.add_argument("-o", "--output", metavar="FILE", default="-", help="- is standard output, the default")
    parser.add_argument("--columns", metavar="N", type=int, default=COLUMNS, help=f"facts, 1 to {most}")
    parser.add_argument("--seed", metavar="S", type=int, default=SEED)
    parser.add_argument("--dirty", action="store_true", help="put faults in, and list them in FILE.faults.csv")
    chosen = parser.parse_args(arguments)
    if chosen.rows < 0 or not 1 <= chosen.columns <= most:
        parser.error(f"ROWS is 0 or more, and N is 1 to {most}")
    if chosen.dirty and chosen.output == "-":
        parser.error("--dirty lists the faults beside a file: name it with -o FILE")
    return chosen


def main(arguments: list[str] | None = None) -> None:
    """Make the file, and print the rate."""
    catalog = load_catalog(criteria_folder())
    chosen = options(arguments, len(catalog.dictionary.facts))
    order = Order(chosen.rows, most_read(catalog, chosen.columns), chosen.seed, chosen.dirty)
    processes, begin = os.cpu_count() or 1, time.perf_counter()
    with ExitStack() as stack:
        path = Path(chosen.output)
        out = sys.stdout.buffer if chosen.output == "-" else stack.enter_context(path.open("wb"))
        faults = stack.enter_context(Path(f"{path}.faults.csv").open("wb")) if chosen.dirty else None
        size = write(order, out, faults, processes)
    taken = time.perf_counter() - begin
    print(
        f"{order.rows} rows of {len(order.facts) + 1} columns, {size / 1e6:.1f} MB in {taken:.1f} s: "
        f"{order.rows / taken:.0f} rows/s in {processes} processes, Python {platform.python_version()}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # as `head` leaves it: Python must not write there once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
