"""The gazetteer in memory: packed arrays, looked up by the hash of a folded name.

Names come from GeoNames (CC BY 4.0), OCHA p-codes (CC BY-IGO), Unicode CLDR and this project; see gazetteer/README.md.
"""

import io
import lzma
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from ingest.text.places_tokens import Words, fold_name, key_hash, skeleton

BUILT = Path(__file__).parent / "gazetteer" / "places.xz"
KINDS = ("country", "region", "district", "place", "area", "water", "relief")
COUNTRY, REGION, DISTRICT, PLACE, AREA, WATER, RELIEF = range(7)
PRIMARY, ALTERNATE, DEMONYM, CAPITALS, CURATED, SHORTENED = range(6)
_SMALL_SIEVE = 1 << 18
_SIEVE = 1 << 22  # bits kept of a key: one look tells of five keys in six that no name has them
LONGEST_NAME = 6  # words; longer official names are found by their parts


class GazetteerError(RuntimeError):
    """The built gazetteer is missing or unreadable."""


def _wide(packed: np.ndarray) -> np.ndarray:
    """48-bit keys stored as six bytes each, as 64-bit numbers."""
    wide = np.zeros((len(packed), 8), dtype=np.uint8)
    wide[:, :6] = packed
    return wide.reshape(-1).view("<u8")


