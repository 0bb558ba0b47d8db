"""Who the patient is: age, body, performance, children, and the way to the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.invented.shares_kinds import KINDS
from benchmarks.invented.shares_person import (
    ECOG,
    ECOG_OLD,
    FERTILE,
    KPS,
    MONTHS_AGREED,
    MONTHS_LEFT,
    OLD,
    RESIDENCE,
    YOUNG,
)

if TYPE_CHECKING:
    from benchmarks.invented.draft import Draft


def person(draft: Draft) -> None:
    draft.age = round(draft.normal(*draft.kind.age, 38, 88))
    draft.put("age", str(draft.age))
    male = draft.put("sex", "male" if draft.odds(draft.kind.men) else "female") == "male"
    height = draft.normal(176 if male else 163, 7, 145, 205)
    weight = draft.normal(25.5, 4.2, 16, 45) * (height / 100) ** 2
    pounds = draft.odds(0.5)
    draft.put("height", f"{height / 2.54:.0f} in" if pounds else f"{height:.0f} cm")
    draft.put("weight", f"{weight * 2.20462:.0f} lb" if pounds else f"{weight:.0f} kg")
    draft.ecog = draft.pick(ECOG_OLD if draft.age >= OLD else ECOG)
    draft.put("ecog", str(draft.ecog))
    draft.put("kps", str(draft.pick(KPS[draft.ecog])))
    months = draft.skewed(MONTHS_LEFT[draft.ecog], 0.5, 1, 60)
    bound = next((limit for limit in (12, 6, 3) if months > limit), 0)
    draft.put("life_expectancy_months", f">{bound} months" if bound and draft.odds(0.4) else f"{months:.0f} months")


def reproduction(draft: Draft) -> None:
    able = 0.85 if draft.age < YOUNG else 0.4 if draft.age < FERTILE else 0.0
    if draft.male or draft.kind is KINDS["ovarian"]:
        able = 0.0
    possible = draft.yes("childbearing_potential", able)
    draft.yes("pregnant", 0.004 * possible)
    draft.yes("intends_pregnancy", 0.02 * possible)
    if draft.yes("breastfeeding", 0.01 * possible):
        draft.yes("agrees_to_stop_nursing", 0.9)
    fertile = draft.yes("can_father_children", (0.55 if draft.age >= OLD else 0.7) * draft.male)
    if draft.yes("contraception", 0.94 if possible or fertile else 0.7):
        draft.put("contraception_months", MONTHS_AGREED)


def travel(draft: Draft) -> None:
    miles = draft.skewed(170, 1.1, 2, 3500)
    hours = miles / 52 + 0.3 if miles < 350 else 3.5 + miles / 450  # noqa: PLR2004 - beyond it people fly
    draft.put("distance_to_site", f"{miles:.0f} mi" if draft.odds(0.9) else f"{1.609344 * miles:.0f} km")
    draft.put("travel_hours_to_site", f"{hours:.1f} h")


def residence(draft: Draft) -> None:
    """Where they live, and how far they would travel."""
    for fact, shares in RESIDENCE.items():
        draft.put(fact, shares)
