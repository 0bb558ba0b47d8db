"""Where `screener vet` has the records of the trials that a page names: a saved answer, the registry, or the cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screener.cli.settings import say
from screener.cli.source import registry_source, saved_records
from screener.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from screener.cli.settings import Settings
    from screener.registry.fetch import Source
    from screener.registry.records import Record
    from screener.vet.hold import Missing

_MOST_ASKED = 20  # numbers that one page may make the program ask for, two seconds each


@dataclass
class TrustRecords:
    """Records by number. What goes wrong with them is told, and no reason to hide what the text alone says."""

    settings: Settings
    known: dict[str, Record] = field(default_factory=dict)
    not_there: set[str] = field(default_factory=set)  # the registry itself says that it has no such study
    failed: bool = False  # whether the registry could not be asked, or an answer of it could not be read

    def collect(self, numbers: Iterable[str], input_file: Path | None, *, fetch: bool) -> None:
        """Have the records of these trials at hand: a saved one stands before one just fetched, that before a kept one.

        Raises InputError and NoInputError for a saved answer, UsageError for the address of the registry.
        """
        saved = saved_records(input_file) if input_file else {}
        wanted = [number for number in dict.fromkeys(numbers) if number not in saved]
        if wanted:
            self.known |= self.settings.records
        if fetch and wanted:
            self._fetch(wanted)
        self.known |= saved

    def of(self, number: str) -> Record | Missing | None:
        """The record of a trial, that there is no such trial, or None where neither is known."""
        from screener.vet.hold import NO_SUCH_STUDY

        return NO_SUCH_STUDY if number in self.not_there else self.known.get(number)

    def _fetch(self, wanted: Sequence[str]) -> None:
        """Ask the registry: the numbers are all that leaves the machine."""
        from screener.registry.faults import NetworkError, UnknownStudyError

        if len(wanted) > _MOST_ASKED:
            self.settings.tell(f"Note: only the first {_MOST_ASKED} of {len(wanted)} numbers are asked for")
        with registry_source(offline=False, refresh=False) as source:
            for number in wanted[:_MOST_ASKED]:
                try:
                    self.known[number] = _record(source, number)
                except UnknownStudyError:
                    self.not_there.add(number)
                except InputError as error:
                    self.failed = True
                    for problem in error.problems:
                        say(f"Note: {number}: {problem.message}. {problem.remedy}")
                    if isinstance(error, NetworkError):
                        break
            self.settings.note(source.cache.problems)


def _record(source: Source, number: str) -> Record:
    """The record of a study. Raises UnknownStudyError, other NetworkErrors, InputError."""
    from screener.registry.faults import NetworkError, UnknownStudyError
    from screener.registry.records import Record

    try:
        return Record(*source.study(number))
    except UnknownStudyError:
        try:
            if source.client:
                source.client.version()
        except UnknownStudyError as error:  # this address has nothing at all: it says nothing of the study
            raise NetworkError(*error.problems) from None
        raise
