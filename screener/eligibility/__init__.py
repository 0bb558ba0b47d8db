"""The registry's eligibility text: where it is, its words, and the requirements it is made of."""

from screener.eligibility.normal import fingerprint, normalize, unescape
from screener.eligibility.record import eligibility_text
from screener.eligibility.split import Requirement, split

__all__ = ["Requirement", "eligibility_text", "fingerprint", "normalize", "split", "unescape"]
