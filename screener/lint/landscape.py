"""Whether every entry of landscape.yaml says where, when and by whom, and names only what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.lint.finding import Check, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.errors import InputError
    from screener.lint.translation import Translatable
    from screener.model.landscape import Landscape


def landscape_findings(refused: InputError) -> Iterator[Finding]:
    """The faults for which the file was refused, each at its place and with its own remedy."""
    for problem in refused.problems:
        where = str(problem.place) if problem.place else "landscape.yaml"
        yield Finding(Check.UNPROVEN_ENTRY.code, where, problem.message, problem.remedy)


def texts_of_landscape(landscape: Landscape) -> Iterator[Translatable]:
    """Every text of it that a hand-out shows."""
    for path in landscape.other_paths:
        for part in ("title", "says", "ask"):
            yield ("other_paths", path.id, part), getattr(path, part)
    for step in landscape.steps:
        for part in ("title", "does"):
            yield ("steps", step.id, part), getattr(step, part)
    for effect in landscape.side_effects:
        for part in ("title", "call"):
            yield ("side_effects", effect.id, part), getattr(effect, part)
