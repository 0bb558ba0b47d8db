"""Faults to plant, one at a time, in the SQL and in the evaluator, each with the small screening that notices it."""

from __future__ import annotations

from typing import NamedTuple


class Planted(NamedTuple):
    """Where, what is written there, what instead, and the small screening that notices."""

    place: str
    old: str
    new: str
    noticed: str


SQL = {
    ">= is >": Planted(
        "compare:compare", 'true, false = f"{low} >= {other_high}"', 'true, false = f"{low} > {other_high}"', "at least"
    ),
    "> is >=": Planted(
        "compare:compare", 'f"{low} > {other_high}", f"{high} <=', 'f"{low} >= {other_high}", f"{high} <=', "more than"
    ),
    "<= is <": Planted(
        "compare:compare", '{high} <= {other_low}", f"{low} >', '{high} < {other_low}", f"{low} >', "limit of normal"
    ),
    "< is <=": Planted(
        "compare:compare", '{high} < {other_low}", f"{low} >=', '{high} <= {other_low}", f"{low} >=', "less than"
    ),
    "= holds for a wide answer": Planted("compare:compare", "{low} = {other_high} AND ", "", "equal"),
    "!= is =": Planted("compare:compare", "if relation is Relation.NE", "if False", "equal"),
    "a number not known fails": Planted("compare:compare", "WHEN {false} THEN FALSE END", "ELSE FALSE END", "at least"),
    "a yes or no not known is no": Planted(
        "logic:Leaves._coded", "return given if yes", 'return f"COALESCE({given}, FALSE)" if yes', "yes or no"
    ),
    "a wide choice is no": Planted(
        "logic:Leaves._coded", "THEN TRUE WHEN NOT {inside} THEN FALSE END", "THEN TRUE ELSE FALSE END", "choice"
    ),
    "an exclusion is not flipped": Planted(
        "judgment:Judgments._met", 'f"NOT {truth}" if exclude else truth', "truth", "more than"
    ),
    "and is or": Planted("logic:combine", "' AND '.join", "' OR '.join", "all, any, not"),
    "not is forgotten": Planted(
        "logic:combine", "(NOT {combine(item, write)})", "({combine(item, write)})", "all, any, not"
    ),
    "at least two is three": Planted("logic:combine", "{sure} >= {number}", "{sure} > {number}", "some of several"),
    "at least two fails late": Planted(
        "logic:combine", "{possible} < {number}", "{possible} < {number} - 1", "some of several"
    ),
    "an unknown part counts as failed": Planted(
        "logic:combine",
        "CASE WHEN NOT {part} THEN 0 ELSE 1 END",
        "CASE WHEN {part} THEN 1 ELSE 0 END",
        "some of several",
    ),
    "missing facts of what does not matter": Planted(
        "logic:missing", "{above} AND {condition}", "{condition}", "all, any, not"
    ),
    "derived before given": Planted(
        "logic:Leaves._compare",
        'f"COALESCE({given}, {self.derived.compare(leaf.fact, leaf.relation, number)})"',
        'f"COALESCE({self.derived.compare(leaf.fact, leaf.relation, number)}, {given})"',
        "performance status",
    ),
    "a clearance derived before one given": Planted(
        "logic:Leaves._compare",
        'f"COALESCE({given}, {self.derived.compare(leaf.fact, leaf.relation, number)})"',
        'f"COALESCE({self.derived.compare(leaf.fact, leaf.relation, number)}, {given})"',
        "clearance",
    ),
    "histology of the type before the one given": Planted(
        "derived:Derived.histology",
        "COALESCE({name}, CASE {cases} END)",
        "COALESCE(CASE {cases} END, {name})",
        "histology",
    ),
    "a no beside the list stands": Planted(
        "derived:Derived.received", "CASE WHEN NOT {name} THEN NULL ELSE TRUE END", "{name}", "treatment before"
    ),
    "the list says nothing of car-t": Planted(
        "derived:Derived.received", "CASE WHEN {surely} THEN", "CASE WHEN FALSE THEN", "treatment before"
    ),
    "ecog as the least karnofsky alone": Planted(
        "derived:Derived._kps", "scale.of(ends[1])", "scale.of(ends[0])", "performance status above"
    ),
    "karnofsky of one map": Planted(
        "derived:Derived._ecog",
        "if low <= value <= high",
        "if low <= value <= high and (grade, value) != (2, 70)",
        "performance status the other way",
    ),
    "women as men": Planted(
        "derived:Derived._clearance", "{women} ELSE {_HUNDRED} END", "{_HUNDRED} ELSE {_HUNDRED} END", "clearance"
    ),
    "sex not known is a man": Planted(
        "derived:Derived._clearance",
        "CASE WHEN {sex} IS NULL OR {self._dialect.has_bit(sex, female)}",
        "CASE WHEN {self._dialect.has_bit(sex, female)}",
        "clearance",
    ),
    "clearance > 60 for >= 60": Planted(
        "derived:Derived._compare_clearance",
        'true, false = f"{low} >= {low_other}"',
        'true, false = f"{low} > {low_other}"',
        "clearance",
    ),
    "digits beyond the scale are cut": Planted("scale:Scale.of", "(1 if rest else 0)", "0", "more than"),
    "an open end is closed": Planted("scale:Scale.ends", "low += 1", "low += 0", "more than"),
    "the other open end is closed": Planted("scale:Scale.ends", "high -= 1", "high -= 0", "at least"),
    "ULN is one": Planted("columns:Columns._number", "1 / Fraction(exact)", "1", "limit of normal"),
    "no ULN is a ULN of one": Planted(
        "columns:Columns._number",
        "else (None, None)\n",
        "else self.ratio_scale(fact.id).ends(number.interval)\n",
        "limit of normal",
    ),
    "a wider tumor type is the one asked": Planted("columns:TumorOrder.inside", "<= asked", "& asked", "tumor type"),
    "a wider tumor type is another": Planted(
        "columns:TumorOrder.outside",
        "not self._types.below(code) & asked",
        "not self._types.below(code) <= asked",
        "tumor type",
    ),
    "the last place of a range is lost": Planted(
        "compare:among", "BETWEEN {low} AND {high}", "BETWEEN {low} AND {high} - 1", "tumor type"
    ),
    "a class of its own counts only": Planted(
        "columns:Columns.treatment", "if name in item.surely)", "if name == item.agent)", "since a day"
    ),
    "an agent not known is of no class": Planted(
        "columns:Columns.treatment",
        "known if item.possibly is None",
        "frozenset() if item.possibly is None",
        "wait after the last",
    ),
    "half-lives are rounded down": Planted("columns:_lives", "math.ceil(high", "math.floor(high", "half-lives"),
    "the longer is the shorter": Planted(
        "days:Days._over_item", '"GREATEST" if leaf.limit.longer', '"LEAST" if leaf.limit.longer', "half-lives"
    ),
    "a half-life not known is none": Planted(
        "days:Days._over_item", "self.dialect.day(FAR_OFF) if leaf.limit.longer else ", "", "half-lives"
    ),
    "the planned day is not looked at": Planted(
        "days:Days.anchor", "if anchor is Anchor.SCREENING or", "if True or", "wait after the last"
    ),
    "a plan that has passed stays": Planted(
        "days:Days.anchor", "if judged.ahead else (first, last)", "if False else (first, last)", "two waits in one"
    ),
    "ongoing is over today": Planted(
        "columns:Columns.treatment", "item.last.last or FAR_OFF", "item.last.first", "wait after the last"
    ),
    "ongoing never stops": Planted("days:Days._last_days", "if not judged.ahead", "if True", "wait after the last"),
    "the last of those that surely are": Planted(
        "days:Days._over_treatments",
        "((sure, first), (possible, last))",
        "((sure, first), (sure, last))",
        "wait after the last",
    ),
    "the last may be any": Planted(
        "days:Days._over_treatments",
        "((sure, first), (possible, last))",
        "((possible, first), (possible, last))",
        "wait after the last",
    ),
    "the first of those that surely are": Planted(
        "days:Days._over_treatments",
        "((possible, first), (sure, last))",
        "((sure, first), (sure, last))",
        "wait after the first",
    ),
    "the first is the last": Planted(
        "days:Days._over_treatments", "isinstance(leaf.point, Last)", "True", "wait after the first"
    ),
    "none at all fails the wait": Planted(
        "days:Days._over_treatments",
        "most, none, ends = self.dialect.greatest, LONG_AGO",
        "most, none, ends = self.dialect.greatest, FAR_OFF",
        "wait after the last",
    ),
    "no list is an empty list": Planted(
        "days:Days._over_treatments",
        "CASE WHEN {TREATMENTS} IS NOT NULL THEN {compare(leaf.relation, anchor, (over[0], over[1]))} END",
        "{compare(leaf.relation, anchor, (over[0], over[1]))}",
        "wait after the last",
    ),
    "a day is too many": Planted(
        "days:Days.over_at_last", "if longer else over", "if not longer else over", "wait after the last"
    ),
    "a day is wanting": Planted(
        "days:Days.over_at_last", "if longer else over", "if False else over", "longer than a wait"
    ),
    "never is just now": Planted("days:Days.elapsed", 'never = "TRUE" if', 'never = "FALSE" if', "never"),
    "never is the same for all dates": Planted("days:Days.elapsed", "is not never_began", "is not False", "never"),
    "the class excepted counts": Planted("days:Days._members", "if excepted:", "if False:", "class excepted"),
    "what may be excepted is": Planted(
        "days:Days._members",
        'possible += f" AND NOT {self.dialect.has_bit(surely, excepted)}"',
        'possible += f" AND NOT {self.dialect.has_bit(maybe, excepted)}"',
        "class excepted",
    ),
    "the window has no end": Planted("days:Days._in_window", "if window.end is None", "if True", "from a day to a day"),
    "the window looks at the last day alone": Planted(
        "days:Days._in_window", "begin = (", "begin = last or (", "from a day to a day"
    ),
    "what may lie in the window does": Planted(
        "days:Days._members", "COALESCE({within}, FALSE)", "COALESCE({within}, TRUE)", "since a day"
    ),
    "what may lie in the window does not": Planted(
        "days:Days._members", "COALESCE({within}, TRUE)", "COALESCE({within}, FALSE)", "since a day"
    ),
    "the window's days are reckoned once": Planted(
        "days:Days._window_days", "range(_MONTH_END_SLACK + 1)", "range(1)", "since a day"
    ),
    "none surely is none": Planted("days:Days.received", "{possible} = 0", "{sure} = 0", "class excepted"),
    "only those that surely are counted": Planted(
        "days:Days._members", "self.dialect.has_bit(maybe, chosen)", "self.dialect.has_bit(surely, chosen)", "how many"
    ),
    "months of thirty days": Planted(
        "dialect:DuckDB.add_months", "to_months({months})", "to_days(30 * {months})", "end of a month"
    ),
    "it always applies": Planted(
        "judgment:Truths.coded", "WHEN NOT {self.applies} THEN 0 {known}", "{known}", "where it applies"
    ),
    "unknown whether it applies is no": Planted(
        "judgment:Truths.coded",
        "IS NULL THEN {unknown} WHEN NOT {self.applies} THEN 0",
        "IS NULL OR NOT {self.applies} THEN 0",
        "where it applies",
    ),
    "rarely before it fits": Planted(
        "judgment:Judgments._met",
        "CASE WHEN {self._truth(fits, judged)} THEN TRUE{fails} END",
        "CASE WHEN {self._truth(fits, judged)} THEN TRUE ELSE FALSE END",
        "bands",
    ),
    "the second choice of days first": Planted(
        "judgment:Judgments._mended", "COALESCE({first[0]}, {first[1]})", "{first[1]}", "two waits in one"
    ),
    "every cohort counts": Planted("layers:Flags._masks", "if chosen)", ")", "cohorts"),
    "closed cohorts count": Planted("verdict:TrialColumns.__init__", "trial.open_cohorts", "trial.cohorts", "cohorts"),
    "the last cohort is best": Planted(
        "verdict:TrialColumns._best", "{verdict} < {other}", "{verdict} > {other}", "cohorts"
    ),
    "of two days the later": Planted(
        "verdict:TrialColumns._best", "COALESCE({day}, {far}) <=", "COALESCE({day}, {far}) >=", "cohorts"
    ),
    "time mends everything": Planted(
        "verdict:TrialColumns._verdict",
        "WHEN {lasting.any(among)} THEN {_NO_MATCH} ",
        "WHEN FALSE THEN {_NO_MATCH} ",
        "at least",
    ),
    "what is not known does not matter": Planted(
        "verdict:TrialColumns._verdict",
        "WHEN {self._unknown.any(among)} THEN {_UNDECIDED} ",
        "WHEN FALSE THEN {_UNDECIDED} ",
        "at least",
    ),
    "the first wait counts": Planted("verdict:TrialColumns._eligible_from", "GREATEST(", "LEAST(", "two waits"),
    "nothing runs out": Planted(
        "verdict:TrialColumns._eligible_from", "if not spoiled", "if True", "what runs out meanwhile"
    ),
    "weights are one": Planted(
        "verdict:TrialColumns._weights", "Fraction(item.criterion.weight)", "Fraction(1)", "score"
    ),
    "half is rounded up": Planted(
        "verdict:TrialColumns.tenths",
        "{rounded} - CASE WHEN {is_tie} THEN 1 ELSE 0 END",
        "{rounded}",
        "one and fifteen",
    ),
    "what is not known is not in the score": Planted(
        "verdict:TrialColumns.tenths", 'f"{met} + {unknown}"', 'f"{met}"', "score"
    ),
    "the twelfth criterion is the first": Planted(
        "dialect:Dialect.words", "codes[place // BITS]", "codes[0]", "more than eleven"
    ),
}

