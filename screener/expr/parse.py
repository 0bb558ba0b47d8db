"""From text to tree. Each method carries its rule of the grammar; the whole stands in docs/rule-language.md."""

from __future__ import annotations

from fractions import Fraction
from typing import NoReturn

from screener.dates import Period
from screener.expr.nodes import (
    Anchor,
    And,
    AtLeast,
    Bound,
    Compare,
    Count,
    Elapsed,
    Expression,
    First,
    Flag,
    HalfLives,
    In,
    Is,
    Last,
    Not,
    OnDate,
    Or,
    Point,
    Received,
    Selection,
    TestDate,
    Window,
)
from screener.expr.tokens import KEYWORDS, ExpressionError, Kind, Token, tokens_of
from screener.interval import Relation
from screener.units import normal_unit

_PERIODS = {period.value: period for period in Period} | {period.value[:-1]: period for period in Period}
_ANCHORS = {anchor.value: anchor for anchor in Anchor}
_RELATIONS = {relation.value: relation for relation in Relation}
_MAX_DEPTH = 50
_MAX_PERIODS = 40_000  # days in a century, about


def parse(text: str) -> Expression:
    """Parse one expression. Raises ExpressionError."""
    parser = _Parser(text)
    expression = parser.expression()
    if parser.token.kind is not Kind.END:
        parser.fail("the expression should end here", "join it with `and` or `or`")
    return expression


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)
        self.position = 0
        self.depth = 0

    # the stream of tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def at(self, *words: str) -> bool:
        ahead = self.tokens[self.position : self.position + len(words)]
        return [token.text for token in ahead] == list(words)

    def take_if(self, *words: str) -> bool:
        if found := self.at(*words):
            self.position += len(words)
        return found

    def expect(self, sign: str) -> None:
        if not self.take_if(sign):
            self.fail(f"`{sign}` is wanted here", f"write `{sign}`")

    def fail(self, message: str, remedy: str) -> NoReturn:
        token = self.token
        shown = "the expression ends too early" if token.kind is Kind.END else message
        raise ExpressionError(shown, remedy, token.start, max(1, len(token.text)))

    # words and numbers

    def name(self, what: str) -> str:
        if self.token.kind is not Kind.WORD or self.token.text in KEYWORDS:
            self.fail(f"{what} is wanted here", f"write {what}")
        return self.take().text

    def number(self) -> Fraction:
        if self.token.kind is not Kind.NUMBER:
            self.fail("a number is wanted here", "write a number, such as 1.5")
        return Fraction(self.take().text)

    def whole(self) -> int:
        if self.token.kind is not Kind.NUMBER or "." in self.token.text or int(self.token.text) > _MAX_PERIODS:
            self.fail("a whole number is wanted here", "write a whole number, such as 14")
        return int(self.take().text)

    def relation(self, among: str = "< <= > >= = !=") -> Relation:
        if self.token.text not in among.split():
            self.fail("a comparison is wanted here", f"write one of {among}")
        return _RELATIONS[self.take().text]

    def anchor(self) -> Anchor:
        if self.token.text not in _ANCHORS:
            self.fail("an anchor is wanted here", f"write one of: {', '.join(_ANCHORS)}")
        return _ANCHORS[self.take().text]

    # the grammar

    def expression(self) -> Expression:
        """expression = conjunction { "or" conjunction }"""
        items = [self.conjunction()]
        while self.take_if("or"):
            items.append(self.conjunction())
        return items[0] if len(items) == 1 else Or(tuple(items))

    def conjunction(self) -> Expression:
        """conjunction = negation { "and" negation }"""
        items = [self.negation()]
        while self.take_if("and"):
            items.append(self.negation())
        return items[0] if len(items) == 1 else And(tuple(items))

    def negation(self) -> Expression:
        """negation = "not" negation | primary"""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            self.fail("this is nested too deeply", "split the criterion into several")
        node = Not(self.negation()) if self.take_if("not") else self.primary()
        self.depth -= 1
        return node

    def primary(self) -> Expression:
        """primary = "(" expression ")" | "at least" WHOLE "of" group | leaf"""
        if self.take_if("("):
            inner = self.expression()
            self.expect(")")
            return inner
        if self.take_if("at", "least"):
            return self.at_least()
        start = self.token.start
        if self.at("any", "("):
            selection = self.selection_in_brackets()
            return Received(selection, span=self.span(start))
        if self.at("count", "("):
            selection = self.selection_in_brackets()
            relation = self.relation()
            return Count(selection, relation, self.whole(), span=self.span(start))
        if self.token.text in _PERIODS and self.tokens[self.position + 1].text == "from":
            return self.elapsed(start)
        return self.about_fact(start)

    def at_least(self) -> AtLeast:
        """group = "(" expression { "," expression } ")" """
        here = self.token
        count = self.whole()
        if not self.take_if("of"):
            self.fail("`of` is wanted here", "write `at least 2 of (…, …)`")
        self.expect("(")
        items = [self.expression()]
        while self.take_if(","):
            items.append(self.expression())
        self.expect(")")
        if not 1 <= count <= len(items):
            message = f"{count} of {len(items)} cannot be"
            raise ExpressionError(message, f"write a number from 1 to {len(items)}", here.start, len(here.text))
        return AtLeast(count, tuple(items))

    def about_fact(self, start: int) -> Expression:
        """leaf = FACT [ "is" ["not"] TERM | ["not"] "in" "{" terms "}" | RELATION NUMBER [UNIT] ]"""
        fact = self.name("a fact")
        if self.take_if("is"):
            negated = self.take_if("not")
            leaf: Is | In = Is(fact, self.name("a choice or class"), span=self.span(start))
            return Not(leaf) if negated else leaf
        if self.at("in") or self.at("not", "in"):
            negated = self.take_if("not")
            self.take()
            leaf = In(fact, self.terms(), span=self.span(start))
            return Not(leaf) if negated else leaf
        if self.token.text not in _RELATIONS:
            return Flag(fact, span=self.span(start))
        relation = self.relation()
        number = self.number()
        unit = normal_unit(self.take().text) if self.token.kind is Kind.UNIT else None
        return Compare(fact, relation, number, unit, span=self.span(start))

    def terms(self) -> tuple[str, ...]:
        """terms = TERM { "," TERM }"""
        self.expect("{")
        terms = [self.name("a choice or class")]
        while self.take_if(","):
            terms.append(self.name("a choice or class"))
        self.expect("}")
        return tuple(terms)

    def elapsed(self, start: int) -> Elapsed:
        """elapsed = PERIOD "from" point "to" ANCHOR RELATION limit"""
        period = _PERIODS[self.take().text]
        self.take()
        point = self.point()
        if not self.take_if("to"):
            self.fail("`to` is wanted here", "write `to` and an anchor")
        anchor = self.anchor()
        relation = self.relation("< <= > >=")
        return Elapsed(period, point, anchor, relation, self.limit(), span=self.span(start))

    def point(self) -> Point:
        """point = ("last" | "first") "(" selection ")" | "date" "of" FACT | FACT"""
        if self.at("last", "("):
            return Last(self.selection_in_brackets())
        if self.at("first", "("):
            return First(self.selection_in_brackets())
        if self.take_if("date", "of"):
            return TestDate(self.name("a fact"))
        return OnDate(self.name("a date fact, last(…) or first(…)"))

    def limit(self) -> int | HalfLives:
        """limit = WHOLE | ("longer" | "shorter") "of" "(" WHOLE "," WHOLE "half-lives" ")" """
        if not (self.at("longer", "of", "(") or self.at("shorter", "of", "(")):
            return self.whole()
        longer = self.take().text == "longer"
        self.take()
        self.take()
        days = self.whole()
        self.expect(",")
        half_lives = self.whole()
        if not self.take_if("half-lives"):
            self.fail("`half-lives` is wanted here", "write `longer of (28, 5 half-lives)`")
        self.expect(")")
        return HalfLives(longer, days, half_lives)

    def selection_in_brackets(self) -> Selection:
        """selection = classes [ "except" classes ] [ "since" bound | "from" bound "to" bound ]"""
        self.take()
        self.expect("(")
        classes = self.classes()
        excepting = self.classes() if self.take_if("except") else ()
        window = None
        if self.take_if("since"):
            window = Window(self.bound())
        elif self.take_if("from"):
            begin = self.bound()
            if not self.take_if("to"):
                self.fail("`to` is wanted here", "write `from … to …`, or `since …`")
            window = Window(begin, self.bound())
        self.expect(")")
        return Selection(classes, excepting, window)

    def classes(self) -> tuple[str, ...]:
        """classes = CLASS { "or" CLASS }"""
        classes = [self.name("a therapy class")]
        while self.take_if("or"):
            classes.append(self.name("a therapy class"))
        return tuple(classes)

    def bound(self) -> Bound:
        """bound = ANCHOR | WHOLE PERIOD ("before" | "after") ANCHOR"""
        if self.token.kind is not Kind.NUMBER:
            return Bound(self.anchor())
        amount = self.whole()
        if self.token.text not in _PERIODS:
            self.fail("a period is wanted here", "write days, weeks, months or years")
        period = _PERIODS[self.take().text]
        if self.at("before"):
            amount = -amount
        elif not self.at("after"):
            self.fail("`before` or `after` is wanted here", "write `14 days before leukapheresis`")
        self.take()
        return Bound(self.anchor(), amount, period) if amount else Bound(self.anchor())

    def span(self, start: int) -> tuple[int, int]:
        return start, self.tokens[self.position - 1].end
