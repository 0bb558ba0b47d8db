# ruff: noqa: E501, RUF001 - one kind of statement a line; targets have Greek letters
"""Words that several checks go by: phrases under labels, in the language of screener/vet/phrases.py."""

from __future__ import annotations

# What turns a statement into its opposite, and what only looks so.
NEGATION = (
    "no|not|never|none|nobody|neither|nor|without|cannot|cant|dont|doesnt|didnt|isnt|wasnt|arent|werent|wont|wouldnt",
    "hasnt|havent|shouldnt|couldnt|hardly|unlikely",
    "no one",
    "rather than",
    "instead of",
    "far from",
    "too early to",
    "nothing",
)
NOT_NEGATION = (
    "not (only / just / merely / simply)",
    "no (matter / doubt / wonder / need / longer|waiting|travel)",
    "nothing (but / less than / else)",
    "(do / does / will) not .. wait",
    "never (before / again)",
    "(cannot / can not / could not) .. (believe / wait)",
    "why not",
    "when no|nothing [one|else]",
    "where nothing|none",
    "if nothing",
    "even if|when .. not",
)
# Who speaks so, or what is said of it, when it is quoted in order to warn.
WARNING = (
    "beware",
    "red (flag / flags)",
    "warning (sign / signs)",
    "(be / stay) (wary / careful / cautious / skeptical / suspicious|alert)",
    "(be / become) .. (wary / cautious / skeptical / suspicious) of",
    "(watch / look) out for",
    "(walk / run|stay) away",
    "scam|scams|scammers|fraud|fraudulent|fraudsters|quack|quacks|quackery",
    "misleading|mislead|misleads|misled|deceived|deceive|deceptive|dishonest|bogus",
    "false (claim / claims / hope / promise / promises / advertising)",
    "(myth / myths / hype)",
    "too good to be true",
    "not (describing / telling you / medicine)",
    "(should / must|do|does|would|can) (not / never)",
    "shouldnt|mustnt",
    "(should / must|to) avoid",
    "never (pay / send / trust / sign / believe)",
    "(do not / dont|never) (believe / trust / fall for / pay / send / be fooled)",
    "reason to (doubt / walk / worry / be careful / ask)",
    "(no / not) (reputable / serious|honest|real|legitimate) (center / clinic / doctor / trial / team / study / page)",
    "unproven (treatments / therapies / claims|clinics)",
    "(is / are|was|were) (not evidence / not proof / no proof / false / untrue / wrong / a lie / nonsense / unfounded)",
    "not (evidence / proof)",
    "protect yourself",
    "so called",
    "low trust",
)
REPORT = (
    "(anyone / anybody / someone / somebody / those / whoever / everyone / whoever) [who] .. (says / say / claims / promises / offers / tells / wants / asks / advertises / sells / charges / guarantees)",
    "(clinics / clinic / websites / website / sites / pages / sellers / companies / ads / advertisements / some|others|center|they|offer|people) [that / who / which] [may / might / will|can|often|sometimes] (say / says / claim / claims / promise / promises / tell / tells / want / wants / asked|ask|asks / advertise / advertises / sell / sells / charge / charges / demand|demands|urge|urges|sent|offered)",
    "if [a / an / any / anyone / anybody / someone / somebody / they / the|your] (clinic / page / website / center / company / anyone / anybody / someone / somebody / they / site|offer|doctor|seller)",
    "(claim / claims / claimed / claiming|purport|purports|alleged|allegedly|supposedly|purported)",
    "(language / phrases / words|terms|promises|statements|wording) (like / such as / that)",
    "ask (whether / if / how|why)",
    "(asked / asks) (us / me / you|them|families) for",
    "told (us / me / them) that",
)
HEDGE = (
    "may|might|could|whether|perhaps|possibly",
    "(would / will) be (wrong / dishonest / a mistake / unfair / premature)",
    "(hope / hopes|hoped|hoping|aim|aims) (to / that)",
    "(in / within) (the future / future|mice|animals)",
)
IF_SO = ("if|when|unless|until|suppose",)
TAKEN_BACK_AFTER = (
    "(is / are|has|have|was|were|does|do|will) (not / never|no|yet)",
    "(is / are|was|were) (a|an|the) (myth / lie / mistake|exaggeration|fantasy|warning)",
    "(isnt / arent|hasnt|havent|wasnt|doesnt|dont|remains)",
    "(one day / someday / some day)",
)
POINTS_BACK = ("<start> [and / but / so] (that / this / these / those / such / it / both / all of these)",)
ASKS_BACK = (
    "(is / are / isnt / doesnt / does / was|can|could|should) (that / this / it / they|these) .. (normal / true / real / safe / legitimate|legal|ok|okay|right|mean|possible|scam|work)",
    "doesnt that|this mean",
)

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
)
NOT_RECRUITS = (
    "(not / no longer / not yet / stopped / finished / ceased|done|before|end|ended|completed|paused|never|once|while|was|were) [still|been|now|yet] (recruiting / enrolling|open|accepting|taking)",
    "(recruiting / enrolling) (by / invitation|soon|staff|team|cells)",
    "active not recruiting",
)
STATUS_OTHER = (
    "active [but] [and] (not / no longer) recruiting",
    "(not yet / not / no longer / stopped / finished) (recruiting / enrolling|open|accepting)",
    "closed [to|for] [new] (accrual / enrollment / recruitment|patients|participants|enrolment|in)",
    "(trial / study / enrollment|recruitment|status|it) (is / was / has / has been / now) [now / been] (completed / terminated / suspended / withdrawn / closed|paused|finished)",
    "<start> [status] (completed / terminated / suspended / withdrawn|closed|active) <end>",
)
KNOWLEDGE = (
    "as (of / at)",
    "(looked / look) [it|this|them] up",
    "(checked / verified / accessed / retrieved / confirmed|consulted)",
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
    "#|two|three|four|five|six|seven|eight|nine|ten of [the] [first] #|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty",
)
SURVIVAL = (
    "survival|survive|survived|survives|surviving|survivors",
    "alive",
    "lived|live|lives|living (for / up to / an average / on average / at least / more / another / another / longer / beyond / past / well) .. (years / year / months|month)",
    "lived|live .. (years / months / longer)",
    "life expectancy",
    "still (here / living / with us)",
    "outlived",
)
A_FIGURE = (
    "# [% / percent / per / in / out of / cent / point / months / month / years / year / times]",
    "one|two|three|four|five|six|seven|eight|nine|ten|eighteen|twenty|dozen|many|several|twice|half|double (years / year / months / month / in / out of / the / as)",
    "(half / most / quarter / third / majority / nine in ten / eight in ten) [of]",
)
GIVEN = (
    "(given / treated|received|receiving|took|got|infused|after|with) [the|our|these|this|engineered|car|immune|it]",
    "(patients / participants|people) (treated / given / receiving / who received / in the / on)",
)
STUDY = (
    "trial|trials|study|studies|checkmate|registry",
    "phase #|i|ii|iii",
    "nct*",
    "published (in / by)",
)
COMPARES = ("(against / versus / vs / compared|comparison|control)",)

