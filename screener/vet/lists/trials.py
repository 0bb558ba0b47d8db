# ruff: noqa: E501 - one kind of statement a line; targets have Greek letters
"""What pages say of cells, approvals and trials: statements and the figures in them."""

from __future__ import annotations

# What a page speaks of.
CELLS = (
    "car t|nk|m|nkt",
    "cart",
    "(cell / cellular / immune / gene) (therapy / therapies / treatment / treatments)",
    "(engineered / modified|immune|killer|living|reprogrammed|own|altered|designer|trained) [immune / t|killer] cells",
    "t cells",
    "the cells",
    "immunotherapy",
)
APPROVED = (
    "approved",
    "licensed",
    "authorized|authorised",
    "(won / received / gained / has / have / got / granted / secured|earned) [full / final / regulatory|official|fda|government|nmpa|ema] (approval / clearance|authorization|authorisation|licensure)",
    "approves|approve",
    "(after / since / with) [its|the|full|fda|regulatory] [fda] approval",
    "(received / won|got|obtained|has|have|gained|earned|holds|with) [full / final|formal|its|official|accelerated|conditional|fda|ema|marketing|regulatory|european|us] [marketing / regulatory|fda] (authorisation / authorization|approval|clearance|licence|license)",
    "(fda / ema / mhra / nmpa / regulators / regulator / government / health canada / authorities / agency) [has / have] [now / just / already / also / fully / finally] (cleared / approved / licensed / accepted / passed / authorised / authorized / okayed / endorsed / blessed)",
    "(approval / blessing|licence|license|clearance|permission) (to / for)",
    "(given / gave|gives|give) [its / their|his|the] (blessing / approval|ok|okay|clearance|permission)",
    "(passed / got|has|have|obtained|holds|hold) [all / every|the|its|their|full|a] (approvals / approval|authorization|authorisation|licence|license)",
    "cleared (for / to treat / as / by the fda)",
    "(commercial / in general / general) (use / sale)",
    "commercially available",
    "(on / to) the market",
    "(sanctioned / okayed / signed off) [on] (by / for)",
    "no longer experimental",
    "(regulators / agencies|authorities) (have / has) (opened the door / given the green light / signed off / said yes)",
    "[fda / regulator] green (light / lit)",
    "fda cleared",
)
APPROVED_ELSE = (
    "approved (by / in) [our / the / a|an] (ethics / institutional / irb / review|insurer|insurance|hospital|bank|minutes|protocol|local)",
    "(insurance|insurer|loan|financing|credit|families|budget|plan|funding) .. approved",
    "approved .. (protocol / loan|financing|credit|study|trial / for financing)",
    "approved to (start / begin / test / enroll / open|proceed|study)",
    "(not / non / un / never) approved",
    "approved by (you / your)",
    "approved therapies|treatments|options|drugs|medicines",
    "(board / committee) .. approved",
    "if [it / this] [is / ever / were] approved",
    "(licensed / authorized) (physician / physicians / doctor / doctors / nurse / nurses / staff / attorney / clinician / reseller / agents / professional / professionals / in the state)",
    "ind (approved / cleared)",
    "cleared .. ind",
)
JURISDICTIONS = {
    "US": ("fda", "food and drug administration", "(united / the) states", "(us / usa|american|america|americans)"),
    "China": ("nmpa", "china|chinese|beijing|shanghai"),
    "EU": ("ema", "european (union / commission / medicines)", "eu|europe"),
    "UK": ("mhra", "uk|britain|england", "united kingdom"),
    "Japan": ("pmda", "japan|japanese"),
}
BLOOD = (
    "blood (cancer / cancers|malignancies)",
    "leukemia|leukemias|lymphoma|lymphomas|myeloma|leukaemia|leukaemias|hematologic|haematological|hematological",
)
SOLID = ("solid (tumor / tumors / tumour / tumours / cancer / cancers)", "solid tumor*", "your (tumor / cancer|tumour)")
EMPHATIC = (
    "(fully / already / now / officially|finally|completely) [an / the|been|fully|officially] approved",
    "approved car t [that / for|which]",
)

PRODUCT = (
    "(the / this|our|its|that|your|an|approved|licensed|authorized|authorised|new) (treatment / therapy / drug / product / medicine / infusion / method / procedure|cure|biologic)",
    "it (is / was|has|got|became)",
)
OTHER_DRUGS = (
    "nivolumab|opdivo|ipilimumab|yervoy|pembrolizumab|keytruda|pemetrexed|alimta|bevacizumab|cisplatin|carboplatin|optune|atezolizumab|durvalumab|lifileucel|amtagvi|tecelra|afami|chemotherapy|immunotherapy|inhibitor|inhibitors|device",
    "tumor treating",
)

