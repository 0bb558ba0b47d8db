"""Which question comes next. The one place that a better order replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.model import Burden

if TYPE_CHECKING:
    from collections.abc import Collection

    from screener.model import Dictionary, Fact

_LIGHTEST_FIRST = list(Burden)


def next_fact(open_facts: Collection[str], dictionary: Dictionary) -> Fact | None:
    """The fact to ask for among those that could still decide something; None when there is none.

    What can simply be asked comes before what must be looked up, that before what needs a blood test or a biopsy;
    within each, the order of facts.yaml, which keeps related facts together.
    """
    candidates = [fact for fact in dictionary.facts.values() if fact.id in open_facts]
    return min(candidates, key=lambda fact: _LIGHTEST_FIRST.index(fact.burden), default=None)