# Diseases that have nothing to do with each other; what stands in one line is one family.
DISEASES = (
    "(diabetes / diabetic)",
    "(autism / autistic / adhd / cerebral palsy / down syndrome)",
    "(arthritis / osteoarthritis / joint pain / knee pain / back pain / cartilage)",
    "(parkinson / parkinsons)",
    "(alzheimer / alzheimers / dementia)",
    "(multiple sclerosis / lupus / rheumatoid|crohn|crohns|psoriasis|myasthenia|scleroderma|sjogren|colitis / autoimmune)",
    "(copd / emphysema / asthma / pulmonary fibrosis)",
    "lyme",
    "(erectile / infertility / impotence|menopause)",
    "(covid / long covid / chronic fatigue / fibromyalgia)",
    "(kidney / renal|failing) (failure / disease|kidneys)",
    "(heart / cardiac) (failure / disease|attack)",
    "(stroke / brain injury / spinal cord / paralysis / paraplegia)",
    "(als / lou gehrig / motor neuron)",
    "(hair loss / wrinkles / aging|ageing / anti aging / baldness)",
    "(macular / blindness / vision loss / glaucoma / retinitis)",
    "(hiv / hepatitis / aids|herpes)",
    "(cirrhosis / liver disease / liver failure)",
    "(neuropathy / chronic pain / migraine)",
    "(depression / anxiety|insomnia|ptsd)",
    "(cancer / cancers|tumors|tumours|mesothelioma|leukemia|sarcoma)",
)
CANCER_FAMILY = "disease:20"
NOT_TREATED = (
    "(exclude* / excluded / history of / other (conditions|illnesses|diseases) / also have / besides / autoimmune disease / such as .. disease / rule .. out / side effects / tell us / tell the team / not eligible / cannot / unless / controlled / uncontrolled / active / ineligible / disqualify* / insurance / screen for)",
    "trial|trials|study|studies|studied|research|researchers|investigat*|risk|risks|causes|cause",
)
KINDS = {
    "car_t": ("car t", "cart [cells]"),
    "nk": ("natural killer", "nk|nkt [cell / cells]", "car nk"),
    "stem": ("stem cell|cells", "msc|mscs", "mesenchymal"),
    "exosome": ("exosome|exosomes",),
    "growth_factor": ("growth (factor / factors)", "prp", "platelet rich"),
    "other_cells": (
        "(dendritic / placenta|placental|umbilical|thymus|fetal|peptides / peptide|ozone|vitamin|vitamins / nad|hyperthermia) [cell / cells / therapy|drip|infusion|infusions|extract|c|vaccine|iv|blood|tissue]",
    ),
}
COMBINED = (
    "(combine / combines / combined / combining / combination / together / plus / package / packages / protocol / program / synergy / synergistic / boost / boosted / boosts / alongside / added / add / adds / bundle / bundled / cocktail / course / triple / include / includes / included / comes / complete / all in one)",
)
TOLD_APART = (
    "(different / distinct / differs / differ / unlike / versus / vs / separate / not the same / compared / transplant / transplants / transplantation / comparison / distinguish / trial / trials / study / studies / research)",
)

