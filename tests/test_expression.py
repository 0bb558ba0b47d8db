from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.dates import Period
from screener.errors import InputError
from screener.expr import (
    Anchor,
    And,
    AtLeast,
    Bound,
    Compare,
    Count,
    Elapsed,
    Expression,
    ExpressionError,
    First,
    Flag,
    HalfLives,
    In,
    Is,
    Last,
    Not,
    OnDate,
    Or,
    Received,
    Selection,
    Window,
    facts_of,
    leaves,
    parse,
    show,
)
from screener.expr import TestDate as ResultDate  # a name that pytest would collect
from screener.interval import Relation
from screener.model import Dictionary, Rule
from tests.rule_text import criterion_text, trial_of
from tests.strategies import DICTIONARY, expressions

A, B, C = Flag("hiv"), Flag("htlv"), Flag("syphilis")


# ---------------------------------------------------------------- print and parse


@settings(max_examples=80)
@given(expressions())
def test_what_is_printed_parses_back_to_the_same_tree(tree: Expression) -> None:
    assert parse(show(tree)) == tree
    assert show(parse(show(tree))) == show(tree)


@settings(max_examples=40)
@given(expressions())
def test_a_random_valid_expression_compiles(tree: Expression) -> None:
    trial = trial_of(DICTIONARY, criterion_text(f"include: {show(tree)}"))
    test = trial.criteria[0].test
    assert isinstance(test, Rule)
    assert test.expression == tree


@settings(max_examples=40)
@given(expressions())
def test_every_leaf_knows_where_it_stands(tree: Expression) -> None:
    text = show(tree)
    for leaf in leaves(parse(text)):
        assert parse(text[slice(*leaf.span)]) in (leaf, Not(leaf))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("hiv", A),
        ("not hiv", Not(A)),
        ("not not hiv", Not(Not(A))),
        ("hiv and htlv or syphilis", Or((And((A, B)), C))),
        ("hiv or htlv and syphilis", Or((A, And((B, C))))),
        ("(hiv or htlv) and syphilis", And((Or((A, B)), C))),
        ("not hiv and htlv", And((Not(A), B))),
        ("not (hiv and htlv)", Not(And((A, B)))),
        ("hiv and (htlv and syphilis)", And((A, And((B, C))))),
        ("((hiv))", A),
        ("at least 2 of (hiv, htlv, syphilis)", AtLeast(2, (A, B, C))),
        ("sex is female", Is("sex", "female")),
        ("sex is not female", Not(Is("sex", "female"))),
        ("histology in {epithelioid, biphasic}", In("histology", ("epithelioid", "biphasic"))),
        ("histology not in {biphasic}", Not(In("histology", ("biphasic",)))),
        ("kps>=70", Compare("kps", Relation.GE, Fraction(70))),
        ("anc >= 1.5 K/uL", Compare("anc", Relation.GE, Fraction("1.5"), "K/uL")),
        ("anc >= 1500 cells/uL", Compare("anc", Relation.GE, Fraction("1500"), "/uL")),
        ("anc >= 1.50 10^9/L", Compare("anc", Relation.GE, Fraction("1.5"), "10^9/L")),
        ("lvef > 40 %", Compare("lvef", Relation.GT, Fraction("40"), "%")),
        ("ast <= 2.5 ULN", Compare("ast", Relation.LE, Fraction("2.5"), "ULN")),
        ("ecog != 2", Compare("ecog", Relation.NE, Fraction("2"))),
        ("any(car_t)", Received(Selection(("car_t",)))),
        ("any(car_t or tcr_t except car_t)", Received(Selection(("car_t", "tcr_t"), ("car_t",)))),
        (
            "any(car_t since 6 months before enrollment)",
            Received(Selection(("car_t",), (), Window(Bound(Anchor.ENROLLMENT, -6, Period.MONTHS)))),
        ),
        (
            "count(car_t from screening to 1 day after infusion) = 0",
            Count(
                Selection(("car_t",), (), Window(Bound(Anchor.SCREENING), Bound(Anchor.INFUSION, 1, Period.DAYS))),
                Relation.EQ,
                0,
            ),
        ),
        (
            "days from last(car_t) to infusion >= longer of (28, 5 half-lives)",
            Elapsed(
                Period.DAYS,
                Last(Selection(("car_t",))),
                Anchor.INFUSION,
                Relation.GE,
                HalfLives(longer=True, days=28, half_lives=5),
            ),
        ),
        (
            "weeks from first(car_t) to screening < 4",
            Elapsed(Period.WEEKS, First(Selection(("car_t",))), Anchor.SCREENING, Relation.LT, 4),
        ),
        (
            "days from date of anc to screening <= 14",
            Elapsed(Period.DAYS, ResultDate("anc"), Anchor.SCREENING, Relation.LE, 14),
        ),
        (
            "years from last_live_vaccine to enrollment > 5",
            Elapsed(Period.YEARS, OnDate("last_live_vaccine"), Anchor.ENROLLMENT, Relation.GT, 5),
        ),
    ],
)
def test_text_parses_to_the_tree_that_the_manual_says(text: str, tree: Expression) -> None:
    assert parse(text) == tree


