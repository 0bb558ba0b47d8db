"""The registry's eligibility text: its words, and the requirements it is made of."""

from screener.eligibility.normal import fingerprint, normalize, unescape
from screener.eligibility.split import Requirement, split

__all__ = ["Requirement", "fingerprint", "normalize", "split", "unescape"]