# A price, and what is bought for it.
MONEY = ("$|€|£|usd|eur|gbp|aud|cad|chf|us #", "# $|€|£|usd|eur|gbp|dollars|euros|pounds|francs")
SOLD = (
    "(treatment / treatments / therapy / infusion / infusions / cells / package / packages / program / programs / protocol / dose / doses / session / sessions / nights / participants / guests / inclusive / deposit / hold / bed / place / slot / investment / participate / course / manufacture / procedure / car t / enroll / join / per patient / couples)",
)
NOT_SOLD = (
    "(million / billion|settlement|settlements|compensation|verdict|trust|trusts|fund|funds|grant|grants|raised|donat* / donated / insurer / insurance / medicare / reimburse* / reimbursed / award / awarded / jury / investors / market / shares / revenue / funding / lawsuit / prize / budget / medicaid / free of charge / parking / stipend / paid to you / acquisition / annual / copay)",
)

# Voices.
SELF = ("i|my|me|we|our|us|im|ive|mine|myself|dad|mom|mum|husband|wife|mother|father|son|daughter",)
BETTER = (
    "(could not / couldnt / cannot / can not / did not / didnt) .. (find / see / believe) [a|any|it|the] [single] [tumor / cancer|eyes|trace|sign|anything]",
    "(tumor / tumors / cancer / scan / scans / mesothelioma|nodules|pain|it|fluid) .. (gone / vanished / disappeared / clear / clean / shrank / shrunk|melted|smaller|empty)",
    "(alive / breathing) .. (because / thanks / today|now|still|again|years)",
    "(because|thanks) (of / to) .. (clinic / cells / doctors|team|treatment|infusion|therapy|you|them)",
    "back (on / at / to / in) [my / the|our|his|her|work]",
    "threw .. (cane / crutches / wheelchair / oxygen|pills|walker)",
    "(walk / walking / walked / dance / dancing / danced / run|running / hiking|golfing|swimming|gardening|fishing|playing) .. (again / kilometers / miles|without|daughter|wedding|grandchildren|every|my)",
    "(cancer / tumor) free",
    "in [full / complete|total] remission",
    "(gave / given|giving|got|have|handed) [me / us / him|her] .. (life / dad / husband|mother|wife|father|years) back",
    "(saved / save|saving|changed) (my / our / his / her) .. life",
    "saved me|him|her|us",
    "(given / gave|had) [me / him / her|only|us] .. (weeks / months|year) [to live / left]",
    "miracle|miraculous|reborn|cured|healed|unbelievable|amazing results",
    "feel [so / like / much] (better / great / wonderful|young|younger|new|alive|fantastic|#|stronger|myself)",
    "(after / since / following / within / days after / weeks after) [my|the|his|her|just|only|one|two|three|day|week] .. (infusion / infusions / treatment / therapy / injection|days|six|session|sessions|cells|program)",
    "nearly|almost (killed / died)",
    "(years / months) later .. (still / here|am|alive|i)",
    "energy|appetite|strength .. (back / returned|came)",
)
EXPERT = (
    "(dr / professor / prof|oncologist|surgeon|researcher|researchers|investigator|investigators|physician|scientist|director|chief|author|nurse|spokeswoman|spokesman|spokesperson|analyst|executive|ceo|editor|attorney|md|phd)",
)
SAID = (
    "(said / says / told|explained|explains|added|adds|wrote|writes|noted|notes|warned|warns|according|cautioned|cautions)",
)
IF = ("if|would|should|unless|whether",)

