"""YAML read as hostile text: every scalar a string with its place; the reader of each field decides its type."""

from screener.source.fields import Reader, read_document
from screener.source.load import MAX_BYTES, load, load_text, read_text
from screener.source.nodes import Mapping, Node, Scalar, Sequence, Text

__all__ = [
    "MAX_BYTES",
    "Mapping",
    "Node",
    "Reader",
    "Scalar",
    "Sequence",
    "Text",
    "load",
    "load_text",
    "read_document",
    "read_text",
]
