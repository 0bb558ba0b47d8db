# ruff: noqa: E501 - one kind of statement a line; targets have Greek letters
"""What turns a statement into its opposite or takes it back, and what only looks so."""

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
    "(should / must|would) (not / never)",
    "<start> (do not / dont / never) .. (pay / send|trust|believe|sign|leave|give|wire|skip|refuse|let|book|rely|fall)",
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
    "(is / are) [only / just] a (line / trick / tactic / pitch / sales / ploy / slogan / bait)",
    "you will hear (from / this)",
    "tells you nothing",
    "(often / usually|typically|mostly) (comes / come) from",
)
NOT_WARNING = (
    "(no / not a / isnt a / is not a / not) (scam / hype / myth / fraud)",
    "(thought / worried|afraid|feared|wondered|wondering) .. (scam / fraud|hype|true)",
    "(scared / sceptical|skeptical) (at first / until / but)",
)
SALES_QUESTION = (
    "<start> [are you / still / do you / so / and] (looking / searching / tired / ready / want / wanting / wish / dreaming / sick / desperate / imagine / prefer / need)",
    "<start> (why / what) (settle / wait / suffer / choose / put / if / not / go through / endure / would / risk)",
    "<start> did you know",
    "<start> [have you / been] (told / diagnosed / given up)",
)
REPORT = (
    "(anyone / anybody / someone / somebody / those / whoever / everyone / whoever) [who] .. (says / say / claims / promises / offers / tells / wants / asks / advertises / sells / charges / guarantees)",
    "(clinics / clinic / websites / website / sites / pages / sellers / companies / ads / advertisements / some|others|center|they|offer|people) [that / who / which] [may / might / will|can|often|sometimes] (say / says / claim / claims / promise / promises / tell / tells / want / wants / asked|ask|asks / advertise / advertises / sell / sells / charge / charges / demand|demands|urge|urges|sent|offered)",
    "if [a / an / any / anyone / anybody / someone / somebody / they / the|your] (clinic / page / website / center / company / anyone / anybody / someone / somebody / they / site|offer|doctor|seller)",
    "(claim / claims / claimed / claiming|purport|purports|alleged|allegedly|supposedly|purported)",
    "(language / phrases / words|terms|promises|statements|wording) (like / such as / that)",
    "ask (whether / if / how|why)",
    "(asked / asks) (us / me / you|them|families) for",
    "(some / many|certain|other) [web / online|foreign|private] (clinics / pages / websites / sites|sellers|companies|ads|centers|people) .. (write / say / present / show / call / use|claim|promise|sell|describe|offer|advertise|tell|treat)",
    "(a / any / an|the|every) (page / website / clinic / ad|advertisement|flyer|site|seller|company|doctor|letter|brochure) (that / which|who) .. (says / claims / promises / tells / asks / offers|guarantees|wants|charges|demands|lists|names|shows|calls|sells|presents|speaks)",
    "(often / usually|typically|mostly) (comes / come / is|are) (from / run by)",
    "told (us / me / them) that",
)
HEDGE = (
    "may|might|could|perhaps|possibly",
    "whether (it|this|that|they|the|these|car|cells|a|an|there|such|he|she|your|cell|immunotherapy|any|or|and|to)",
    "(would / will) be (wrong / dishonest / a mistake / unfair / premature)",
    "(hope / hopes|hoped|hoping|aim|aims) (to / that)",
    "(in / within) (the future / future|mice|animals)",
)
IF_SO = ("if|when|unless|until|suppose",)
TAKEN_BACK_AFTER = (
    "(is / are|has|have|was|were|does|do|will) (not / never|yet)",
    "(is / are / was / were) no (proof / evidence / guarantee / reason / sign / cure / approval / more than)",
    "(is / are|was|were) (a|an|the) (myth / lie / mistake|exaggeration|fantasy|warning)",
    "(isnt / arent|hasnt|havent|wasnt|doesnt|dont|remains)",
    "(one day / someday / some day)",
)
POINTS_BACK = ("<start> [and / but / so] (that / this / these / those / such / it / both / all of these)",)
ASKS_BACK = (
    "(is / are / isnt / doesnt / does / was|can|could|should) (that / this / it / they|these) .. (normal / true / real / safe / legitimate|legal|ok|okay|right|mean|possible|scam|work)",
    "doesnt that|this mean",
)
