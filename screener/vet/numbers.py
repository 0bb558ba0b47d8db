"""Numbers of trials in registers. Each is a registration: not an approval, and not a place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from screener.vet.account import Quote, Registration

CLINICALTRIALS = "ClinicalTrials.gov"
MALFORMED = "malformed: NCT needs eight digits"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad"
_SPACES = "\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
_SHOWN = 20  # digits of what has too many
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}
_EVEN = str.maketrans(dict.fromkeys(_DASHES, "-") | dict.fromkeys(_SPACES, " ") | _QUOTES)
_START, _END = r"(?<![A-Za-z0-9])", r"(?![0-9])"
_NCT = re.compile(
    rf"{_START}(?i:NCT)[ :#.-]{{0,3}}"
    rf"(?:(?P<whole>[0-9]{{8}}|[0-9]{{4}}[ -][0-9]{{4}}|[0-9]{{2}}[ -][0-9]{{3}}[ -][0-9]{{3}}){_END}"
    r"|(?P<odd>[0-9]{4,}))"
)


@dataclass(frozen=True, slots=True)
class Register:
    """A register of trials, how its numbers look, and what having one means, in a sentence."""

    name: str
    pattern: re.Pattern[str]
    meaning: str


def _register(name: str, pattern: str, who: str) -> Register:
    meaning = f"{who} It says that the trial was entered there: it is not an approval and not a place."
    return Register(name, re.compile(f"{_START}(?i:{pattern}){_END}"), meaning)


# The forms are those that the registers use in public. No check digits: none of them publishes a rule that was at hand.
REGISTERS = (
    Register(
        CLINICALTRIALS,
        _NCT,
        "A number of the register of the US National Library of Medicine. It says that somebody entered the study "
        "there: it is not an approval and not a place.",
    ),
    _register(
        "NCI Clinical Trials Reporting Program",
        r"NCI-(?:19|20)[0-9]{2}-[0-9]{5}",
        "A number under which the US National Cancer Institute counts trials, wherever they take place.",
    ),
    _register(
        "EU Clinical Trials (CTIS)",
        r"20[2-9][0-9]-5[0-9]{5}-[0-9]{2}(?:-[0-9]{2})?",
        "A number of the European Union's system for clinical trials.",
    ),
    _register(
        "EU Clinical Trials Register (EudraCT)",
        r"(?:19|20)[0-9]{2}-[0-46-9][0-9]{5}-[0-9]{2}(?!-?[0-9])",
        "A number of the European register that came before today's system.",
    ),
    _register("ISRCTN", r"ISRCTN ?[0-9]{8}", "A number of the ISRCTN registry in London."),
    _register(
        "Chinese Clinical Trial Registry (ChiCTR)",
        r"ChiCTR(?:-[A-Z]{2,6}-[0-9]{8}|-?[0-9]{10})",
        "A number of the Chinese clinical trial registry.",
    ),
    _register(
        "Japan Registry of Clinical Trials (jRCT)",
        r"jRCTs?[0-9]{9,10}",
        "A number of the Japanese registry of clinical trials.",
    ),
    _register("UMIN Clinical Trials Registry", r"UMIN ?[0-9]{9}", "A number of a Japanese university registry."),
    _register(
        "Australian New Zealand Clinical Trials Registry (ACTRN)",
        r"ACTRN ?[0-9]{14}",
        "A number of the registry of Australia and New Zealand.",
    ),
    _register(
        "Clinical Trials Registry - India (CTRI)",
        r"CTRI/[0-9]{4}/[0-9]{2,3}/[0-9]{6}",
        "A number of the Indian registry of trials.",
    ),
    _register("Clinical Research Information Service (KCT)", r"KCT ?[0-9]{7}", "A number of the Korean registry."),
    _register(
        "German Clinical Trials Register (DRKS)", r"DRKS ?[0-9]{8}", "A number of the German register of trials."
    ),
    _register(
        "Dutch Trial Register (NTR, OMON)",
        r"NTR ?[0-9]{3,5}|NL-OMON ?[0-9]{4,6}",
        "A number of the Dutch register of trials.",
    ),
    _register(
        "Pan African Clinical Trials Registry (PACTR)",
        r"PACTR ?[0-9]{15,16}",
        "A number of the registry of trials in Africa.",
    ),
    _register(
        "WHO Universal Trial Number",
        r"U1111-[0-9]{4}-[0-9]{4}",
        "A number of the World Health Organization that tells a trial from others, whatever register has it.",
    ),
)
_MEANINGS = {register.name: register.meaning for register in REGISTERS} | {
    MALFORMED: "It looks like a number of ClinicalTrials.gov, but those have NCT and eight digits: ask for the number."
}


def registrations(text: str) -> tuple[Registration, ...]:
    """The numbers of a text in the order in which they stand, each time that they do; in one writing.

    What begins as an NCT number with too few or too many digits is of the register MALFORMED.
    """
    even = evened(text)
    found = [_read(register, match, text) for register in REGISTERS for match in register.pattern.finditer(even)]
    return tuple(sorted(found, key=lambda one: (one.quote.start, one.quote.end)))


def meaning(register: str) -> str:
    """What a number in a register means, in plain words; "" if the register is not one of these."""
    return _MEANINGS.get(register, "")


def evened(text: str) -> str:
    """The text with plain dashes, spaces and quotation marks: letter for letter as long as it was."""
    return text.translate(_EVEN)


def _read(register: Register, match: re.Match[str], text: str) -> Registration:
    quote = Quote(match.start(), match.end(), text[match.start() : match.end()])
    if register.name != CLINICALTRIALS:
        return Registration(_written(match[0]), register.name, quote)
    if match["whole"]:
        return Registration("NCT" + re.sub("[^0-9]", "", match["whole"]), register.name, quote)
    return Registration(f"NCT{match['odd'][:_SHOWN]}{'…' if len(match['odd']) > _SHOWN else ''}", MALFORMED, quote)


_AS_WRITTEN = {"CHICTR": "ChiCTR", "JRCTS": "jRCTs", "JRCT": "jRCT"}


def _written(number: str) -> str:
    """The number as its register writes it."""
    upper = number.upper().replace(" ", "")
    for start, own in _AS_WRITTEN.items():
        if upper.startswith(start):
            return own + upper.removeprefix(start)
    return upper