# An NCI number and the place.
AT_NCI = (
    "at the (national cancer institute / nci / nih)",
    "(at / in|to|from|inside|near) [the] (national cancer institute / nci / nih / national institutes of health) [clinical|campus|in|center|s]",
    "(national cancer institute / nci / nih) (site / campus / location / hospital / clinic / facility / clinical center / in bethesda / runs / is running / hosts / treats / gives / is the / offers / itself / location)",
    "(the|an) nci (site / trial site / location / center / hospital / center)",
    "bethesda [maryland]",
)
HAPPENS = (
    "(happening / happens / testing / tests / tested / run / runs / running / held / conducted / takes / taking / place / located / offered / offering / performed / open / based / carried / go / travel / means / mean / meaning / shows / tells / so / under way / given / enrolling / recruiting / recruits / treated / treats / site / therefore / hosted / available / fly / flights / which)",
)

# Spellings of what cells are aimed at. After domain.md 2.2 and the targets of criteria/landscape.yaml, with the gene
# names of HGNC where a record would use them.
TARGETS = {
    "mesothelin": ("mesothelin", "msln", "msln*"),
    "claudin 18.2": ("claudin [18.2]", "cldn18.2", "claudin18.2", "cldn 18.2"),
    "GPC3": ("gpc3", "gpc 3", "glypican 3"),
    "EGFR": ("egfr", "egfrviii", "epidermal growth factor receptor"),
    "IL13Ra2": ("il13rα2|il13ra2", "il13r alpha 2", "il 13 receptor"),
    "FAP": ("fap", "fibroblast activation protein"),
    "HER2": ("her2", "her 2", "erbb2"),
    "CEA": ("cea", "ceacam5", "carcinoembryonic antigen"),
    "WT1": ("wt1", "wt 1", "wilms tumor 1"),
    "MAGE-A4": ("mage a4", "magea4", "mage a3|a10|a1"),
    "NY-ESO-1": ("ny eso 1", "nyeso1"),
    "PRAME": ("prame",),
    "PSMA": ("psma", "prostate specific membrane antigen"),
    "PSCA": ("psca", "prostate stem cell antigen"),
    "GD2": ("gd2", "disialoganglioside"),
    "B7-H3": ("b7 h3", "b7h3", "cd276"),
    "MUC1": ("muc1", "muc 1", "muc16", "muc 16"),
    "EpCAM": ("epcam",),
    "ROR1": ("ror1",),
    "GUCY2C": ("gucy2c", "gcc", "guanylyl cyclase c"),
    "folate receptor": ("folate receptor",),
    "AFP": ("alpha fetoprotein",),
    "CD19": ("cd19",),
    "BCMA": ("bcma",),
    "CD70": ("cd70",),
    "DLL3": ("dll3",),
    "TROP2": ("trop2", "trop 2"),
    "KRAS": ("kras g12d|g12v",),
    "5T4": ("5 t4",),
    "NKG2D": ("nkg2d",),
    "LeY": ("lewis y",),
}
ORGANS = (
    "(lung / pancreas / pancreatic / liver / ovarian / ovary / breast / brain / colon / colorectal / bowel / stomach / gastric / kidney / renal / prostate / bladder / skin / bone / cervical / uterine / endometrial / thyroid / esophageal / head and neck / throat / biliary / bile duct / testicular / anal / pleural / peritoneal / rectal) (cancer / cancers / tumor / tumors / tumour / tumours / carcinoma / carcinomas)",
    "(cancer / cancers / tumor|carcinoma|tumors) of the (lung / lungs / pancreas / liver / ovary / ovaries / breast / brain / colon / bowel / stomach / kidney / kidneys / prostate / bladder / skin / bone / cervix / uterus / thyroid / esophagus / gullet / throat / bile ducts / bile duct / pleura / peritoneum)",
    "(liver / brain|lung) (cancer / tumor) (related / strategies)",
    "(gastric / pancreatic|stomach) (or / and|type) [pancreatic|gastric|type]",
    "(mesothelioma / mesotheliomas / melanoma / glioblastoma / neuroblastoma / hepatoma / cholangiocarcinoma / osteosarcoma / sarcoma / sarcomas / glioma / gliomas|lymphoma|leukemia|myeloma|thymoma|retinoblastoma|nsclc|adenocarcinoma)",
)


