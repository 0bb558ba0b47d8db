"""Invented patients, drawn from a seed: people who ask a patient navigator about CAR-T cells for mesothelioma.

None of them exists, and no share was fitted to a trial's limits. The shares stand in the modules shares_*.py, relative
to each other: those of one table need not add up to one or to a hundred; chances are fractions of one. They are our
assumptions, what seems plausible to us and no more, except where a source is named here or beside them; they measure
the program and say nothing of the disease.

- Cancer: pleural mesothelioma 70 % (epithelioid 64 %, biphasic 14 %, sarcomatoid 10 %, type not said 12 %), peritoneal
  8 %, of another site 1 %; ovary 5 %, pancreas 4 %, lung adenocarcinoma 4.5 %, bile duct 3 %, breast 2 %, blood 1.5 %,
  others 1 %. Age, sex, spread, fluid, operations, clots and drugs depend on it; ages lie between 38 and 88.
- Mesothelin: on most epithelioid tumors and few sarcomatoid ones, as the project's documents say; a share of cells is
  drawn, the strength follows it, and a biphasic tumor carries it in its epithelioid part alone. Half were not stained.
- HLA-A*02: 46 % have it, one in seven was typed. The tumor has lost it in 19.6 % (pancreas), 23.1 % (lung) and 15.6 %
  (bowel) of those with one copy (abstract of Tempus on HLA loss), elsewhere in 18 %.
- Treatment: none in 9 %, else one to five lines; a fifth still have the last, the others had its last dose 55 days ago
  (median) and years ago at most. In mesothelioma ipilimumab with nivolumab (the standard since CheckMate 743) or
  pemetrexed with platinum comes first, then what was not given yet; a later line is at times a trial drug, or cells, of
  which prior_car_t and its kin follow. Side effects, steroids against nausea, growth factors and low counts follow
  chemotherapy; thyroid and lung inflammation follow checkpoint inhibitors.
- Performance: ECOG 0 or 1 in three of four, worse from 75 years on. Karnofsky goes with it by the customary table and,
  less often, that of Prasad 2018 (5,844 pairs); mostly one of the two is written down. Life expectancy, albumin,
  breathing and oxygen follow ECOG.
- Spread to the liver raises AST and ALT, a blocked bile duct these and bilirubin, Gilbert syndrome bilirubin alone.
  Clearance is that of Cockcroft and Gault, written down for few; eGFR that of CKD-EPI 2021.
- Heart attack, narrow arteries, arrhythmia, heart failure and the ejection fraction go together; a clot or atrial
  fibrillation leads to blood thinners, and warfarin to a high INR. A second cancer (19 %) has its depth and dates.
- Missing: what is seldom tested, what a family does not know, and rarely what somebody declines, in groups that are
  missing together. Planned dates are never known. A detail that does not concern the patient has its natural answer
  (never, no), else it is missing as not done.
"""

from benchmarks.invented.draft import Raw
from benchmarks.invented.patient import Invented, invent

__all__ = ["Invented", "Raw", "invent"]
