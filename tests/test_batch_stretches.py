"""An intake in stretches is the intake: however it is cut, the same rows in the same lines, and the same rejects."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.batch.folder import DONE, Folder
from screener.batch.row_groups import SharedParquet
from screener.batch.stretches import SharedTable, SharedWhole, placed, share
from screener.errors import InputError, NoInputError, UsageError
from screener.intake.open import open_intake

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.batch.stretches import SharedIntake
    from screener.intake.blocks import Block, Reject

Read = tuple[list[tuple[int, tuple[str, ...]]], list["Reject"]]


def rows(blocks: Iterable[Block]) -> Read:
    good: list[tuple[int, tuple[str, ...]]] = []
    rejects: list[Reject] = []
    for block in blocks:
        cells = zip(*(column.to_pylist() for column in block.cells.columns), strict=True)
        good += zip(block.lines.tolist(), cells, strict=True)
        rejects += block.rejects
    return good, sorted(rejects, key=lambda reject: reject.line)


def whole(path: Path) -> Read:
    with open_intake(path) as intake:
        return rows(intake.blocks())


def in_stretches(shared: SharedIntake, size: int) -> tuple[Read, int]:
    """What is read in stretches, and how many there are."""
    stretches = shared.stretches(size)
    for _ in range(len(stretches) + 1):
        ends = []
        for stretch in stretches:
            part = shared.read(replace(stretch, line=1))
            rows(part.blocks())
            ends.append((part.passed, part.left))
            part.close()
        before, stretches = stretches, placed(stretches, ends)
        if [each.begin for each in before] == [each.begin for each in stretches]:
            break
    else:
        pytest.fail("the stretches do not come to rest")
    good, rejects = [], []
    for stretch in stretches:
        part = shared.read(stretch)
        found = rows(part.blocks())
        good += found[0]
        rejects += found[1]
        part.close()
    return (good, rejects), len(stretches)


def write(folder: Path, data: bytes) -> Path:
    path = folder / "intake.csv"
    path.write_bytes(data)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


CELLS = st.text(st.sampled_from('ab,;" \t\n\r\né≥\N{NO-BREAK SPACE}'), max_size=8)
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=20)


@settings(max_examples=60)
@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.sampled_from([",", ";"]), st.binary(max_size=3), st.integers(10, 90))
def test_stretches_are_the_intake(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[str, str, str]],
    end: str,
    separator: str,
    noise: bytes,
    size: int,
) -> None:
    """Whatever the cells hold, and wherever noise stands that makes them wrong."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, delimiter=separator).writerows([("id", "age", "née"), *table])
    data = text.getvalue().encode()
    middle = len(data) // 2
    head = len(f"id{separator}age{separator}née{end}".encode())
    if middle > head:
        data = data[:middle] + noise + data[middle:]
    path = write(tmp_path_factory.mktemp("law"), data)
    shared = share(path)
    if isinstance(shared, SharedTable):  # else the noise made it another encoding, which is read as a whole
        found, number = in_stretches(shared, size)
        assert found == whole(path)
        assert number > 1 or len(data) < head + 2 * size + 60  # a cut is at a line end


@pytest.mark.parametrize(
    "row",
    [
        b'P%d,"a\nb"\n',
        b'P%d,"never closed\n',
        b"P%d,x,too many\n",
        b"P%d,\xff\n",
        b"P%d,x\0y\n",
        b"P%d,x\r\n",
        b"\n\nP%d,x\n",
    ],
)
@pytest.mark.parametrize("size", [90, 1000])
def test_rows_that_are_hard_to_cut(tmp_path: Path, row: bytes, size: int) -> None:
    sound = b"".join(b"Q%d,caf\xc3\xa9\n" % number for number in range(200))
    hard = b"".join(row % number for number in range(40))
    path = write(tmp_path, b"\xef\xbb\xbfid,age\n" + sound[:900] + hard + sound)
    shared = share(path)
    assert isinstance(shared, SharedTable)
    found, number = in_stretches(shared, size)
    assert number > 1
    assert found == whole(path)
    assert found[0]


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    rest = b"".join(b"P%d,x\n" % number for number in range(9))
    path = write(tmp_path, b"id,age\nP,1\nQ," + b"x" * (3 << 20) + b"\n" + rest)
    found, number = in_stretches(share(path), 1 << 19)
    assert number > 1
    assert found == whole(path)
    assert [line for line, _ in found[0]] == [2, *range(4, 13)]


