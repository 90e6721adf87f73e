"""Spelling keys for place names: the same place written two ways gives the same key; nothing is guessed.

Three keys, from strict to loose. `fold` removes case, diacritics, apostrophes and hyphens. `bare` also drops words that
say what kind of area it is ("province", "governorate", "wilaya"). `tight` also drops Arabic articles, joining words and
all spaces ("Al-Hasakah" and "Hasaka" do not meet here, "Al Hasakah" and "Hasakah" do). A loose key that would mean two
regions of one country is not used at all (see `ingest.places`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not decompose, in the Latin spelling humanitarian data use.
_LETTERS = str.maketrans(
    {
        "ı": "i", "ə": "a", "ø": "o", "ß": "ss", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
        "ŋ": "ng", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɣ": "g", "ɛ": "e", "ɔ": "o", "ʻ": None, "ʼ": None, "ʿ": None,
        "ʾ": None, "‘": None, "’": None, "'": None, "`": None, "´": None, "′": None, "ʹ": None, "ʽ": None, "ˈ": None,
        "\u2018": None, "\u2019": None, "\u200b": None, "\u200c": " ", "\u200d": None, "\u200e": None, "\u200f": None,
        "\u0640": None,  # Arabic tatweel
        "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ھ": "ه", "ە": "ه", "ګ": "گ", "ё": "е",
    }
)  # fmt: skip
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0591-\u05c7]")
_BREAKS = re.compile(r"[^\w]+|_+")

# Words that say what kind of area a name belongs to, in the spellings of the sources.
GENERIC = frozenset(
    [
        "province",
        "provinces",
        "prov",
        "provincie",
        "provinz",
        "provincia",
        "provincial",
        "provinsi",
        "vilayet",
        "vilayeti",
        "viloyati",
        "wilayat",
        "wilaya",
        "wilayah",
        "velayat",
        "welayat",
        "governorate",
        "governorates",
        "gouvernorat",
        "governate",
        "muhafazat",
        "muhafazah",
        "muhafaza",
        "mohafazat",
        "region",
        "regions",
        "regione",
        "regio",
        "regiao",
        "region",
        "regional",
        "regioni",
        "state",
        "states",
        "estado",
        "etat",
        "staat",
        "department",
        "departments",
        "departement",
        "departamento",
        "depatman",
        "district",
        "districts",
        "distrito",
        "distrik",
        "okrug",
        "okrugs",
        "raion",
        "rayon",
        "rayonu",
        "raionul",
        "rayons",
        "oblast",
        "oblasts",
        "oblys",
        "oblysy",
        "county",
        "counties",
        "qarku",
        "qark",
        "qarqe",
        "judet",
        "prefecture",
        "prefectures",
        "prefectura",
        "division",
        "divisions",
        "municipality",
        "municipio",
        "municipiul",
        "munitipiul",
        "commune",
        "republic",
        "republics",
        "respublika",
        "respublikasi",
        "republika",
        "republique",
        "krai",
        "kray",
        "aimag",
        "aymag",
        "autonomous",
        "avtonom",
        "muxtar",
        "autonoom",
        "autonomos",
        "autonomy",
        "territory",
        "territories",
        "territorial",
        "unit",
        "administrative",
        "admin",
        "area",
        "zone",
        "subregion",
        "governance",
        "city",
        "ville",
        "ciudad",
        "shahri",
        "oblasti",
        "ostan",
        "oestan",
        "mintaqa",
        "gobolka",
        "gobol",
        "kilil",
        "killil",
        "marz",
        "mkhare",
        "shabiyat",
        "shabiyah",
        "popularate",
        "baladiyat",
        "iline",
        "ili",
        "ilinin",
        "ciudat",
        "capital",
        "special",
        "council",
        "union",
        "federal",
        "county-level",
        "of",
        "the",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "d",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "den",
        "van",
        "und",
        "and",
        "et",
        "y",
        "wa",
        "va",
        "e",
        "i",
        "ve",
        "ash",
        "область",
        "край",
        "республика",
        "респ",
        "автономный",
        "автономная",
        "округ",
        "район",
        "городской",
        "محافظه",
        "محافظة",
        "ولايه",
        "ولاية",
        "استان",
        "اقليم",
        "منطقه",
        "ولايت",
        "حكومه",
    ]
)
_KEEP_IF_ALONE = re.compile(r"\w")
_ARTICLES = frozenset(["al", "el", "an", "ar", "as", "ash", "at", "az", "ad", "adh", "ath", "a", "ul"])


@lru_cache(maxsize=200_000)
def fold(name: str) -> str:
    """Lower case, no diacritics, no apostrophes; every other sign is one space. Empty for a name without letters."""
    text = unicodedata.normalize("NFKD", name.strip().casefold().translate(_LETTERS))
    text = _MARKS.sub("", text.translate(_LETTERS))
    return _BREAKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


@lru_cache(maxsize=200_000)
def bare(name: str) -> str:
    """`fold` without words that name a kind of area; the folded name itself when nothing else is left."""
    folded = fold(name)
    kept = [word for word in folded.split() if word not in GENERIC]
    return " ".join(kept) if kept else folded


@lru_cache(maxsize=200_000)
def tight(name: str) -> str:
    """`bare` without Arabic articles and spaces; doubled letters written once."""
    words = bare(name).split()
    kept = [word for word in words if word not in _ARTICLES] or words
    joined = "".join(kept)
    return re.sub(r"(.)\1", r"\1", joined)