class Gazetteer:
    """Places by folded name. Immutable after loading; safe to share between threads.

    Sequences indexed by place: `kind` (index in KINDS), `country` and `region` (indexes in `iso3s`, `regions`),
    `latitude`,
    `longitude` (degrees, NaN unknown), `magnitude` (log10 of inhabitants, 0 unknown), `geonameid` (0 none).
    """

    def __init__(self, path: Path = BUILT) -> None:
        try:
            packed = lzma.decompress(path.read_bytes())
        except (OSError, lzma.LZMAError) as error:
            raise GazetteerError(
                f"[places] cannot read {path.name}: {error}; run python -m ingest.text.gazetteer.build"
            ) from error
        with np.load(io.BytesIO(packed), allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        kind, country, region = arrays["kind"], arrays["country"], arrays["region"]
        self.kind, self.country, self.region = kind.data, country.data, region.data
        self.latitude, self.longitude = (
            _degrees(arrays["latitude"]).data,
            _degrees(arrays["longitude"]).data,
        )
        self.magnitude = memoryview((arrays["population"] / 25.0).astype(np.float32))
        self.geonameid = memoryview(arrays["geonameid"])
        self.iso3s = ["" if iso3 == "-" else iso3 for iso3 in bytes(arrays["iso3s"]).decode().split(" ")]
        self.regions = ["" if code == "-" else code for code in bytes(arrays["regions"]).decode().split(" ")]
        self._iso3_of = dict(pair.split(":") for pair in bytes(arrays["iso2s"]).decode().split(" "))
        self._names = arrays["names"]
        self._name_ends = np.append(np.flatnonzero(self._names == 10), len(self._names))
        self._set_keys(arrays, kind)
        words = _wide(arrays["word"])
        order = np.argsort(words, kind="stable")
        self._words, self._common, self._person = words[order], arrays["word_common"][order], arrays["word_name"][order]
        self._sounds = dict(zip(_wide(arrays["sound"]).tolist(), arrays["sound_place"].tolist(), strict=True))
        self.country_place = {self.iso3s[country[i]]: int(i) for i in np.flatnonzero(kind == COUNTRY)}
        self.region_place = {self.regions[region[i]]: int(i) for i in np.flatnonzero((kind == REGION) & (region > 0))}

    def _set_keys(self, arrays: dict[str, np.ndarray], kind: np.ndarray) -> None:
        """Sorted distinct keys, their postings side by side, and the keys that may be written small (countries,
        peoples)."""
        keys = _wide(arrays["key"])
        order = np.argsort(keys, kind="stable")
        self._place = np.repeat(np.arange(len(kind), dtype=np.int32), arrays["names_per_place"])[order]
        self._flag = arrays["flag"][order]
        self._keys, self._first = np.unique(keys[order], return_index=True)
        self._first = np.append(self._first, len(keys))
        self._sieve = np.zeros(_SIEVE, dtype=bool)
        self._sieve[self._keys & np.uint64(_SIEVE - 1)] = True
        small = (kind[self._place] == COUNTRY) | (self._flag == DEMONYM)
        self._small_keys = frozenset(keys[order][small & (self._flag != CAPITALS)].tolist())
        self._small_sieve = np.zeros(_SMALL_SIEVE, dtype=bool)
        self._small_sieve[[key & (_SMALL_SIEVE - 1) for key in self._small_keys]] = True

    def __len__(self) -> int:
        return len(self.kind)

    def name(self, place: int) -> str:
        """The main name of a place."""
        start = int(self._name_ends[place - 1]) + 1 if place else 0
        return bytes(self._names[start : self._name_ends[place]]).decode()

    def find(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First and past-the-last posting of each hashed key; equal where the key is unknown."""
        first, past = np.zeros(len(hashes), dtype=np.int64), np.zeros(len(hashes), dtype=np.int64)
        likely = np.flatnonzero(self._sieve[hashes & np.uint64(_SIEVE - 1)])
        spots = np.minimum(np.searchsorted(self._keys, hashes[likely]), len(self._keys) - 1)
        known = self._keys[spots] == hashes[likely]
        likely, spots = likely[known], spots[known]
        first[likely], past[likely] = self._first[spots], self._first[spots + 1]
        return first, past

    def small_spots(self, hashes: np.ndarray) -> list[int]:
        """Where in `hashes` the keys of countries and peoples stand, which some languages write without a capital."""
        likely = np.flatnonzero(self._small_sieve[hashes & np.uint64(_SMALL_SIEVE - 1)])
        return [spot for spot in likely.tolist() if int(hashes[spot]) in self._small_keys]

    def postings(self, first: int, past: int) -> list[tuple[int, int]]:
        """(place, flag) of the postings first..past-1."""
        return list(zip(self._place[first:past].tolist(), self._flag[first:past].tolist(), strict=True))

    def lookup(self, name: str) -> list[tuple[int, int]]:
        """(place, flag) of every place with this name."""
        key = fold_name(name)
        if not key:
            return []
        first, past = self.find(np.array([key_hash(key)], dtype=np.uint64))
        return self.postings(int(first[0]), int(past[0]))

    def by_sound(self, name: str, countries: Iterable[int]) -> int | None:
        """The place of one of the countries (indexes, the likeliest first) whose name has the same consonants, or None.

        A name in lower case is taken as folded already.
        """
        consonants = skeleton(name if name.islower() else fold_name(name))
        for country in countries if consonants else ():
            place = self._sounds.get(_sound_hash(self.iso3s[country], consonants))
            if place is not None:
                return place
        return None

    def country_of_region(self, region: int) -> int:
        """Index of the country in which a region (index) lies."""
        return int(self.country[self.region_place[self.regions[region]]])

    def iso3_of(self, code: str) -> str | None:
        """ISO alpha-3 of an alpha-2 or alpha-3 code; None for an unknown one."""
        return self._iso3_of.get(code, code if code in self.country_place else None)

    def by_geonameid(self, geonameid: int) -> int | None:
        """The place with this GeoNames id, if the gazetteer has it."""
        if not geonameid:
            return None
        matches = np.flatnonzero(np.asarray(self.geonameid) == geonameid)
        return int(matches[0]) if len(matches) else None

    def word_facts(self, words: Words) -> tuple[np.ndarray, np.ndarray]:
        """Per word: how common it is in running text (Zipf x 10, 0 rare) and whether it is a first (1) or last (2)
        name."""
        hashes = words.ngram_hashes(1)[0] if len(words) else np.zeros(0, dtype=np.uint64)
        spots = np.minimum(np.searchsorted(self._words, hashes), len(self._words) - 1)
        known = self._words[spots] == hashes
        return np.where(known, self._common[spots], 0), np.where(known, self._person[spots], 0)


@lru_cache(maxsize=100_000)
def _sound_hash(iso3: str, consonants: str) -> int:
    return key_hash(f"{iso3} {consonants}")


def _degrees(hundredths: np.ndarray) -> np.ndarray:
    return np.where(hundredths == 32767, np.nan, hundredths / 100.0).astype(np.float32)


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The committed gazetteer, read once per process (about half a second, 60 MB)."""
    return Gazetteer()
