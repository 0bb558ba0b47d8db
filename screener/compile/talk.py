"""criteria/teach_back.yaml and criteria/questions.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.model import TeachPoint, TeamQuestion
from screener.source import Node, Reader, read_document
from screener.source.fields import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

_POINT_KEYS = ("id", "say", "ask", "listen_for", "source")


def compile_teach_back(node: Node) -> tuple[TeachPoint, ...]:
    """Read the points of the teach-back. Raises InputError."""
    return read_document(node, _points)


def compile_questions(node: Node, known: Collection[str]) -> tuple[TeamQuestion, ...]:
    """Read the questions for the oncology team. Raises InputError."""
    return read_document(node, lambda reader, root: _questions(reader, root, known))


def _points(reader: Reader, node: Node) -> tuple[TeachPoint, ...]:
    points = []
    for item in reader.sequence(reader.mapping(node, ["source"], ["points"]).get("points")):
        fields = reader.mapping(item, (), _POINT_KEYS)
        if fields.keys() == set(_POINT_KEYS):
            points.append(TeachPoint(*(reader.text(fields[key]) for key in _POINT_KEYS)))
    return tuple(points)


def _questions(reader: Reader, node: Node, known: Collection[str]) -> tuple[TeamQuestion, ...]:
    questions = []
    for item in reader.sequence(reader.mapping(node, ["source"], ["questions"]).get("questions")):
        fields = reader.mapping(item, ["unknown", "source"], ["id", "ask"])
        if "id" not in fields or "ask" not in fields:
            continue
        unknown = reader.texts(fields.get("unknown"))
        for fact in unknown:
            if fact not in known:
                reader.note(fields["unknown"], f"there is no fact `{fact}`", nearest(fact, known))
        source = reader.text(fields["source"]) if "source" in fields else ""
        questions.append(TeamQuestion(reader.text(fields["id"]), reader.text(fields["ask"]), source, unknown))
    return tuple(questions)