def test_line_breaks_and_spaces_do_not_matter() -> None:
    assert parse("  hiv\n  and\thtlv ") == And((A, B))


def test_a_leaf_names_the_facts_it_reads() -> None:
    (leaf,) = leaves(parse("days from last(car_t since 14 days before lymphodepletion) to infusion >= 7"))
    assert facts_of(leaf) == ("prior_therapies", "infusion", "lymphodepletion")
    (leaf,) = leaves(parse("days from date of anc to screening <= 7"))
    assert facts_of(leaf) == ("anc",)


# ---------------------------------------------------------------- errors of syntax


@pytest.mark.parametrize(
    ("text", "start", "length", "message", "remedy"),
    [
        ("", 0, 1, "ends too early", "write a fact"),
        ("hiv and", 7, 1, "ends too early", "write a fact"),
        ("hiv htlv", 4, 4, "should end here", "join it with `and` or `or`"),
        ("hiv)", 3, 1, "should end here", "join it"),
        ("(hiv", 4, 1, "ends too early", "write `)`"),
        ("(hiv htlv)", 5, 4, "`)` is wanted here", "write `)`"),
        ("and hiv", 0, 3, "a fact is wanted here", "write a fact"),
        ("hiv or or htlv", 7, 2, "a fact is wanted here", "write a fact"),
        ("70 <= kps", 0, 2, "a fact is wanted here", "write a fact"),
        ("kps >= seventy", 7, 7, "a number is wanted here", "such as 1.5"),
        ("kps => 70", 5, 1, "a number is wanted here", "such as 1.5"),
        ("kps > = 70", 6, 1, "a number is wanted here", "such as 1.5"),
        ("kps ≥ 70", 4, 1, "`≥` has no meaning here", "docs/rule-language.md"),
        ("kps >= 70;", 9, 1, "`;` has no meaning here", "docs/rule-language.md"),
        ("kps >= -5", 7, 1, "`-` has no meaning here", "docs/rule-language.md"),
        ("age >= 18 years old", 16, 3, "should end here", "join it"),
        ("sex is", 6, 1, "ends too early", "write a choice or class"),
        ("sex is {female}", 7, 1, "a choice or class is wanted here", "write a choice or class"),
        ("sex is not not female", 11, 3, "a choice or class is wanted here", "write a choice or class"),
        ("sex in female", 7, 6, "`{` is wanted here", "write `{`"),
        ("sex in {}", 8, 1, "a choice or class is wanted here", "write a choice or class"),
        ("sex in {female male}", 15, 4, "`}` is wanted here", "write `}`"),
        ("at least of (hiv)", 9, 2, "a whole number is wanted here", "such as 14"),
        ("at least 1.5 of (hiv, htlv)", 9, 3, "a whole number is wanted here", "such as 14"),
        ("at least 2 (hiv, htlv)", 11, 1, "`of` is wanted here", "at least 2 of"),
        ("at least 3 of (hiv, htlv)", 9, 1, "3 of 2 cannot be", "from 1 to 2"),
        ("at least 0 of (hiv, htlv)", 9, 1, "0 of 2 cannot be", "from 1 to 2"),
        ("at least 1 of ()", 15, 1, "a fact is wanted here", "write a fact"),
        ("any()", 4, 1, "a therapy class is wanted here", "write a therapy class"),
        ("any(car_t", 9, 1, "ends too early", "write `)`"),
        ("any(car_t and tcr_t)", 10, 3, "`)` is wanted here", "write `)`"),
        ("any(car_t since yesterday)", 16, 9, "an anchor is wanted here", "screening, enrollment, leukapheresis"),
        ("any(car_t since 14 before infusion)", 19, 6, "a period is wanted here", "days, weeks, months or years"),
        ("any(car_t since 14 days infusion)", 24, 8, "`before` or `after` is wanted", "14 days before"),
        ("any(car_t from screening)", 24, 1, "`to` is wanted here", "from … to …"),
        ("count(car_t)", 12, 1, "ends too early", "write one of < <= > >= = !="),
        ("count(car_t) >= 1.5", 16, 3, "a whole number is wanted here", "such as 14"),
        ("days from last(car_t) >= 14", 22, 2, "`to` is wanted here", "write `to` and an anchor"),
        ("days from last(car_t) to surgery >= 14", 25, 7, "an anchor is wanted here", "write one of: screening"),
        ("days from last(car_t) to infusion = 14", 34, 1, "a comparison is wanted here", "write one of < <= > >="),
        ("days from last(car_t) to infusion >= 99999", 37, 5, "a whole number is wanted here", "such as 14"),
        ("days from to infusion >= 14", 10, 2, "a date fact, last(…) or first(…) is wanted", "write a date fact"),
        ("days from date of to infusion >= 14", 18, 2, "a fact is wanted here", "write a fact"),
        (
            "days from last(car_t) to infusion >= longer of (28, 5)",
            53,
            1,
            "`half-lives` is wanted",
            "longer of (28, 5 half-lives)",
        ),
        ("days from last(car_t) to infusion >= longer of (28 5 half-lives)", 51, 1, "`,` is wanted here", "write `,`"),
        ("days from last(car_t) to infusion >= 14 days", 40, 4, "should end here", "join it"),
        ("not " * 60 + "hiv", 200, 3, "nested too deeply", "split the criterion"),
        ("(" * 60 + "hiv" + ")" * 60, 50, 1, "nested too deeply", "split the criterion"),
        ("hiv and " * 501 + "hiv", 0, 1, "too long", "split the criterion"),
    ],
)
def test_an_error_of_syntax_says_what_where_and_what_to_do(
    text: str, start: int, length: int, message: str, remedy: str
) -> None:
    with pytest.raises(ExpressionError) as found:
        parse(text)
    assert message in found.value.message
    assert remedy in found.value.remedy
    assert (found.value.start, found.value.length) == (start, length)


