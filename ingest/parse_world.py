"""What parsing needs from the checkout: the vocabulary, the countries, the places; and the version of all of it."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import reference, variables
from ingest.catalog import Source
from ingest.model import Place
from ingest.parse import PARSE_VERSION
from ingest.parse_places import Placed, World

if TYPE_CHECKING:
    from ingest.places import Places


def default_reference_dir() -> Path:
    """data/reference of the checkout, or the copy inside an installed package."""
    shipped = Path(__file__).parent / "shipped" / "reference"
    return shipped if shipped.is_dir() else Path(__file__).resolve().parents[1] / "data" / "reference"


def load_world(reference_dir: Path) -> World:
    """Vocabulary, countries and places. Raises reference.ReferenceError when data/reference is not complete.

    Places are read when the first row asks for one: feeds never do.
    """
    locator = _Locator(reference_dir)
    countries = frozenset(country.iso3 for country in reference.countries(reference_dir))
    return World(variables.load(), countries, locator, locator.group)


class _Locator:
    """Regions of many places: names and codes first, then all remaining points at once. Remembers, up to a bound."""

    def __init__(self, reference_dir: Path) -> None:
        self.reference_dir = reference_dir
        self.known: dict[Place, Placed | None] = {}

    @cached_property
    def places(self) -> Places:
        """Names, codes and shapes: two seconds and 150 MB."""
        from ingest.places import Places

        return Places.load(self.reference_dir)

    def group(self, iso3: str, name: str) -> Sequence[str]:
        """The regions a named group of them stands for."""
        return self.places.resolve_group(iso3, name)

    def __call__(self, wanted: Sequence[Place]) -> list[Placed | None]:
        if len(self.known) > 500_000:
            self.known.clear()
        points = []
        for place in dict.fromkeys(wanted):
            if place in self.known:
                continue
            self.known[place] = self.places.resolve(
                place.iso3,
                region_name=place.region_name,
                region_code=place.region_code,
                district_name=place.district_name,
                district_code=place.district_code,
            )
            if self.known[place] is None and place.latitude is not None and place.longitude is not None:
                points.append(place)
        if points:
            found = self.places.resolve_many(
                [place.iso3 for place in points],
                [float(place.longitude or 0) for place in points],
                [float(place.latitude or 0) for place in points],
            )
            self.known.update(zip(points, found, strict=True))
        return [self.known[place] for place in wanted]


def reference_digest(reference_dir: Path) -> str:
    """Digest of the files places are resolved with, and of the code that does it."""
    paths = [path for path in sorted(reference_dir.glob("*")) if path.is_file() and path.suffix != ".md"]
    paths += [path for name in ("places", "placenames") if (path := Path(__file__).parent / f"{name}.py").is_file()]
    total = hashlib.blake2b(digest_size=6)
    for path in paths:
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def version_of(source: Source, reference: str) -> str:
    """Adapter and digest of everything that shapes its rows: its code and helpers, the facts about the source, places.

    Another version means: parse the archived answers again.
    """
    total = hashlib.blake2b(digest_size=6)
    for path in sorted(_modules(f"ingest.adapters.{source.adapter}")):
        total.update(path.read_bytes())
    shaping = ("options", "earliest", "publication_lag_days", "store_fulltext", "language", "timezone", "date_formats",
               "countries", "level", "min_rows", "must_have")  # fmt: skip
    total.update(source.model_dump_json(include=set(shaping)).encode())
    total.update(f"{PARSE_VERSION}|{reference}".encode())
    return f"{source.adapter}@{total.hexdigest()}"


@cache
def _modules(name: str) -> frozenset[Path]:
    """Files of a module of ingest.adapters and of those adapters and helpers it imports."""
    found: set[Path] = set()
    waiting = [name]
    while waiting:
        spec = find_spec(waiting.pop())
        if spec is None or spec.origin is None or Path(spec.origin) in found:
            continue
        path = Path(spec.origin)
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ingest.adapters"):
                waiting += [node.module] if node.module != "ingest.adapters" else []
                waiting += [f"{node.module}.{alias.name}" for alias in node.names if _exists(node.module, alias.name)]
            elif isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names if alias.name.startswith("ingest.adapters.")]
    return frozenset(found)


def _exists(package: str, name: str) -> bool:
    return package == "ingest.adapters" and find_spec(f"{package}.{name}") is not None