# Phase, status and the day of that knowledge.
PHASE = ("phase #|i|ii|iii|iv|one|two|three|ia|ib|iia|iib", "phases # and #")
RECRUITS = (
    "<start> [status] [now / currently|actively|still] recruiting|enrolling [now] <end>",
    "recruiting|enrolling (patients / participants / volunteers|people|adults|now|at|in|new|subjects)",
    "(now / currently / actively / still / is / are / status / enrollment / be / listed as / as) [still / now / currently|actively] (recruiting / enrolling)",
    "recruiting [as / since|by]",
    "(trial / trials / study / studies) .. (recruiting / enrolling)",
    "(open / opened|opening) [now] (to / for) [new / all / more|eligible] (patients / participants / enrollment / accrual / volunteers|recruitment|people|enrolment)",
    "(accepting / taking / accepts / admitting / welcoming / seeking / looking for) [new / more|additional|eligible] (patients / participants / volunteers|subjects|enrollees)",
    "(enrollment / recruitment|accrual|enrolment) (is / has|remains|now) [now / been|currently] (open / opened / ongoing / under way / started / begun)",
    "<start> (open / enrolling / recruiting) [now] <end>",
    "# .. (open / enrolling / recruiting) <end>",
    "(seeks / seeking / seek / needs / need / wants / want / looking for / invites / inviting) [for / # / more / new / the / adult / healthy] [new / more / further / eligible / adult / mesothelioma] (participants / volunteers / subjects / enrollees)",
    "(trial / study) (seeks / seeking / needs / wants / looks for / is looking for / takes / accepts / enrolls / enrols / recruits) .. (participants / volunteers / subjects / patients / people / adults)",
    "(places / slots|spots|place|slot|spot) .. (cohort / arm|study|trial|group) [have / are|has|is|still] (open / opened|available|free|left)",
    "(can / may / could) still (get into / join / enter / enroll / enrol / get in / sign up / apply / take part)",
    "(enrolling / recruiting) (the|its|a|their) [first / second / third|next|last|final|new] (dose / group|cohort|patients|participants|arm|stage)",
    "(enrolment / enrollment / recruitment / accrual) (continues / has begun / ongoing / began / started / under way / underway)",
    "now (enrolling / recruiting|open|accepting)",
    "(status / enrollment|enrolment|recruitment|accrual) (open / recruiting|enrolling|active|ongoing) <end>",
    "(still / currently / presently / actively) (enrolling / recruiting / accepting / open / taking / looking for / admitting) [patients / people / for / participants]",
    "(spots / places|slots) (are / remain|still) (open / available|left|free)",
)
NOT_RECRUITS = (
    "(not / no longer / not yet / stopped / finished / ceased|done|before|end|ended|completed|paused|never|once|while|was|were) [still|been|now|yet] (recruiting / enrolling|open|accepting|taking)",
    "(recruiting / enrolling) (by / invitation|soon|staff|team|cells)",
    "active not recruiting",
    "recruiting [new|more|research|study|trial|clinical] (nurses / nurse|staff|coordinators|doctors|physicians|managers|assistants|scientists)",
)
STATUS_OTHER = (
    "active [but] [and] (not / no longer) recruiting",
    "(not yet / not / no longer / stopped / finished) (recruiting / enrolling|open|accepting)",
    "closed [to|for] [new] (accrual / enrollment / recruitment|patients|participants|enrolment|in)",
    "(trial / study / enrollment|recruitment|status|it) (is / was / has / has been / now) [now / been] (completed / terminated / suspended / withdrawn / closed|paused|finished)",
    "(has been / was|been|were) (completed / terminated|suspended|withdrawn|halted|stopped|closed|paused|finished)",
    "(suspended / stopped|paused|closed|ended|halted|resumed|finished|completed) [its|the|all] (enrolment / enrollment|recruitment|accrual|trial|study)",
    "<start> [trial / study|recruitment|enrollment|enrolment] [status] (open / closed|recruiting) [to|for|as|since|until|at|in]",
    "(phase # / phase # # / phase i / phase ii) .. (open / closed / recruiting / ongoing / enrolling)",
    "<start> [status] (completed / terminated / suspended / withdrawn|closed|active) <end>",
)
KNOWLEDGE = (
    "as (of / at)",
    "(looked / look) [it|this|them] up",
    "(checked / verified / accessed / retrieved / confirmed|consulted)",
    "last (update / change|check|verification|review|revision|look|edit)",
    "last (updated / checked / reviewed / revised / modified / verified|edited|changed|looked)",
    "(updated / reviewed / revised / written|current|information|status|data|list) (on / in / of|from|at)",
    "(updated / reviewed / revised / updated on)",
    "(status / correct / current / accurate|true) [as] (on / at / of|in)",
)