WORDS = [
    "hiv",
    "kps",
    "and",
    "or",
    "not",
    "(",
    ")",
    "{",
    "}",
    ",",
    "is",
    "in",
    ">=",
    "70",
    "1.5",
    "ULN",
    "%",
    "any",
    "count",
]
WORDS += [
    "last",
    "days",
    "from",
    "to",
    "infusion",
    "of",
    "at",
    "least",
    "2",
    "since",
    "before",
    "half-lives",
    "date",
    "longer",
]


@given(st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join) | st.text(max_size=40))
def test_any_text_parses_or_is_refused_within_its_bounds(text: str) -> None:
    tree = parsed_or_refused(text)
    if isinstance(tree, ExpressionError):
        assert 0 <= tree.start <= len(text)
        assert tree.length >= 1
        assert tree.remedy
    else:
        assert parse(show(tree)) == tree


def parsed_or_refused(text: str) -> Expression | ExpressionError:
    try:
        return parse(text)
    except ExpressionError as error:
        return error


# ---------------------------------------------------------------- faults of meaning


def faults_of(dictionary: Dictionary, *criteria: str) -> list[str]:
    with pytest.raises(InputError) as found:
        trial_of(dictionary, *criteria)
    return [str(problem) for problem in found.value.problems]


# The expression stands in line 15 of the file, from column 14 on.
@pytest.mark.parametrize(
    ("rule", "column", "marked", "message", "remedy"),
    [
        ("kpss >= 70", 14, "kpss", "there is no fact `kpss`", "did you mean `kps`?"),
        ("age >= 18 and kpss >= 70", 28, "kpss", "there is no fact `kpss`", "did you mean `kps`?"),
        ("not pregnat", 18, "pregnat", "there is no fact `pregnat`", "did you mean `pregnant`?"),
        ("days from last_vaccine to infusion >= 7", 24, "last_vaccine", "there is no fact", "did you mean"),
        ("kps", 14, "kps", "`kps` is no yes-or-no fact: it is a scale", "compare it: `kps >= 1`"),
        ("sex", 14, "sex", "`sex` is no yes-or-no fact: it is a choice", "write `sex is …`"),
        (
            "pregnant >= 1",
            14,
            "pregnant",
            "`pregnant` is no number: it is a boolean",
            "write `pregnant` or `not pregnant`",
        ),
        (
            "last_live_vaccine >= 1",
            14,
            "last_live_vaccine",
            "is no number: it is a date",
            "write `days from last_live_vaccine",
        ),
        ("prior_therapies is car_t", 14, "prior_therapies", "has no choices: it is a therapies", "write `any(…)`"),
        ("kps is high", 14, "kps", "`kps` has no choices", "compare it"),
        ("days from kps to infusion >= 7", 24, "kps", "`kps` gives no date: it is a scale", "compare it"),
        ("days from date of sex to infusion >= 7", 32, "sex", "is no result with a date", "write `sex is …`"),
        ("sex is femal", 21, "femal", "`femal` is no choice of `sex`", "did you mean `female`?"),
        ("sex in {male, other}", 28, "other", "`other` is no choice of `sex`", "use one of: female, male"),
        ("tumor_type is MESOTHELIOMA", 28, "MESOTHELIOMA", "is no tumor type", "use a code of OncoTree"),
        ("sex is ex", 21, "ex", "`ex` is no choice of `sex`", "use one of: female, male"),
        ("hiv is h", 21, "h", "`h` is no choice of `hiv`", "use one of"),
        ("weight >= 40 g", 27, "g", "`weight` does not come in g", "units of this fact: kg, lb"),
        ("ast <= 5 gm/dl", 23, "gm/dl", "`ast` does not come in", "units of this fact: U/L, IU/L"),
        ("ast >= 40 g/dL", 24, "g/dL", "`ast` does not come in g/dL", "units of this fact: U/L, IU/L"),
        ("platelets >= 100 mg/dL", 31, "mg/dL", "does not come in mg/dL", "K/uL, 10^9/L, /uL, /mm3"),
        ("ecog <= 1 kg", 24, "kg", "`ecog` does not come in kg", "units of this fact: none"),
        ("platelets >= 100", 14, "platelets", "`platelets` comes in several units", "write one: K/uL, 10^9/L"),
        ("platelets >= 1 LLN", 14, "platelets", "`platelets` has no limits of normal", "compare it with a number"),
        ("any(magic_bullet)", 18, "magic_bullet", "`magic_bullet` is no therapy class", "schema"),
        ("any(car_tt)", 18, "car_tt", "`car_tt` is no therapy class", "did you mean `car_t`?"),
        ("count(car_t except tcr_tt) = 0", 33, "tcr_tt", "`tcr_tt` is no therapy class", "did you mean `tcr_t`?"),
        ("days from first(car_tt) to infusion >= 7", 30, "car_tt", "is no therapy class", "did you mean `car_t`?"),
        (
            "weeks from last(car_t) to infusion >= longer of (4, 5 half-lives)",
            *(68, "half", "half-lives are compared with `days from last(…) to … >=` only", "write it so"),
        ),
        (
            "days from first(car_t) to infusion >= longer of (4, 5 half-lives)",
            *(68, "half", "half-lives are compared with", "write it so"),
        ),
        (
            "days from last(car_t) to infusion <= longer of (4, 5 half-lives)",
            *(67, "half", "half-lives are compared with", "write it so"),
        ),
        ("age >= 18 and", 27, " ", "the expression ends too early", "write a fact"),
        ("age >= 18 && consent", 24, "&", "`&` has no meaning here", "see docs/rule-language.md"),
    ],
)
def test_a_fault_of_a_rule_is_shown_where_it_stands(
    dictionary: Dictionary, rule: str, column: int, marked: str, message: str, remedy: str
) -> None:
    (fault,) = faults_of(dictionary, criterion_text(f"include: {rule}"))
    head, excerpt, caret, fix = fault.splitlines()
    assert head.startswith(f"Error: trial.yaml:15:{column}: ")
    assert message in head
    assert caret.startswith("     | ")
    assert fix.startswith("  Fix: ")
    assert remedy in fix
    position, length = caret.index("^"), caret.count("^")
    assert excerpt[position : position + length].ljust(1) == marked


