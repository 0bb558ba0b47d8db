"""The fixed words of a checklist, in English; a sheet carries them in its language."""

from __future__ import annotations

from screener.model import Factor, Gate, Kind

PAGE_WORDS = (
    *(
        "Yes",
        "No",
        "N-A",
        "Not known",
        "No.",
        "Criterion",
        "By when",
        "Value",
        "ULN",
        "Date of test",
        "Source document",
    ),
    *("Initials", "Date", "Verified", "Comment", "investigator", "page", "of", "Washout worksheet", "What was given"),
    *("Last dose", "Counted to", "Rule", "Arithmetic", "First day on which it is over", "Summary", "Why", "Missing"),
    *("Who can supply it", "For the investigator", "Fit score by factor", "Conclusion", "Signature", "Name", "today"),
    *("over", "running", "still running", "not known", "Last dose between these days", "Initials, date"),
    *("Subject id and initials", "fit score", "marked", "empty"),
    # Of the page that can be filled in on the screen.
    *("Fill in", "Next open", "Save", "Load", "Print", "{open} of {all} rows open", "Loaded {file}."),
    "Delete, or a second click, empties a box.",
    "Saved as {file}. It holds what was typed: keep it as safe as the chart.",
    "What was typed and not saved will be replaced.",
    "This file is no saved checklist, or it is damaged. Nothing was changed.",
    "This file belongs to another trial ({name}). Nothing was changed.",
    "This file belongs to another patient, rule version or part of the checklist ({name}). Nothing was changed.",
    "Scripts are off in this browser: nothing can be counted, saved or loaded.",
)

# Places in a registry text that are words, the longer first.
PLACES = ("not known", "known", "title")
# The name of a factor, where that is more than its id.
FACTORS = {Factor.INFECTION_IMMUNE.value: "infections and immune system"}
TITLES = {
    Kind.INCLUSION: "Inclusion criteria, {gate}",
    Kind.EXCLUSION: "Exclusion criteria, {gate}",
    Kind.BAND: "General factors",
}
READINGS = {
    Kind.INCLUSION: "Each must be Yes or N-A.",
    Kind.EXCLUSION: "Each must be No or N-A.",
    Kind.BAND: "Yes: fits most trials. No: rarely fits. In between it depends on the trial.",
}
AT = {
    Gate.ENROLLMENT: "at enrollment",
    Gate.LEUKAPHERESIS: "before leukapheresis",
    Gate.LYMPHODEPLETION: "before lymphodepletion",
    Gate.INFUSION: "before infusion",
}
FOOT = ("Completed by", "Verified by", "Investigator")
SIGNED = ("Name", "Signature", "Date")
CONCLUSION = ("All criteria are met", "Not all criteria are met", "Items are still open")
