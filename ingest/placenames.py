"""Spelling keys for place names: the same place written two ways gives the same key; nothing is guessed.

Three keys, from strict to loose. `fold` removes case, diacritics, apostrophes, hyphens. `bare` also drops words that
say what kind of area it is ("province", "governorate", "wilaya"). `tight` also drops Arabic articles and spaces, and
writes directions one way ("Al Hasakah" and "Hasakah" meet, "Nord-Kivu" and "North Kivu" too). A loose key that would
mean two regions of one country is not used at all.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

ALIKE = 0.5  # share of matching letters that lets a code stand with a spelling the tables lack

# Letters that Unicode does not decompose, in the Latin spelling humanitarian data use.
_LETTERS = str.maketrans(
    {
        "ı": "i", "ə": "a", "ø": "o", "ß": "ss", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
        "ŋ": "ng", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɣ": "g", "ɛ": "e", "ɔ": "o", "ʻ": None, "ʼ": None, "ʿ": None,
        "ʾ": None, "‘": None, "’": None, "'": None, "`": None, "´": None, "′": None, "ʹ": None, "ʽ": None, "ˈ": None,
        "\u200b": None, "\u200c": " ", "\u200d": None, "\u200e": None, "\u200f": None,
        "\u0640": None,  # Arabic tatweel
        "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ھ": "ه", "ە": "ه", "ګ": "گ", "ё": "е",
    }
)  # fmt: skip
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0591-\u05c7]")
_BREAKS = re.compile(r"[\W_]+")

# Words that say what kind of area a name belongs to, in the spellings of the sources.
_KINDS = """
province provinces prov provincie provinz provincia provincial provinsi vilayet vilayeti viloyati wilayat wilaya wilayah
velayat welayat governorate governorates gouvernorat governate muhafazat muhafazah muhafaza mohafazat region regions
regione regio regiao regional regioni state states estado etat staat department departments departement departamento
depatman district districts distrito distrik okrug okrugs raion rayon rayonu raionul rayons oblast oblasts oblys oblysy
county counties qarku qark qarqe judet prefecture prefectures prefectura division divisions republic republics
respublika respublikasi republika republique krai kray aimag aymag autonomous avtonom muxtar autonoom autonomos
territory territories territorial unit administrative admin area zone subregion oblasti ostan oestan mintaqa gobolka
gobol kilil marz mkhare shabiyat shabiyah popularate iline ili ilinin capital special council union federal peoples
de du de la le les d da do dos das del den van und and et y wa va e i ve
область край республика автономный автономная округ район
محافظه ولايه استان اقليم منطقه ولايت
"""
# Words for a town: they go too, but a city and the province around it are not the same place (see `ingest.places`).
_TOWNS = """
municipality municipio municipiul munitipiul commune baladiyat city ville ciudad cidade shahri sahari gorod stad misto
chartered republican городской mairie grad
"""
TOWNS = frozenset(_TOWNS.split())
GENERIC = frozenset(_KINDS.split()) | TOWNS
_ARTICLES = frozenset(("al", "el", "an", "ar", "as", "ash", "at", "az", "ad", "adh", "ath", "ul", "ez", "ed", "es"))
# One word per direction, so that "Nord-Est", "North-East" and "Northeastern" are one; in English, French, Spanish,
# Dutch, Arabic and Serbian.
_DIRECTIONS = {
    spelling: word
    for word, spellings in {
        "north": "north northern nord norte noord noordelijke shamal shimal severna severno",
        "south": "south southern sud sur zuid zuidelijke janub juzna juzno",
        "east": "east eastern est este oost oostelijke oriental orientale sharq istocna",
        "west": "west western ouest oeste westelijke occidental occidentale gharb zapadna zapadno",
        "centre": "centre center central centrale centro centraal wasat",
        "northeast": "northeast northeastern nordest noordoost",
        "northwest": "northwest northwestern nordouest noordwest",
        "southeast": "southeast southeastern sudest zuidoost",
        "southwest": "southwest southwestern sudouest zuidwest",
        "upper": "upper haut haute hauts opper",
        "lower": "lower bas basse neder",
    }.items()
    for spelling in spellings.split()
}


@lru_cache(maxsize=200_000)
def fold(name: str) -> str:
    """Lower case, no diacritics, no apostrophes; every other sign is one space. Empty for a name without letters."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).translate(_LETTERS)
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _BREAKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


@lru_cache(maxsize=200_000)
def bare(name: str) -> str:
    """`fold` without words that name a kind of area; the folded name itself when nothing else is left."""
    folded = fold(name)
    kept = [word for word in folded.split() if word not in GENERIC]
    return " ".join(kept) if kept else folded


@lru_cache(maxsize=200_000)
def tight(name: str) -> str:
    """`bare` without Arabic articles and spaces, directions in English; doubled letters written once."""
    words = bare(name).split()
    kept = [_DIRECTIONS.get(word, word) for word in words if word not in _ARTICLES] or words
    joined = "".join(kept)
    return re.sub(r"(.)\1", r"\1", joined)


@dataclass
class Names:
    """Spellings of one country on three levels of strictness; a key two regions claim is None and never matches."""

    levels: tuple[dict[str, str | None], dict[str, str | None], dict[str, str | None]] = field(
        default_factory=lambda: ({}, {}, {})
    )

    def add(self, name: str, region_id: str) -> None:
        for level, key in zip(self.levels, (fold(name), bare(name), tight(name)), strict=True):
            if key:
                level[key] = region_id if level.get(key, region_id) == region_id else None

    def find(self, name: str) -> tuple[str, str] | None:
        """(region_id, "exact" | "bare" | "tight") of the strictest level that knows the name.

        "Damascus Governorate" is Damascus although Rural Damascus shares the bare word; "Kyiv city" is not decided so.
        """
        exact, loose, loosest = self.levels
        folded, short = fold(name), bare(name)
        hit = exact.get(folded)
        if hit:
            return hit, "exact"
        if not TOWNS.intersection(folded.split()) and (hit := exact.get(short)):
            return hit, "bare"
        if hit := loose.get(short):
            return hit, "bare"
        hit = loosest.get(tight(name))
        return (hit, "tight") if hit else None


def short_code(code: str) -> str:
    """A code with leading zeros of its number dropped: NG002, NG02 and NG2 are one (admin-1 p-codes only)."""
    parts = re.fullmatch(r"([A-Z]{2,3})(\d{1,3})", code)
    return f"{parts[1]}~{int(parts[2])}" if parts else code


def alike(first: str, second: str) -> bool:
    """Whether two spellings can be of one name. Only to refuse a code with another name; never to find a place."""
    a, b = tight(first), tight(second)
    return bool(a and b) and difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE
