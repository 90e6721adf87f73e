"""Other people's labels in our themes: the one place where they are translated, for training and for measuring.

ReliefWeb's editors tag a report with broad subjects; the CASE 2021 event types follow ACLED's sub-events; the Universal
Periodic Review labels recommendations by issue. A label we have no single theme for is left out, never forced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .themes import Lexicon

# Editors' subjects -> theme. Climate reports are disaster reports to us; HIV is health; aid money and gifts are
# funding;
# logistics reports are about how aid is organised. "Protection" and "Safety and Security" are our two general themes.
RELIEFWEB = {
    "Agriculture": "farming_land",
    "Climate Change and Environment": "disaster",
    "Contributions": "funding",
    "Coordination": "coordination",
    "Disaster Management": "disaster",
    "Education": "education",
    "Food and Nutrition": "food",
    "Gender": "gender_persecution",
    "HIV/Aids": "health",
    "Health": "health",
    "Humanitarian Financing": "funding",
    "Logistics and Telecommunications": "coordination",
    "Mine Action": "mines_erw",
    "Peacekeeping and Peacebuilding": "ceasefire_peace",
    "Protection and Human Rights": "human_rights",
    "Recovery and Reconstruction": "recovery",
    "Safety and Security": "insecurity",
    "Shelter and Non-Food Items": "housing",
    "Water Sanitation Hygiene": "water",
}

# Event type -> theme. OTHER has none. Weapons found or defused are explosive hazards; looting and burning are damage to
# property; every form of protest and riot is unrest; blame and denial between states is diplomacy.
CASE2021 = {
    "ABDUCT_DISSAP": "abduction",
    "AGREEMENT": "ceasefire_peace",
    "AIR_STRIKE": "shelling_airstrike",
    "ARMED_CLASH": "armed_clash",
    "ARREST": "arbitrary_detention",
    "ART_MISS_ATTACK": "shelling_airstrike",
    "ATTACK": "attack_on_civilians",
    "ATTRIB": "diplomacy",
    "CHANGE_TO_GROUP_ACT": "territorial_control",
    "CHEM_WEAP": "shelling_airstrike",
    "DIPLO": "diplomacy",
    "DISR_WEAP": "mines_erw",
    "FORCE_AGAINST_PROTEST": "unrest",
    "GOV_REGAINS_TERIT": "territorial_control",
    "GRENADE": "explosive_attack",
    "HQ_ESTABLISHED": "territorial_control",
    "MAN_MADE_DISASTER": "disaster",
    "MOB_VIOL": "unrest",
    "NATURAL_DISASTER": "disaster",
    "NON_STATE_ACTOR_OVERTAKES_TER": "territorial_control",
    "NON_VIOL_TERRIT_TRANSFER": "territorial_control",
    "ORG_CRIME": "crime",
    "PEACE_PROTEST": "unrest",
    "PROPERTY_DISTRUCT": "property",
    "PROTEST_WITH_INTER": "unrest",
    "REM_EXPLOS": "explosive_attack",
    "SEX_VIOL": "gender_persecution",
    "SUIC_BOMB": "explosive_attack",
    "VIOL_DEMONSTR": "unrest",
}
EVENT_THEMES = tuple(sorted(set(CASE2021.values())))

# Issues of the Universal Periodic Review -> theme, where one fits. Treaty bodies, national plans and the like have
# none.
UPR = {
    "Torture and other CID treatment": "torture",
    "Justice": "fair_trial",
    "Impunity": "fair_trial",
    "Detention": "arbitrary_detention",
    "Minorities": "minorities",
    "Indigenous peoples": "minorities",
    "Racial discrimination": "minorities",
    "Right to education": "education",
    "Trafficking": "trafficking",
    "Labour": "work",
    "Death penalty": "death_penalty",
    "Disabilities": "social_protection",
    "Poverty": "social_protection",
    "Freedom of opinion and expression": "expression",
    "Freedom of the press": "expression",
    "Human rights defenders": "expression",
    "Freedom of association and peaceful assembly": "assembly",
    "Civil society": "assembly",
    "Elections": "assembly",
    "Right to health": "health",
    "HIV - Aids": "health",
    "Freedom of religion and belief": "religion",
    "Sexual Orientation and Gender Identity": "lgbti",
    "Enforced disappearances": "disappearance",
    "Extrajudicial executions": "extrajudicial_killing",
    "Human rights violations by state agents": "extrajudicial_killing",
    "Women's rights": "gender_persecution",
    "Rights of the Child": "children",
    "Right to housing": "housing",
    "Right to food": "food",
    "Right to water": "water",
    "Right to land": "property",
    "Internally displaced persons": "displacement",
    "Asylum-seekers - refugees": "human_rights",
    "Environment": "disaster",
    "Public security": "crime",
}

# Headings of British travel advice (Open Government Licence) -> theme, for the gate trained on open texts alone.
TRAVEL_ADVICE = {
    "crime": "crime",
    "terrorism": "insecurity",
    "kidnap": "abduction",
    "political": "unrest",
    "protest": "unrest",
    "demonstrations": "unrest",
    "landmine": "mines_erw",
    "unexploded": "mines_erw",
    "lgbt": "lgbti",
    "religio": "religion",
    "women travel": "gender_persecution",
    "sexual": "gender_persecution",
    "air travel": "route_airport",
    "road travel": "route_airport",
    "border": "route_airport",
    "earthquake": "disaster",
    "flood": "disaster",
    "weather": "disaster",
    "natural disaster": "disaster",
    "medical": "health",
    "health": "health",
    "vaccin": "health",
    "passport": "documents_statelessness",
}


def themes_of(labels: Iterable[str], mapping: Mapping[str, str]) -> set[str]:
    """Our themes for a row's labels; labels without a theme of ours give nothing."""
    return {mapping[label] for label in labels if label in mapping}


def dimensions_of(themes: Iterable[str], lexicon: Lexicon) -> set[str]:
    """The dimensions (legal, physical, material) that themes belong to; themes of none give none."""
    return {lexicon.themes[theme].dimension for theme in themes} - {"none"}