# Numbers that speak of people and of survival.
PEOPLE = (
    "#|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty [evaluable / treated / heavily / adult / mesothelioma / more / of the / other / first / such / pretreated / men and] (patients / people / participants / adults / women / men|subjects|volunteers|persons|others|children)",
    "(first / all / of / of the / in / among) #|three|four|five|six|seven|eight|nine|ten|eleven|twelve (patients / people / participants|treated|who|were|received|infused|had|given|evaluable)",
    "n #",
    "(two / three|four|five|six|seven|eight|nine|ten|#) of (them / these|those)",
    "#|two|three|four|five|six|seven|eight|nine|ten of [the] [first] #|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty",
)
SURVIVAL = (
    "lifespan|lifespans",
    "time (you have left / they have left / left)",
    "years of life",
    "(extend / extends|prolong|prolongs|lengthen|lengthens|longer) [your|their|the|by] (life / lives|survival)",
    "(live / lives|lived) # (yrs / years|year|months|yr)",
    "(reach / reached / reaches / see / make it to / pass / passed) .. (year / years) (mark / milestone)",
    "lived .. (times / longer)",
    "(one / two|three|four|five|six|#) [or more] (more / extra|additional|added) (years / months)",
    "(times / twice) as long",
    "(add / adds|added|gain|gains|gained|extra) .. (years / months) [to / of|more]",
    "(outlive / outlives|outlived)",
    "survival|survive|survived|survives|surviving|survivors",
    "alive",
    "lived|live|lives|living (for / up to / an average / on average / at least / more / another / another / longer / beyond / past / well) .. (years / year / months|month)",
    "lived|live .. (years / months / longer)",
    "life expectancy",
    "still (here / living / with us)",
    "outlived",
)
FIGURE = (
    "# [% / percent / per / in / out of / cent / point / months / month / years / year / times]",
    "one|two|three|four|five|six|seven|eight|nine|ten|eighteen|twenty|dozen|many|several|twice|half|double (years / year / months / month / in / out of / the / as)",
    "(half / most / quarter / third / majority / nine in ten / eight in ten) [of]",
    "(triple / triples|tripled|quadruple|quadruples|quadrupled|doubles|doubled|twice|twofold|threefold) [the|your|their|his|overall|median|expected] (survival / life|lifespan|time|as|years|months)",
    "(two / three|four|five|ten) (times / fold)",
    "(two / three|four|five) (extra / more|additional|added) (years / months)",
)
NOT_SURVIVAL = (
    "survival (refers / is defined / was defined / period / of the (cells / graft / third))",
    "(t / immune / most / frozen / transferred / infused / of the / percent of / thawed) cells [that] (survive / survived|survives)",
    "(questionnaire / questionnaires / quality of life / symptom score / scale / endpoint / endpoints / end point / defined as / prognosis / life expectancy of at least / asbestos)",
    "(free survival / survival was measured / survival will be / survival is measured)",
)
GIVEN = (
    "(given / treated|received|receiving|took|got|infused|after|with) [the|our|these|this|engineered|car|immune|it]",
    "our patients|guests|clients",
    "(the / our|one|this|these|an|single) (infusion / infusions|cells|therapy|treatment|protocol)",
    "(patients / participants|people) (treated / given / receiving / who received / in the / on)",
)
STUDY = (
    "trial|trials|study|studies|checkmate|registry",
    "phase #|i|ii|iii",
    "nct*",
    "published (in / by)",
)
TREATS_AT = (
    "(infusion / infusions / cells / treatment / participants / patients / volunteers) (are / is / will be / get / receive) [given / treated / infused / cared / housed / seen]",
    "<start> (location / locations|site|sites|where|center|centers|centre|contact)",
    "(treated / given|infused|enrolled) (at / in|on)",
)
COMPARES = ("(against / versus / vs / compared|comparison|control)",)

SAME = (
    "(same / one) (stuff / product|infusion|cells|treatment|therapy|protocol|drip|drug|method|living|injection|medicine|thing)",
    "(nearly / almost / just about) everything",
    "(alike / whether you / no matter which / whatever the)",
)