@pytest.mark.parametrize("data", [b"id,age\n", b"id,age", b"\xef\xbb\xbfid,age\r\n", b'sep=;\nid;"a\nge"\n'])
def test_a_header_alone_is_one_empty_stretch(tmp_path: Path, data: bytes) -> None:
    assert in_stretches(share(write(tmp_path, data)), 1) == (([], []), 1)


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"id,age\nP,1\n", mtime=0),
        "id,age\nP,1\n".encode("utf-16"),
        "id,age\nP,né\n".encode("cp1252"),
        b"id,age\n" + b"P,1\n" * 3_000_000 + "P,né\n".encode("cp1252"),
    ],
    ids=["gzip", "utf-16", "cp1252", "cp1252 in the second block"],
)
def test_what_cannot_be_cut_is_read_by_one(tmp_path: Path, data: bytes) -> None:
    shared = share(write(tmp_path, data))
    assert isinstance(shared, SharedWhole)
    assert "one task" in shared.notes[0]
    assert len(shared.stretches(1)) == 1
    assert shared.header == ("id", "age")


def test_another_file_under_the_name_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,age\nP,1\n")
    shared = share(path)
    stretch = shared.stretches(1)[0]
    path.write_bytes(b"id,age\nQ,1\nR,2\n")
    with pytest.raises(InputError, match="another file than when the run began"):
        shared.read(stretch)
    path.unlink()
    with pytest.raises(NoInputError, match="no such file"):
        shared.read(stretch)


@pytest.mark.parametrize("url", ["hdfs://host/intake.csv", "s3a://bucket/intake", "file:///intake.csv"])
def test_a_url_is_no_path(url: str) -> None:
    with pytest.raises(UsageError, match="all machines have mounted"):
        share(Path(url))


def test_parquet_is_read_as_a_person_would_write_it(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([7, 8, 9]),
            "age": pa.array([61.0, 61.5, None]),
            "hiv": pa.array([True, False, None]),
            "day": pa.array([date(2026, 1, 2), None, date(2026, 3, 4)]),
            "at": pa.array([datetime(2026, 1, 2, 3, 4), None, None]),  # noqa: DTZ001
            "word": pa.array(["a", "b", None]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "b.parquet", row_group_size=2)
    pq.write_table(table.slice(0, 1), tmp_path / "a.parquet")
    shared = share(tmp_path)
    assert isinstance(shared, SharedParquet)
    for size, number in ((1, 3), (1 << 20, 1)):
        (good, rejects), stretches = in_stretches(shared, size)
        assert good == [
            (1, ("7", "61", "yes", "2026-01-02", "2026-01-02", "a")),
            (2, ("7", "61", "yes", "2026-01-02", "2026-01-02", "a")),
            (3, ("8", "61.5", "no", "", "", "b")),
            (4, ("9", "", "", "2026-03-04", "", "")),
        ]
        assert (rejects, stretches) == ([], number)
    assert share(tmp_path / "a.parquet").header == ("id", "age", "hiv", "day", "at", "word")


def test_parquet_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="folder without"):
        share(tmp_path)
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="damaged"):
        share(path)
    pq.write_table(pa.table({"id": ["P"], "prior_therapies": [["x"]]}), path)
    with pytest.raises(InputError, match="column 2, `prior_therapies`, holds no single values"):
        share(path)
    pq.write_table(pa.table({"id": ["P"]}), path)
    pq.write_table(pa.table({"id": ["P"], "age": ["1"]}), tmp_path / "b.parquet")
    with pytest.raises(InputError, match="has other columns than"):
        share(tmp_path)


def test_a_folder_takes_its_name_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for content in ("old", "new"):
        with Folder(target) as folder:
            folder.part(0, "csv").write_text(content)
            assert not target.exists() or (target / "part-00000.csv").read_text() == "old"
            folder.commit()
        assert names(target) == [DONE, "part-00000.csv"]
        assert (target / "part-00000.csv").read_text() == content
        assert names(tmp_path) == ["out"]


def test_a_folder_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with Folder(target) as folder:
        folder.part(0, "csv").write_text("old")
        folder.commit()
    with pytest.raises(ZeroDivisionError), Folder(target) as folder:
        folder.part(0, "csv").write_text(f"half {1 // 0}")
    assert names(tmp_path) == ["out"]
    assert (target / "part-00000.csv").read_text() == "old"


def test_a_folder_replaces_nothing_but_an_output(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        Folder(tmp_path / "file")
    with pytest.raises(UsageError, match="holds other files than an output of Spark"):
        Folder(tmp_path)
    with pytest.raises(NoInputError, match="cannot be written: No such file"):
        Folder(tmp_path / "missing" / "out")
    assert names(tmp_path) == ["file"]
