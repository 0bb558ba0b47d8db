"""Whether every fact of the dictionary is there for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.expr import ANCHORS
from screener.lint.finding import Check, Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from screener.model import Dictionary, Trial
from screener.model.derived import INPUTS
from screener.travel import FACTS as TRAVEL_FACTS

# What every dictionary holds, whether or not a rule reads it yet. Source: the project's design, section 3, "core fact
# ids", and, in the last line, section 9, "what the language must be able to say", of 2026-11-22. Planned days of
# anchors come on top: any washout may be counted to any of them.
CORE_FACTS = (
    frozenset(
        [
            *("age", "sex", "tumor_type", "histology", "stage_extent", "mesothelin_percent", "mesothelin_intensity"),
            *(
                "hla_a02_germline",
                "hla_a02_tumor_loss",
                "measurable_disease",
                "prior_systemic_lines",
                "prior_therapies",
            ),
            *("prior_car_t", "ecog", "kps", "life_expectancy_months", "anc", "alc", "wbc", "platelets", "hemoglobin"),
            *(
                "ast",
                "alt",
                "total_bilirubin",
                "direct_bilirubin",
                "gilbert_syndrome",
                "creatinine",
                "weight",
                "height",
            ),
            *("creatinine_clearance", "albumin", "inr", "pt", "aptt", "lvef", "qtcf", "spo2_room_air"),
            *(
                "supplemental_oxygen",
                "fev1_percent",
                "dlco_percent",
                "liver_metastases",
                "cns_metastases",
                "hiv",
                "hbv",
            ),
            *("hcv", "active_infection", "autoimmune_disease", "systemic_steroids", "ild_pneumonitis"),
            *(
                "second_malignancy",
                "childbearing_potential",
                "pregnant",
                "breastfeeding",
                "contraception",
                "can_travel",
            ),
            *("lodging_near_site", "caregiver", "long_term_follow_up", "understands_investigational", "consent"),
            *("fever", "last_growth_factor", "distance_to_site", "travel_hours_to_site", "days_can_stay"),
        ]
    )
    | ANCHORS
)


def unused_facts(trials: Collection[Trial], dictionary: Dictionary) -> Iterator[Finding]:
    """The facts that no rule reads and that no fact is derived from which a rule reads."""
    read = {fact for trial in trials for fact in trial.facts}
    read |= {source for fact in read for source in INPUTS.get(fact, ())}
    read |= set(TRAVEL_FACTS)  # read by travel, which stands in no rule file
    for fact in dictionary.facts:
        if fact not in read | CORE_FACTS:
            yield Check.UNUSED_FACT.at(f"facts.yaml {fact}", "no rule reads this fact")
