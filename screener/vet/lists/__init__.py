"""Phrases that code looks for, by label: what no single item of trust.yaml says.

Each constant of the modules here that is a tuple of phrases has its name, in small letters, as its label; what comes in
kinds (diseases, cells, jurisdictions, targets) has a label for each.
"""

from __future__ import annotations

from screener.vet.lists import names, sellers, trials, turns


def labels() -> dict[str, tuple[str, ...]]:
    """All phrases by label."""
    found = {
        name.lower(): value
        for module in (turns, trials, sellers, names)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, tuple)
    }
    found |= {f"disease:{number}": (phrase,) for number, phrase in enumerate(found.pop("diseases"))}
    kinds = {"kind": sellers.KINDS, "by": trials.JURISDICTIONS, "target": names.TARGETS}
    return found | {f"{kind}:{name}": phrases for kind, listed in kinds.items() for name, phrases in listed.items()}