def labels() -> dict[str, tuple[str, ...]]:
    """All of them by label."""
    return {
        "negation": NEGATION, "not_negation": NOT_NEGATION, "warning": WARNING, "report": REPORT, "hedge": HEDGE, "if_so": IF_SO, "taken_back_after": TAKEN_BACK_AFTER,
        "points_back": POINTS_BACK, "asks_back": ASKS_BACK, "cells": CELLS, "approved": APPROVED,
        "approved_else": APPROVED_ELSE, "blood": BLOOD, "solid": SOLID, "emphatic": EMPHATIC, "phase": PHASE,
        "recruits": RECRUITS, "not_recruits": NOT_RECRUITS, "status_other": STATUS_OTHER, "knowledge": KNOWLEDGE,
        "people": PEOPLE, "survival": SURVIVAL, "figure": A_FIGURE, "given": GIVEN, "study": STUDY,
        "compares": COMPARES, "not_treated": NOT_TREATED, "combined": COMBINED, "told_apart": TOLD_APART,
        "money": MONEY, "sold": SOLD, "not_sold": NOT_SOLD, "self": SELF, "better": BETTER, "expert": EXPERT,
        "said": SAID, "if": IF, "at_nci": AT_NCI, "happens": HAPPENS, "organs": ORGANS,
        **{f"disease:{number}": (phrase,) for number, phrase in enumerate(DISEASES)},
        **{f"kind:{name}": phrases for name, phrases in KINDS.items()},
        **{f"by:{name}": phrases for name, phrases in JURISDICTIONS.items()},
        **{f"target:{name}": phrases for name, phrases in TARGETS.items()},
    }  # fmt: skip
