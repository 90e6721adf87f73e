"""Inflected forms of peoples and their adjectives, from the base forms in demonyms.csv."""

from ingest.text.places_words import words_of


def _french(base: str) -> set[str]:
    if base.endswith(("e", "è", "é")):
        return {base, base + "s"} | ({base + "e", base + "es"} if base.endswith("é") else set())
    doubled = base + ("ne" if base.endswith(("ien", "éen", "on")) else "e")
    return {base, base if base.endswith("s") else base + "s", doubled, doubled + "s"}


def _spanish(base: str) -> set[str]:
    if base.endswith("o"):
        return {base, base[:-1] + "a", base + "s", base[:-1] + "as"}
    plain = base[:-2] + {"és": "es", "án": "an", "ín": "in", "ón": "on"}.get(base[-2:], base[-2:])
    if plain != base:
        return {base, plain + "a", plain + "es", plain + "as"}
    if base.endswith(("í", "ú")):
        return {base, base + "es", base + "s"}
    return {base, base + "s", base + "es", base + "a", base + "as"} if base[-1] in "lnr" else {base, base + "s"}


def _arabic(base: str) -> set[str]:
    stem = {base, base + "ة", base + "ين", base + "ون", base + "ات", base + "ا"}
    if base.endswith(("كي", "ني")):
        stem |= {base[:-1] + "يا"}
    return stem | {"ال" + form for form in stem}


_SLAVIC_ADJECTIVE = {
    "ий": words_of("ий ая ое ие ого ому им ом ой ую ою их ими"),
    "ький": words_of("ький ька ьке ькі ького ькому ьким ькій ьку ькою ьких ькими"),
}


def _slavic_adjective(base: str) -> set[str]:
    """Russian "сирийский" and Ukrainian "сирійський" in all cases, in small letters and with a capital."""
    ending = "ький" if base.endswith("ький") else "ий"
    forms = {base.removesuffix(ending) + other for other in _SLAVIC_ADJECTIVE[ending]}
    return forms | {form.capitalize() for form in forms}


def _slavic_person(base: str) -> set[str]:
    """Russian "сириец", "армянин", "грузин" and Ukrainian "сирієць", "росіянин" in all cases and with a capital."""
    hard, soft = words_of("а у ом е ы ов ам ами ах"), words_of("я ю ем і ів ям ями ях")
    if base.endswith(("ець", "єць")):
        forms = {base[:-3] + ("ц" if base[-3] == "е" else "йц") + ending for ending in [*soft, "еві"]}
    elif base.endswith("ец"):
        vowel = base[-3] in "аеиоуыэюя"
        forms = {base.removesuffix("ец") + ("йц" if vowel else "ц") + ending for ending in [*hard, "ем", "ев"]}
    elif base.endswith(("анин", "янин")):
        stem = base.removesuffix("ин")
        forms = {stem + ending for ending in ("", "е", "ам", "ами", "ах", "и", "ина", "ину", "ином", "ине")}
    else:
        forms = {base + ending for ending in [*hard, "и", "ів"]}
    forms.add(base)
    return forms | {form.capitalize() for form in forms}


#: Endings of peoples in Turkish, Persian and Kurdish; in Turkish a case ending may follow the plural.
_PEOPLE_ENDINGS = {
    "tr": "|lar|ler|ların|lerin|lara|lere|ları|leri|lardan|lerden",
    "fa": "|ی|ها|های|\u200cها|\u200cهای|ان",
    "ku": "|yan|an|ên|yên|ê|یان|ەکان|ان",
}


def demonym_forms(row: dict[str, str]) -> set[str]:
    """All inflected forms of one line of demonyms.csv."""
    forms: set[str] = set()
    for base in filter(None, row["en"].split("/")):
        forms |= {base} if base.endswith(("ese", "sh", "ch", "ss", "men", "s")) else {base, base + "s"}
    for base in filter(None, row["nl_adjective"].split("/")):
        forms |= {base, base + "e"}
        if base.endswith("ees"):
            forms.add(base[:-3] + "ese")
    for base in filter(None, row["nl_person"].split("/")):
        forms |= {base, base + "s"} if base.endswith(("ër", "er", "i")) else {base}
    for base in filter(None, row["fr"].split("/")):
        forms |= _french(base) | {form[0].upper() + form[1:] for form in _french(base)}
    for base in filter(None, row["es"].split("/")):
        forms |= _spanish(base)
    for base in filter(None, row["de_adjective"].split("/")):
        forms |= {base + ending for ending in ("", "e", "er", "en", "es", "em")}
    for base in filter(None, row["de_person"].split("/")):
        stem = base[:-1] if base.endswith("e") else base
        forms |= {base, stem + "in", stem + "innen", stem + "en" if base.endswith("e") else base + "n"}
    for base in filter(None, row["ar"].split("/")):
        forms |= _arabic(base)
    for language in ("ru", "uk"):
        for base in filter(None, row[f"{language}_adjective"].split("/")):
            forms |= _slavic_adjective(base)
        for base in filter(None, row[f"{language}_person"].split("/")):
            forms |= _slavic_person(base)
    for language, endings in _PEOPLE_ENDINGS.items():
        for base in filter(None, row[language].split("/")):
            forms |= {base + ending for ending in endings.split("|")}
    return forms