def test_all_faults_of_a_file_are_reported_at_once_in_file_order(dictionary: Dictionary) -> None:
    faults = faults_of(
        dictionary,
        criterion_text("include: kpss >= 70 or sex is femal"),
        criterion_text("exclude: kps >= 70 and", name="EXC-1"),
        criterion_text("include: age >= 18", "gate: admission", name="INC-2"),
        criterion_text("when: any(car_tt)", "include: ecog <= 1 kg", name="INC-3"),
    )
    heads = [fault.splitlines()[0].removeprefix("Error: trial.yaml:") for fault in faults]
    assert heads == [
        "15:14: there is no fact `kpss`",
        "15:35: `femal` is no choice of `sex`",
        "20:27: the expression ends too early",
        "26:11: `admission` is not known here",
        "31:15: `car_tt` is no therapy class",
        "32:24: `ecog` does not come in kg",
    ]


def test_a_fault_in_a_folded_expression_is_shown_on_its_own_line(dictionary: Dictionary) -> None:
    (fault,) = faults_of(dictionary, criterion_text("include: >-", "  age >= 18", "  and kpss >= 70"))
    assert fault.splitlines() == [
        "Error: trial.yaml:17:11: there is no fact `kpss`",
        "  17 |       and kpss >= 70",
        "     |           ^^^^",
        "  Fix: did you mean `kps`?",
    ]


