"""Find the eligibility text in what people save: plain text, or a record of the registry as JSON."""

from __future__ import annotations

import json
from typing import Any

_HALVES = (("inclusion", "exclusion"), ("inclusion_criteria", "exclusion_criteria"))


def eligibility_text(content: str) -> str | None:
    """The text of a saved file; None if it is JSON in which there is none.

    JSON may be a study of ClinicalTrials.gov API v2, an object with `eligibilityCriteria`, or one with the text in two
    halves, as some copies keep it.
    """
    if not content.lstrip().startswith("{"):
        return content
    try:
        data: Any = json.loads(content)
    except (ValueError, RecursionError):
        return content
    module = data.get("protocolSection", {}).get("eligibilityModule", data) if isinstance(data, dict) else {}
    whole = module.get("eligibilityCriteria")
    if isinstance(whole, str):
        return whole
    for first, second in _HALVES:
        if isinstance(module.get(first), str):
            halves = ("Inclusion Criteria:", module[first], "Exclusion Criteria:", str(module.get(second) or ""))
            return "\n\n".join(halves)
    return None
