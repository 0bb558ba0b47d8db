"""Names of places folded to plain lower-case letters, so that "Zürich", "ZURICH" and "zurich" are one."""

from __future__ import annotations

import re
import unicodedata

# Letters (\u0131 is the dotless i) that Unicode does not take apart into a plain letter and an accent.
_PLAIN = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
        "ə": "e",
    }
)
_SILENT = re.compile(r"['\u2019\u2018\u02bc\u02bb`\u00b4.]")  # Xi'an is xian, St. Louis is st louis
_GAP = re.compile(r"[^a-z0-9]+")
_WHOLE = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def folded(name: str) -> str:
    """The name in plain lower-case letters and digits with single spaces; "" where nothing of it is Latin."""
    small = _SILENT.sub("", name).casefold().translate(_PLAIN)
    letters = "".join(mark for mark in unicodedata.normalize("NFKD", small) if not unicodedata.combining(mark))
    words = _GAP.sub(" ", letters).split()
    return " ".join(_WHOLE.get(word, word) for word in words)