EVALUATOR = {
    ">= is >": Planted("interval:_less", "left.low >= right.high", "left.low > right.high", "at least"),
    "an open end is closed": Planted("interval:_less", "(left.high_open or right.low_open)", "False", "at least"),
    "an exclusion is not flipped": Planted(
        "evaluate.screening:_outcome", "~finding.truth if exclude else finding.truth", "finding.truth", "more than"
    ),
    "unknown whether it applies is yes": Planted(
        "evaluate.screening:_outcome", "if applies.truth is Truth.UNKNOWN", "if False", "where it applies"
    ),
    "not is forgotten": Planted(
        "evaluate.expression:evaluate", "Finding(~finding.truth", "Finding(finding.truth", "all, any, not"
    ),
    "a wide answer is the one asked": Planted(
        "evaluate.expression:_coded", "value.options <= asked", "value.options & asked", "choice"
    ),
    "derived before given": Planted(
        "evaluate.context:Context.numbers",
        "(*readings, derived) if derived",
        "(derived, *readings) if derived",
        "performance status",
    ),
    "a wide answer hides what follows": Planted(
        "evaluate.expression:_compare", "if first.truth is Truth.UNKNOWN", "if False", "performance status"
    ),
    "all parts are asked for": Planted(
        "evaluate.expression:_combined", "if finding.truth is truth]", "]", "all, any, not"
    ),
    "a no beside the list stands": Planted(
        "evaluate.context:Context.coded", 'given.options == {"no"}', 'given.options == {"never"}', "treatment before"
    ),
    "the type's histology before the one given": Planted(
        "evaluate.context:Context.coded", "if derived and not isinstance(given, Coded)", "if derived", "histology"
    ),
    "a type that says nothing says what others say": Planted(
        "evaluate.derive:_histology", "or None in stated", "or False", "histology of any kind"
    ),
    "the least karnofsky alone": Planted(
        "evaluate.derive:_kps", "high = max(", "high = min(", "performance status above"
    ),
    "men as women": Planted(
        "evaluate.derive:_creatinine_clearance", 'if option == "female"', 'if option == "male"', "clearance"
    ),
    "ongoing never stops": Planted(
        "evaluate.context:Context.last_day", "if treatment.ongoing and self.ahead", "if False", "wait after the last"
    ),
    "a plan that has passed stays": Planted(
        "evaluate.context:Context.anchor", "if self.ahead", "if False", "wait after the last"
    ),
    "the planned day is not looked at": Planted(
        "evaluate.context:Context.anchor", "None if anchor is Anchor.SCREENING", "None if True", "wait after the last"
    ),
    "who may be selected is": Planted(
        "evaluate.time:_over", "any_of((~member, step.truth))", "step.truth", "wait after the last"
    ),
    "the first is the last": Planted(
        "evaluate.time:_over",
        "for_every = (leaf.relation in _AT_LEAST) == isinstance(leaf.point, Last)",
        "for_every = leaf.relation in _AT_LEAST",
        "wait after the first",
    ),
    "the longer is the shorter": Planted(
        "evaluate.time:_half_life_days", "if limit.longer", "if not limit.longer", "half-lives"
    ),
    "the class excepted counts": Planted(
        "evaluate.time:members_of", "all_of((chosen, ~excepted))", "chosen", "class excepted"
    ),
    "the window has no end": Planted(
        "evaluate.time:_in_window", "if window.end is None", "if True", "from a day to a day"
    ),
    "the window's days are reckoned once": Planted(
        "evaluate.time:window_days", "range(_MONTH_END_SLACK + 1)", "range(1)", "since a day"
    ),
    "only those that surely are counted": Planted(
        "evaluate.time:count", "possible = sure + ", "possible = sure or ", "how many"
    ),
    "never is the same for all dates": Planted("evaluate.time:_one", "is not never_began", "is not False", "never"),
    "a month ends late": Planted(
        "dates:add", "min(day.day, calendar.monthrange(year, month + 1)[1])", "min(day.day, 28)", "end of a month"
    ),
    "two is three": Planted("truth:at_least", "sure >= count", "sure > count", "some of several"),
    "rarely is not looked at": Planted(
        "evaluate.screening:_band", "if rarely.truth is Truth.TRUE", "if False", "bands"
    ),
    "nothing runs out": Planted(
        "evaluate.screening:_eligible_from",
        "for day in sorted({first, *days})",
        "for day in [first]",
        "what lies between",
    ),
    "of two days the later": Planted(
        "evaluate.screening:screen_trial",
        "result.eligible_from or date.max)",
        "date.max - (result.eligible_from or date.max))",
        "cohorts",
    ),
    "what is not known does not matter": Planted(
        "evaluate.screening:_verdict",
        "any(result.outcome is Outcome.UNKNOWN",
        "any(False and result.outcome is Outcome.UNKNOWN",
        "at least",
    ),
    "weights are one": Planted("evaluate.screening:_tally", "sum(result.criterion.weight for", "sum(1 for", "score"),
}
