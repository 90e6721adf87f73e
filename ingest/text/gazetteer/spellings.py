"""Other spellings of a name by rule: official words and articles left out, Arabic names as they are written by ear,
regions that are called after a direction ("Centre-Nord") in English and French."""

import re

from ingest.text.places_words import DISTRICT_WORDS, REGION_WORDS, words_of

_OFFICIAL = REGION_WORDS | DISTRICT_WORDS | frozenset({"city", "town", "of", "al", "the", "de", "du", "la", "do", "da"})
_ARTICLE = re.compile(r"^(al|as|ad|ar|at|az|an|ash|adh|ath|el|ed|es|et|er|en|ez) ")
_ARTICLE_SPELLINGS = ("al", "el")
#: Countries whose names are Arabic and written in Latin letters by ear. The Maghreb spells in the French way.
ARABIC = words_of("SYR IRQ LBN JOR PSE YEM LBY EGY SDN")
_FIRST_WORDS = tuple(
    map(
        str.split,
        (
            "tell tal tel tall", "ain ayn ein", "deir dayr dair", "kafr kfar kafar kufr", "beit bayt bait",
            "jabal jebel djebel", "khirbet khirbat kherbet", "umm um oum", "sheikh shaykh shaikh cheikh",
            "hosh hawsh housh", "bir beer", "qalat qalaat kalat", "bani beni", "abu abou", "burj borj bourj",
            "jdeidet jdaidet judaydat", "qasr kasr", "suq souq souk", "wadi ouadi", "jisr jisser", "khan khaan",
        ),
    )
)  # fmt: skip
#: The longest ending comes first in every group, so that "iyah" is not read as "ah".
_ENDINGS = (("iyyah", "iyah", "iyeh", "ieh", "iya"), ("ah", "eh", "a"))


def shortened(key: str, kind: str) -> set[str]:
    """Other keys of a name: without "province of" or "district", with "al" for "as/ad/ar…", joined, without article."""
    words = key.split(" ")
    found = set()
    if kind in ("region", "district") and len(words) > 1:
        core = [word for word in words if word not in REGION_WORDS | DISTRICT_WORDS]
        while core and core[0] in _OFFICIAL:
            core = core[1:]
        if core and len("".join(core)) > 3:
            found.add(" ".join(core))
            if words[0] in ("al", "el") and core[0] != words[0]:
                found.add(" ".join([words[0], *core]))
    article = _ARTICLE.match(key)
    if article and len(key) - article.end() > 3:
        rest = key[article.end() :]
        found |= {f"{spelling} {rest}" for spelling in _ARTICLE_SPELLINGS} | {
            rest,
            f"al{rest}",
            key.replace(" ", "", 1),
        }
    if len(words) > 1 and len(words[0]) == 1:  # N'Djamena written as one word
        found.add("".join(words[:2]) + key[len(words[0]) + len(words[1]) + 1 :])
    found.discard(key)
    return found


def respelled(key: str, iso3: str) -> set[str]:
    """Other keys of a transliterated Arabic name: its first word ("Tell", "Ain", "Kafr") and its ending ("-iyah")."""
    if iso3 not in ARABIC or not key.isascii():
        return set()
    first, _, rest = key.partition(" ")
    found = {f"{other} {rest}" for group in _FIRST_WORDS if rest and first in group for other in group}
    for group in _ENDINGS:
        ending = next((ending for ending in group if key.endswith(ending)), None)
        if ending and len(key) - len(ending) >= 3:
            found |= {key.removesuffix(ending) + other for other in group}
            break
    return found - {key}


_ENGLISH = {"nord": "north", "sud": "south", "est": "east", "ouest": "west", "centre": "centre", "extreme": "far"}


def directions(key: str, kind: str) -> set[str]:
    """Other keys of a region called after a direction: "est" is "east" and "region de l est"; none for other names."""
    words = key.split(" ")
    if kind != "region" or not set(words) <= _ENGLISH.keys():
        return set()
    english = [_ENGLISH[word] for word in words]
    elided = words[0][0] in "eo"
    found = {f"{kind_word} {'de l' if elided else 'du'} {key}" for kind_word in ("region", "province", "departement")}
    if english != words:
        found.add(" ".join(english))
    if len(words) > 1:  # "Centre-Nord": North Central as well
        found |= {"".join(english), " ".join(reversed(english)).replace("centre", "central")}
    return found - {key}