def test_a_folded_expression_that_ends_too_early_is_shown_where_it_ends(dictionary: Dictionary) -> None:
    (fault,) = faults_of(dictionary, criterion_text("include: >-", "  age >="))
    assert fault.startswith("Error: trial.yaml:16:")


@pytest.mark.parametrize(
    "rule",
    [
        "years from last_major_surgery to enrollment >= 9000",
        "any(chemotherapy since 3000 years before screening)",
        "any(chemotherapy since 30000 months before screening)",
    ],
)
def test_a_limit_beyond_the_calendar_is_refused(dictionary: Dictionary, rule: str) -> None:
    (fault,) = faults_of(dictionary, criterion_text(f"include: {rule}"))
    assert fault.startswith("Error: trial.yaml:15:")


@pytest.mark.parametrize("test", ["include: consent", "exclude: consent", "manual: judged"])
def test_rarely_beside_a_trials_test_is_refused_not_ignored(dictionary: Dictionary, test: str) -> None:
    (fault,) = faults_of(dictionary, criterion_text(test, "rarely: ecog > 2"))
    assert "`rarely`" in fault


@pytest.mark.parametrize("sign", ["\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"])
def test_both_micro_signs_may_stand_in_a_unit(sign: str) -> None:
    assert parse(f"platelets >= 100 K/{sign}L") == parse("platelets >= 100 K/uL")
    assert parse(f"creatinine <= 130 {sign}mol/L") == parse("creatinine <= 130 umol/L")


def test_a_fault_in_a_quoted_expression_is_shown_in_its_quotes(dictionary: Dictionary) -> None:
    (fault,) = faults_of(dictionary, criterion_text("include: 'age >= 18 and kpss >= 70'"))
    assert fault.startswith("Error: trial.yaml:15:29: there is no fact `kpss`")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), "exactly one of include, exclude, manual is wanted"),
        (("include: age >= 18", "exclude: age > 80"), "exactly one of include, exclude, manual is wanted"),
        (("fits: age >= 18",), "exactly one of include, exclude, manual is wanted"),
        (("include: [age]",), "a single value is wanted here"),
        (("include: age >= 18", "weight: 0"), "a weight is more than nothing"),
        (("include: age >= 18", "cohorts: [A]"), "a cohort named here is not declared"),
        (("include: age >= 18", "includes: age >= 18"), "there is no key `includes` here"),
        (("include:",), "`include` has no value"),
    ],
)
def test_a_criterion_of_a_wrong_shape_is_refused(dictionary: Dictionary, lines: tuple[str, ...], message: str) -> None:
    assert any(message in fault for fault in faults_of(dictionary, criterion_text(*lines)))


def test_two_criteria_of_one_id_are_refused(dictionary: Dictionary) -> None:
    (fault,) = faults_of(dictionary, criterion_text("include: consent"), criterion_text("include: caregiver"))
    assert "the criterion `INC-1` stands here twice" in fault
