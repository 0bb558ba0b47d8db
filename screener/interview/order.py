"""Which question comes next: the one whose answer is expected to decide most, for what it takes to get it.

The method and its prior are described in docs/interview.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from screener.model import Burden

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.interview.agenda import Course, Standing
    from screener.model import Dictionary

# What an answer costs, in questions that can simply be asked. Steps of one half: milder than the real effort, because
# often the chart already lies on the table.
COST = {Burden.ASK: 1.0, Burden.LOOK_UP: 1.5, Burden.BLOOD_TEST: 2.0, Burden.BIOPSY: 2.5}
_FOR_EACH_DECIDED = 0.001  # breaks ties where nothing is likely to fail


def worth(courses: Sequence[Course], standings: Sequence[Standing], dictionary: Dictionary) -> dict[str, float]:
    """For each fact that could come next, what its answer is expected to save, by its cost.

    An answer saves questions by ruling a trial out: then nothing else need be asked for it. So each open trial counts
    with the chance that this answer rules it out, times the cost of the questions that are open for it, each shared
    evenly among the open trials that need it.
    """
    cost = {fact.id: COST[fact.burden] for fact in dictionary.facts.values()}
    open_facts = [{fact for number in course.open for fact in standings[number].asks} for course in courses]
    needed_by = Counter(fact for facts in open_facts for fact in facts)
    saving: defaultdict[str, float] = defaultdict(float)
    for course, facts in zip(courses, open_facts, strict=True):
        passes: defaultdict[str, float] = defaultdict(lambda: 1.0)
        for number in course.open:
            standing = standings[number]
            first = standing.asks[0]
            passes[first] *= 1 - standing.fails / len(standing.asks)
            saving[first] += _FOR_EACH_DECIDED
        saved = sum(cost[fact] / needed_by[fact] for fact in facts)
        for fact, chance in passes.items():
            saving[fact] += (1 - chance) * saved
    return {fact: saved / cost[fact] for fact, saved in saving.items()}
