# ruff: noqa: E501 - one kind of statement a line; targets have Greek letters
"""What pages say that sell: diseases in a row, cells in a bundle, prices, voices, a number taken for a place."""

from __future__ import annotations

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
    "(covid / long covid)",
    "(chronic fatigue / fibromyalgia)",
    "(torn / sports injuries / sports injury / ligament / ligaments / tendon / tendons / meniscus)",
    "(cardiology / cardiovascular / heart problems / high blood pressure)",
    "neurology|neurological",
    "(eczema / skin aging / dermatitis / acne / psoriatic)",
    "(allergy / allergies / hay fever)",
    "(obesity / weight loss / overweight)",
    "(gout / osteoporosis)",
    "(tinnitus / deafness / hearing loss)",
    "epilepsy",
    "(kidney / renal|failing) (failure / disease|kidneys)",
    "(heart / cardiac) (failure / disease|attack)",
    "(stroke / brain injury / spinal cord / paralysis / paraplegia)",
    "(als / lou gehrig / motor neuron)",
    "(hair loss / wrinkles / aging|ageing / anti aging / baldness)",
    "(macular / blindness / vision loss / glaucoma / retinitis)",
    "(hiv / hepatitis / aids|herpes)",
    "(cirrhosis / liver disease / liver failure)",
    "(neuropathy / chronic pain / migraine|migraines)",
    "(depression / anxiety|insomnia|ptsd)",
    "(cancer / cancers|tumors|tumours|mesothelioma|malignant|malignancies|leukemia|sarcoma|oncology|melanoma|tumour|tumor|glioblastoma)",
)
CANCER_FAMILY = f"disease:{len(DISEASES) - 1}"
OFFERED = (
    "(conditions / diseases|illnesses|what|disorders) [that] (we / our|cells|it)",
    "(we / our cells / our product / our method) [also / now / can / successfully] (treat / help / heal / cure / treats / helps)",
    "(conditions / diseases|illnesses|disorders) (treated / helped|we)",
)
HELPS = (
    "we|our|us|treats|helps|heals|help|treat|heal|works|cures|cure|cells|infusion|infusions|therapy|product|same|protocol|drip|program|effective|offer|offers|drug|indicated|vial|single|suffer|sufferers|living|formula|injection|method",
)
NOT_TREATED = (
    "(hospital / hospitals|clinic|center|ward) (treats / treat|cares|sees)",
    "department|departments|wards|specialties|subjects|participants|requiring|symptomatic|clinically|concurrent|uncontrolled|untreated|comorbid*|questionnaire|history",
    "(exclude* / excluded / history of / other (conditions|illnesses|diseases) / also have / besides / autoimmune disease / such as .. disease / rule .. out / side effects / tell us / tell the team / not eligible / cannot / unless / controlled / uncontrolled / active / ineligible / disqualify* / insurance / screen for)",
    "trial|trials|study|studies|studied|research|researchers|investigat*|risk|risks",
)
KINDS = {
    "car_t": ("car t", "cart [cells]", "(engineered / modified|edited|your|armored|reprogrammed|trained) t cells"),
    "nk": ("natural killer", "nk|nkt [cell / cells]", "car nk"),
    "stem": ("stem cell|cells", "msc|mscs", "mesenchymal"),
    "exosome": ("exosome|exosomes",),
    "growth_factor": ("growth (factor / factors)", "prp", "platelet rich"),
    "other_cells": (
        "(dendritic / placenta|placental|thymus|fetal|peptides / peptide|ozone|vitamin|vitamins / nad|hyperthermia) [cell / cells / therapy|drip|infusion|infusions|extract|c|vaccine|iv|blood|tissue]",
    ),
}
COMBINED = (
    "(unite / unites / united / pair / pairing / paired / pairs / mix / mixes / mixed / blend / blends / stack / stacked / both / single / half price / followed by / after your / enhanced / enriched / topped / reinforced / supported)",
    "(combine / combines / combined / combining / combination / together / plus / package / packages / protocol / program / synergy / synergistic / boost / boosted / boosts / alongside / added / add / adds / bundle / bundled / cocktail / course / triple / include / includes / included / comes / complete / all in one)",
)
ON_SALE = (
    "(price / priced / buy / purchase / package / packages / half price / included / order / book / offer / offers / program / protocol / get / receive / course / sale / bundle / cocktail / choose / discount)",
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
