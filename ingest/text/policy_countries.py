"""Dutch country names, as policy texts write them, to ISO 3166-1 alpha-3."""

from __future__ import annotations

import re
from functools import cache

import pycountry
from babel import Locale

from .tokens import fold

# Short forms the circular uses that CLDR does not have.
_DUTCH_NAMES = {
    "sudan": "SDN",
    "uganda": "UGA",
    "zuid sudan": "SSD",
    "russische federatie": "RUS",
    "volksrepubliek china": "CHN",
    "congo drc": "COD",
    "democratische republiek congo": "COD",
    "ivoorkust": "CIV",
    "burma": "MMR",
    "birma": "MMR",
    "wit rusland": "BLR",
    "republiek congo": "COG",
    "macedonie": "MKD",
    "kosovo": "XKX",
    "gaza": "PSE",
    "gazastrook": "PSE",
    "westelijke jordaanoever": "PSE",
    "palestijnse gebieden": "PSE",
    "bosnie herzegovina": "BIH",
}


_FORM_OF_STATE = re.compile(
    r"^(?:(?:islamitische|arabische|federale|democratische|socialistische|bolivariaanse|verenigde)\s+)*"
    r"(?:(?:volks|bonds)?republiek|koninkrijk|sultanaat|staat)\s+(?:van\s+)?(?!congo)",
    re.IGNORECASE,
)


@cache
def _country_names() -> dict[str, str]:
    names = {}
    for code, name in Locale("nl").territories.items():
        country = pycountry.countries.get(alpha_2=code) if len(code) == 2 else None
        if country is not None:
            names[_name_key(name)] = str(country.alpha_3)
    names.update({_name_key(name): code for name, code in _DUTCH_NAMES.items()})
    return names


def _name_key(name: str) -> str:
    return " ".join(fold(word) for word in re.findall(r"\w+", name) if fold(word) not in ("en", "de", "het"))


def country_code(name: str) -> str | None:
    """ISO 3166-1 alpha-3 for a Dutch country name, with or without its form of state, brackets or the part before them
    allowed; None when unknown."""
    bare = re.sub(r"\(.*?\)", " ", name)
    short = _FORM_OF_STATE.sub("", re.sub(r"^(?:de|het)\s+", "", bare.strip(), flags=re.IGNORECASE))
    for candidate in (name, bare, short, *re.findall(r"\((.*?)\)", name)):
        code = _country_names().get(_name_key(candidate))
        if code:
            return code
    return None
