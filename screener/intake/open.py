"""Open an intake file, whatever it is: CSV in any dress, packed or not, or a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.errors import InputError, Problem
from screener.intake.blocks import Block, Intake, Reject
from screener.intake.source import Source, open_source
from screener.intake.table import Table

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Block", "Intake", "Reject", "open_intake"]

BLOCK_SIZE = 4 << 20
_ZIP = b"PK\x03\x04"
_AS_CSV = "open it in the program it comes from and save it as CSV (UTF-8)"
_REFUSED = {  # what begins so is no CSV
    b"\xd0\xcf\x11\xe0": (
        "an old Excel workbook (.xls), or one with a password",
        "save it in Excel as .xlsx without password, or as CSV (UTF-8)",
    ),
    b"%PDF": ("a PDF", _AS_CSV),
    b"{\\rtf": ("an RTF document", _AS_CSV),
    b"PAR1": ("a Parquet file", "write it as CSV"),
    b"\x1f\x8b": ("packed twice", "unpack it once"),
    b"BZh": ("packed with bzip2", "unpack it, or pack it with gzip"),
    b"\xfd7zXZ": ("packed with xz", "unpack it, or pack it with gzip"),
    b"(\xb5/\xfd": ("packed with zstd", "unpack it, or pack it with gzip"),
    b"7z\xbc\xaf": ("packed with 7-Zip", "unpack it, or pack it with gzip"),
    b"\xff\xfe\x00\x00": ("text in UTF-32", "save it in UTF-8"),
    b"\x00\x00\xfe\xff": ("text in UTF-32", "save it in UTF-8"),
    b"<!doctype": ("a web page", "export the table itself: the page may be a login form"),
    b"<html": ("a web page", "export the table itself: the page may be a login form"),
}


def open_intake(path: Path | None, block_size: int = BLOCK_SIZE) -> Intake:
    """Open an intake file, standard input for None, and read its header.

    About `block_size` bytes become one block. Raises NoInputError: the file is not there or may not be read;
    InputError: it is empty, damaged, or nothing that can be read.
    """
    source = open_source(path)
    try:
        return _intake(source, block_size)
    except BaseException:
        source.close()
        raise


def _intake(source: Source, block_size: int) -> Intake:
    for begin, (kind, remedy) in _REFUSED.items():
        if source.head[: len(begin)].lower() == begin.lower():
            raise InputError(Problem(f"{source.name} is {kind}: it cannot be read as intake", remedy))
    if not source.head.startswith(_ZIP):
        return Table(source, block_size)
    if source.packed:
        raise InputError(Problem(f"{source.name} is a zip file or workbook inside gzip", "unpack it with gunzip"))
    from screener.intake.workbook import Workbook  # noqa: PLC0415 - heavy, and rarely needed

    return Workbook(source, block_size)
