"""Results as small numbers, and what the numbers say.

The query from the rules gives a few whole numbers for each patient and trial: eleven criteria make one code. What a
number says is written once, in a list of texts as long as there are numbers, and a column of numbers with that list is
a column of texts: Arrow calls it a dictionary. So a million rows of reasons cost no more than the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from screener.sql.dialect import BITS
from screener.sql.verdict import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from screener.sql import Query
    from screener.sql.verdict import TrialColumns


@dataclass(frozen=True)
class Form:
    """How a format writes what numbers say: words of a list, a score, a verdict."""

    quote: str = ""
    between: str = " "
    nothing: str = ""  # a score where nothing is decidable

    def word(self, text: str) -> str:
        """One word."""
        return f"{self.quote}{text}{self.quote}"


PLAIN, JSON = Form(), Form('"', ",", "null")


@dataclass(frozen=True)
class Code:
    """A column of numbers: its SQL, and what each says, in their order. `size` is how many numbers there are."""

    sql: str
    size: int
    says: Callable[[Form], list[str]] | None = None  # those that are only counted say nothing

    @property
    def is_short(self) -> bool:
        """Whether the numbers fit into 16 bits."""
        return self.size <= 1 << 15

    def texts(self, form: Form) -> list[str]:
        """What each number says, in their order."""
        return self.says(form) if self.says else []


@dataclass(frozen=True)
class TrialCodes:
    """The columns of one trial."""

    trial: str
    verdict: Code
    eligible_from: str  # SQL of a day
    low: Code
    high: Code
    met: Code
    not_met: Code
    unknown: Code
    not_met_ids: tuple[Code, ...]
    unknown_ids: tuple[Code, ...]
    missing_facts: tuple[Code, ...]
    blocking: tuple[Code, ...]  # the missing facts again, where the verdict is undecided
    facts: tuple[str, ...]

    @property
    def all(self) -> tuple[Code, ...]:
        """Every code, the verdict first and the blocking facts last."""
        single = (self.verdict, self.low, self.high, self.met, self.not_met, self.unknown)
        return (*single, *self.not_met_ids, *self.unknown_ids, *self.missing_facts, *self.blocking)


def trial_codes(result: TrialColumns) -> TrialCodes:
    """The codes of a trial."""
    numbers = [str(number) for number in range(len(result.ids) + 1)]
    met, not_met, unknown = (Code(sql, len(numbers), lambda _: numbers) for sql in result.counted())
    low, high = _scores(result)
    missing = _words(result.missing.codes, result.facts)
    undecided = f"CASE WHEN {result.verdict} = 1 THEN {{}} ELSE 0 END"
    return TrialCodes(
        result.trial.id,
        Code(result.verdict, len(VERDICTS), lambda form: [form.word(verdict.value) for verdict in VERDICTS]),
        result.eligible_from,
        low,
        high,
        met,
        not_met,
        unknown,
        _words(result.not_met.codes, result.ids),
        _words(result.unknown.codes, result.ids),
        missing,
        tuple(Code(undecided.format(code), 1 << BITS) for code in result.missing.codes),
        tuple(result.facts),
    )


def _scores(result: TrialColumns) -> tuple[Code, Code]:
    """The least and the greatest score: the weight of what is met and of all, as one number."""
    met, not_met, unknown = result.weighed()
    base = result.weight + 1

    def says(form: Form) -> list[str]:
        return [_share(*divmod(number, base)) or form.nothing for number in range(base * base)]

    whole = f"({met} + {not_met} + {unknown})"
    return (
        Code(f"{met} * {base} + {whole}", base * base, says),
        Code(f"({met} + {unknown}) * {base} + {whole}", base * base, says),
    )


@cache
def _share(part: int, whole: int) -> str:
    """A share in percent, to a tenth, half to even; empty where there is none."""
    return str(float(round(Fraction(100 * part, whole), 1))) if 0 <= part <= whole and whole else ""


def _words(codes: Sequence[str], texts: Sequence[str]) -> tuple[Code, ...]:
    """The words whose bits are set, with separators between them."""
    return tuple(
        _word_code(code, codes[:place], tuple(texts[place * BITS : (place + 1) * BITS]))
        for place, code in enumerate(codes)
    )


def _word_code(code: str, before: Sequence[str], words: tuple[str, ...]) -> Code:
    """One bit for each word, and one more where a code before it says something: a separator is due then."""
    earlier = 1 << len(words)

    def alone(form: Form) -> list[str]:
        texts = [""]
        for word in map(form.word, words):
            texts += [f"{text}{form.between}{word}" if text else word for text in texts]
        return texts

    def after_others(form: Form) -> list[str]:
        texts = alone(form)
        return texts + [form.between + text for text in texts]

    if not before:
        return Code(code, earlier, alone)
    return Code(
        f"{code} + CASE WHEN {' + '.join(before)} > 0 AND {code} > 0 THEN {earlier} ELSE 0 END",
        2 * earlier,
        after_others,
    )


class CodeTable:
    """The table of codes for all trials: the patient's id, and for each trial its codes and its day."""

    def __init__(self, query: Query) -> None:
        """Take the query from the rules."""
        self.trials = [trial_codes(result) for result in query.results]
        self._query = query
        self.codes = [code for trial in self.trials for code in trial.all]

    def sql(self, source: str) -> str:
        """One row for each patient."""
        codes = [
            f"CAST({code.sql} AS {'SMALLINT' if code.is_short else 'INTEGER'}) AS c{place}"
            for place, code in enumerate(self.codes)
        ]
        days = [f"{trial.eligible_from} AS day{place}" for place, trial in enumerate(self.trials)]
        return f"WITH {self._query.layers(source)}\nSELECT patient_id, {', '.join([*codes, *days])} FROM scored"
