"""The address of a registry's API: https, or http on this machine."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from screener.errors import Problem, UsageError, clean

BASE = "https://clinicaltrials.gov/api/v2"


def checked(base: str) -> SplitResult:
    """The parts of the registry's address. Raises UsageError, which does not repeat a password."""
    remedy = f"write an https:// address, such as {BASE}; http:// is for this machine alone"
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or not re.fullmatch(r"[!-\[\]-~]+", base) or parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(Problem("the address of the registry cannot be used", remedy))
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(host)):
        raise UsageError(Problem(f"the address of the registry is not secure: {clean(base[:200])}", remedy))
    return parts


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin(parts: SplitResult) -> tuple[str, str, int | None]:
    """What two addresses share that lead to the same server."""
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
