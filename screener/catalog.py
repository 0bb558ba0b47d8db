"""The criteria folder: the dictionary, the trials, the profiles and their cases."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from screener.compile import (
    Expected,
    compile_expected,
    compile_facts,
    compile_panels,
    compile_questions,
    compile_teach_back,
    compile_therapies,
    compile_translation,
    compile_trial,
    compile_tumor_types,
)
from screener.compile.landscape import compile_landscape
from screener.compile.trust import compile_trust
from screener.errors import InputError, NoInputError, Problem, UsageError
from screener.language import ENGLISH, Language, Texts, languages
from screener.model import Dictionary, Talk
from screener.model.landscape import Landscape
from screener.source import load, read_text
from screener.source.fields import nearest
from screener.vet.phrases import parse_phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.model import Trial
    from screener.model.trust import TrustItem

CRITERIA_VARIABLE = "SCREENER_CRITERIA"
_CASES = ".cases.yaml"


@dataclass(frozen=True)
class Catalog:
    """Everything that a criteria folder holds; trials first, profiles after them, each sorted by id."""

    folder: Path
    dictionary: Dictionary
    trials: tuple[Trial, ...]
    paths: dict[str, Path]

    def choose(self, ids: Iterable[str]) -> tuple[Trial, ...]:
        """Give the trials of these ids, each once; all of them if none is named. Raises UsageError."""
        wanted = list(dict.fromkeys(name.upper() if name.lower().startswith("nct") else name for name in ids))
        if not wanted:
            return self.trials
        known = {trial.id: trial for trial in self.trials}
        for name in wanted:
            if name not in known:
                raise UsageError(Problem(f"there are no rules for a trial `{name}`", nearest(name, known)))
        return tuple(known[name] for name in wanted)

    def open_trials(self) -> Catalog:
        """The same without the studies that have ended."""
        return replace(self, trials=tuple(trial for trial in self.trials if not trial.is_closed))

    def cases_path(self, trial: Trial) -> Path:
        """Where the trial's cases stand."""
        path = self.paths[trial.id]
        return path.with_name(path.name.removesuffix(".yaml") + _CASES)


def criteria_folder(chosen: Path | None = None) -> Path:
    """The folder chosen, else that of SCREENER_CRITERIA, else the one shipped. Raises NoInputError."""
    named = chosen or (Path(os.environ[CRITERIA_VARIABLE]) if os.environ.get(CRITERIA_VARIABLE) else None)
    if named is not None:
        if not named.is_dir():
            remedy = "name the folder that holds facts.yaml, vocabulary, profiles and trials"
            raise NoInputError(Problem(f"{named} is not a folder of criteria", remedy))
        return named
    package = Path(__file__).parent
    shipped = package / "criteria"  # in an installed wheel; beside the package in a checkout
    return shipped if shipped.is_dir() else package.parent / "criteria"


def load_dictionary(folder: Path) -> Dictionary:
    """Read facts.yaml and the vocabularies. Raises InputError."""
    vocabulary = folder / "vocabulary"
    oncotree = read_text(vocabulary / "oncotree.tsv").content
    root = load(folder / "facts.yaml")
    facts = compile_facts(root)
    return Dictionary(
        facts=facts,
        panels=compile_panels(root, facts),
        tumor_types=compile_tumor_types(load(vocabulary / "tumor_types.yaml"), oncotree),
        therapies=compile_therapies(load(vocabulary / "therapies.yaml")),
    )


def load_expected(folder: Path, dictionary: Dictionary) -> Expected:
    """Read the answers to expect; none where the folder has no such file. Raises InputError."""
    path = folder / "expected.yaml"
    return compile_expected(load(path), dictionary.facts) if path.exists() else {}


def load_talk(folder: Path, dictionary: Dictionary) -> Talk:
    """Read the teach-back and the questions for the oncology team, those that the folder has. Raises InputError."""
    points, questions = folder / "teach_back.yaml", folder / "questions.yaml"
    return Talk(
        compile_teach_back(load(points)) if points.exists() else (),
        compile_questions(load(questions), dictionary.facts) if questions.exists() else (),
    )


def load_landscape(folder: Path, dictionary: Dictionary) -> Landscape:
    """Read what is approved where, and what else there is to ask about; empty where the folder has none of it.

    Raises InputError.
    """
    path = folder / "landscape.yaml"
    return compile_landscape(load(path), dictionary.tumor_types.names) if path.exists() else Landscape()


def load_trust(folder: Path) -> tuple[TrustItem, ...]:
    """Read what makes a page worth trusting; nothing where the folder has no such file. Raises InputError."""
    path = folder / "trust.yaml"
    return compile_trust(load(path), parse_phrase) if path.exists() else ()


def load_language(folder: Path, code: str) -> Language:
    """Read the translations of a language. Raises UsageError for one that the interface does not speak, InputError."""
    if code not in languages():
        raise UsageError(Problem(f"there are no texts in `{code}` yet", f"use one of: {', '.join(languages())}"))
    return Language() if code == ENGLISH else Language.of(code, load_texts(folder, code))


def load_texts(folder: Path, code: str) -> Texts:
    """Read all translated texts of a language; none where the folder has none. Raises InputError."""
    found = [compile_translation(load(path), *_prefix(folder, path, code)) for path in translation_files(folder, code)]
    reviewers = {texts.reviewed_by for texts in found}
    merged = {path: text for texts in found for path, text in texts.texts.items()}
    return Texts(merged, ", ".join(sorted(reviewers)) if reviewers and all(reviewers) else "")


def translation_files(folder: Path, code: str) -> list[Path]:
    """The files of a language, beside the English."""
    return sorted(
        [
            *folder.glob(f"*.{code}.yaml"),
            *(folder / "trials").glob(f"*.{code}.yaml"),
            *(folder / "profiles").glob(f"*.{code}.yaml"),
        ]
    )


def _prefix(folder: Path, path: Path, code: str) -> tuple[str, ...]:
    """Texts of a trial or profile stand under its id."""
    return () if path.parent == folder else (path.name.removesuffix(f".{code}.yaml"),)


def load_catalog(folder: Path, only: Iterable[str] = ()) -> Catalog:
    """Read the dictionary and the rule files, all or some. Raises InputError with all faults of all files."""
    dictionary = load_dictionary(folder)
    trials: dict[str, Trial] = {}
    paths: dict[str, Path] = {}
    problems: list[Problem] = []
    for path in rule_files(folder):
        try:
            trial = compile_trial(load(path), dictionary)
        except InputError as error:
            problems += error.problems
            continue
        if trial.id != path.stem:
            problems.append(Problem(f"{path}: the file is named after another trial than `{trial.id}`", "rename one"))
        trials[trial.id], paths[trial.id] = trial, path
    if problems:
        raise InputError(*problems)
    ordered = sorted(trials.values(), key=lambda trial: (trial.is_profile, trial.id))
    catalog = Catalog(folder, dictionary, tuple(ordered), paths)
    return Catalog(folder, dictionary, catalog.choose(only), paths)


def rule_files(folder: Path) -> list[Path]:
    """The rule files of a criteria folder, cases left out."""
    found = [*(folder / "trials").glob("*.yaml"), *(folder / "profiles").glob("*.yaml")]
    return sorted(path for path in found if "." not in path.stem)  # cases and translations have a dot
