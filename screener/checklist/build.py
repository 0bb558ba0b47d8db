"""From a rule file, and a patient where there is one, to a sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from screener.checklist.entries import derived_of, entries_of
from screener.checklist.sheet import Mark, Planned, Row, Section, Sheet
from screener.checklist.summary import summary_of
from screener.checklist.waits import waits_of
from screener.checklist.words import AT, CONCLUSION, FOOT, PAGE_WORDS, PLACES, READINGS, SIGNED, TITLES
from screener.evaluate import screen_trial
from screener.expr import ANCHORS
from screener.model import Gate, Kind, Moment, Outcome, Patient
from screener.words import DISCLAIMER, NOT_REVIEWED, cautions, status_in

if TYPE_CHECKING:
    from screener.checklist.order import Order
    from screener.model import CriterionResult


def build(order: Order) -> Sheet:
    """Give the sheet. `day` is printed and judged on; nothing else of it depends on the clock."""
    return _Builder(order).sheet()


class _Builder:
    def __init__(self, order: Order) -> None:
        self.order = order
        self.trial = order.trial
        self.language = order.language
        self.word = order.language.word
        self.patient = order.patient or Patient("", order.day, {})
        self.result = screen_trial(self.trial, self.patient, order.dictionary)

    def sheet(self) -> Sheet:
        order, word = self.order, self.word
        filled = order.patient is not None
        return Sheet(
            language=self.language.code,
            title=word("Eligibility checklist") + (f", {word(AT[order.gate])}" if order.gate else ""),
            trial=self.trial.id,
            about=self._about(),
            head=self._head(),
            sections=tuple(self._sections()),
            waits=waits_of(self._criteria, self.patient, order),
            planned=self._planned() if filled else (),
            foot=tuple((word(who), tuple(word(part) for part in SIGNED)) for who in FOOT),
            conclusion=tuple(word(text) for text in CONCLUSION),
            disclaimer=word(DISCLAIMER),
            notes=self._notes(),
            summary=summary_of(self.result, self.patient, order) if filled and order.gate is None else None,
            filled=filled,
            words={text: word(text) for text in PAGE_WORDS},
        )

    @cached_property
    def _criteria(self) -> list[CriterionResult]:
        """Those of the gate; of all cohorts, since a sheet is printed before the cohort is chosen."""
        whole = self.result
        if self.trial.cohorts:
            whole = screen_trial(replace(self.trial, cohorts=()), self.patient, self.order.dictionary)
        return [item for item in whole.criteria if self.order.gate in {None, item.criterion.gate}]

    def _about(self) -> tuple[tuple[str, str], ...]:
        word, trial, registry = self.word, self.trial, self.trial.registry
        title = self.language.text(trial.title, trial.id, "title")
        rules = word("screener {version}, rule file {sha}").format(version=self.order.version, sha=self._sha)
        about = [(word("Protocol"), trial.id), (word("Short title"), title)]
        if registry:
            product = "; ".join(part for part in (trial.product, trial.target, trial.phase) if part)
            about += [(word("Product; target; phase"), product), (word("Protocol version and date"), "")]
            about.append((word("Registry record of"), str(registry.as_of)))
            about.append((word("Status as seen"), status_in(trial, self.language)))
        else:
            about.append((word("General factors"), status_in(trial, self.language)))
        about += [(word("Checklist made by"), rules), (word("Date of this sheet"), self.order.day.isoformat())]
        about += [(word("Subject id and initials"), self.patient.id), (word("Site"), "")]
        about += [(word("Treating physician"), ""), (word("Arm, cohort or dose level"), self._cohort())]
        return (*about, (word("Consent version and date"), ""))

    @property
    def _sha(self) -> str:
        return self.trial.file_sha256[:12]

    def _cohort(self) -> str:
        cohort = self.result.cohort if self.order.patient else None
        return "" if cohort is None else self.language.text(cohort.title, self.trial.id, "cohorts", cohort.id)

    def _head(self) -> str:
        word = self.word
        patient = self.patient.id or "____________"
        registry = self.trial.registry
        record = f" {word('of the record of')} {registry.as_of}" if registry else ""
        return f"{self.trial.id} · {word('rule file')} {self._sha}{record} · {word('subject')} {patient}"

    def _sections(self) -> list[Section]:
        groups: dict[tuple[Kind, Gate], list[CriterionResult]] = {}
        for item in self._criteria:
            criterion = item.criterion
            gate = Gate.ENROLLMENT if criterion.kind is Kind.BAND else criterion.gate
            groups.setdefault((criterion.kind, gate), []).append(item)
        order = [(kind, gate) for gate in Gate for kind in (Kind.INCLUSION, Kind.EXCLUSION, Kind.BAND)]
        sections = []
        for kind, gate in order:
            if items := groups.get((kind, gate)):
                title = self.word(TITLES[kind]).format(gate=self.word(AT[gate]))
                sections.append(Section(title, self.word(READINGS[kind]), tuple(self._row(item) for item in items)))
        return sections

    def _row(self, item: CriterionResult) -> Row:
        criterion = item.criterion
        filled = self.order.patient is not None
        good = Mark.NO if criterion.kind is Kind.EXCLUSION else Mark.YES
        return Row(
            id=criterion.id,
            text=self.order.text_of(criterion),
            place=self._place(item),
            when=self.word(AT[criterion.gate]),
            good=good,
            mark=_mark(item.outcome, good) if filled else Mark.OPEN,
            investigator=item.outcome is Outcome.MANUAL or criterion.test is None,
            entries=() if criterion.test is None else entries_of(criterion, self.patient, self.order),
            why=self._why(item) if filled else "",
            source=self._source(item),
        )

    def _place(self, item: CriterionResult) -> str:
        source = item.criterion.source
        cohorts = f"; {self.word('cohorts')} {', '.join(item.criterion.cohorts)}" if item.criterion.cohorts else ""
        if not self.trial.registry:
            return f"{source.section} {source.item}{cohorts}"
        place = re.sub("|".join(PLACES), lambda found: self.word(found[0]), source.item)
        return f"{self.word(source.section)} {place}{cohorts}"

    def _why(self, item: CriterionResult) -> str:
        """Why the criterion does not apply, or what is not known: the facts, since reasons are told in English only."""
        word, order = self.word, self.order
        derived = list(derived_of(item.criterion, self.patient, order))
        match item.outcome:
            case Outcome.NOT_APPLICABLE:
                read = entries_of(item.criterion, self.patient, order, when=True)
                told = [f"{entry.name}: {entry.value}" for entry in read if entry.value] + derived
                head = word("does not apply")
            case Outcome.UNKNOWN:
                told = [order.name_of(order.dictionary.facts[name]) for name in item.missing]
                head = word("not known")
            case _:
                return "; ".join(derived)
        return f"{head}: {'; '.join(told)}" if told else head

    def _source(self, item: CriterionResult) -> str:
        """Where the first fact of the criterion is found."""
        for name in item.criterion.facts:
            if name not in ANCHORS:
                return self.language.text(self.order.dictionary.facts[name].where, "facts", name, "where")
        return ""

    def _planned(self) -> tuple[Planned, ...]:
        days = [Planned(self.word("today"), self.patient.as_of)]
        for gate in Gate:
            value = self.patient.get(gate.value)
            if isinstance(value, Moment) and value.span and value.span.first:
                days.append(Planned(self.word(gate.value), value.span.first))
        return tuple(days)

    def _notes(self) -> tuple[str, ...]:
        notes = cautions(self.result, self.language)
        if not self._criteria:
            notes.append(self.word("No criterion of this trial is checked at this gate."))
        if not self.language.is_reviewed:
            notes.append(self.word(NOT_REVIEWED))
        return tuple(notes)


def _mark(outcome: Outcome, good: Mark) -> Mark:
    """The box to mark; what the trial team judges stays open."""
    bad = Mark.YES if good is Mark.NO else Mark.NO
    marks = {
        Outcome.MET: good,
        Outcome.NOT_MET: bad,
        Outcome.NOT_APPLICABLE: Mark.NOT_APPLICABLE,
        Outcome.UNKNOWN: Mark.NOT_KNOWN,
        Outcome.MANUAL: Mark.OPEN,
    }
    return marks[outcome]
