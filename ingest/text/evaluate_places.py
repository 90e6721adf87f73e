"""Measures the place tagger on labelled texts. Formats: one JSON object a line, see `evaluate_places` and
`evaluate_regions`."""

import csv
import json
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest.text.places import Mention, main_places, tag_places
from ingest.text.places_gazetteer import BUILT, COUNTRY, DISTRICT, PLACE, REGION, Gazetteer, load_gazetteer
from ingest.text.places_model import AcceptModel, load_model

_SUBNATIONAL = (REGION, DISTRICT, PLACE)


class LabelledFileError(ValueError):
    """A labelled file that is not of the expected form."""


def read_labelled(path: Path, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of a labelled file; an unreadable line or a missing field is named with its line number."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise LabelledFileError(
                f"[evaluate] {path.name}, line {number}: not JSON ({error}); give one object a line"
            ) from error
        missing = [name for name in needed if name not in row]
        if missing:
            raise LabelledFileError(f"[evaluate] {path.name}, line {number}: no field {', '.join(missing)}")
        yield row


Corrections = Mapping[tuple[str, int], Mapping[str, str]]


def read_corrections(path: Path) -> Corrections:
    """Links of a labelled file that are wrong by the text itself: columns `id`, `start`, `geonameid` (as labelled),
    `right_geonameid`, `right_country`, `reason`. By id of the text and first character of the mention."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    needed = ("id", "start", "geonameid", "right_geonameid", "right_country", "reason")
    for number, row in enumerate(rows, start=2):
        if any(not row.get(name) for name in needed):
            raise LabelledFileError(f"[evaluate] {path.name}, line {number}: fill the columns {', '.join(needed)}")
    return {(row["id"], int(row["start"])): row for row in rows}


def _put_right(row: Mapping[str, Any], corrections: Corrections) -> list[dict[str, Any]]:
    """The labelled mentions of a text. A correction holds only while the label is the one it corrects."""
    mentions = []
    for mention in row["mentions"]:
        found = corrections.get((str(row.get("id")), mention["start"]))
        if found and int(found["geonameid"]) == mention.get("geonameid"):
            right = {"geonameid": int(found["right_geonameid"]), "country": found["right_country"]}
            mention = {**mention, **right}
        mentions.append(mention)
    return mentions


def _scores(hits_predicted: int, predicted: int, hits_gold: int, gold: int) -> dict[str, float]:
    precision = hits_predicted / predicted if predicted else 0.0
    recall = hits_gold / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _trimmed(start: int, end: int, text: str) -> tuple[int, int]:
    """A gold span without blanks and closing punctuation at its edges, as annotators often include them."""
    end = min(end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ".,;"):
        end -= 1
    return start, end


class PlaceTally:
    """Counts over documents: spans found exactly and by overlap, countries and regions of linked mentions."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.predicted = self.gold = self.documents = 0
        self.exact = self.overlap_predicted = self.overlap_gold = 0
        self.country = [0, 0]
        self.region = [0, 0]
        self.wrong: list[tuple[str, str, str]] = []

    def add(self, text: str, gold: Sequence[dict[str, Any]], mentions: Sequence[Mention]) -> None:
        """Counts one document."""
        self.documents += 1
        self.gold += len(gold)
        self.predicted += len(mentions)
        spans = {_trimmed(m["start"], m["end"], text) for m in gold}
        self.exact += sum((m.start, m.end) in spans for m in mentions)
        marked = np.zeros(len(text) + 1, dtype=bool)
        for m in gold:
            marked[m["start"] : m["end"]] = True
        self.overlap_predicted += sum(bool(marked[m.start : m.end].any()) for m in mentions)
        for m in gold:
            found = [p for p in mentions if p.start < m["end"] and m["start"] < p.end]
            if found:
                self.overlap_gold += 1
                self._link(m, max(found, key=lambda p: (min(p.end, m["end"]) - max(p.start, m["start"]), -p.start)))

    def _link(self, gold: dict[str, Any], mention: Mention) -> None:
        country = gold.get("country")
        if country:
            right = mention.iso3 is not None and mention.iso3 == self.gazetteer.iso3_of(country)
            self.country[0] += right
            self.country[1] += 1
            if not right:
                self.wrong.append((gold["text"], f"country {country}", f"{mention.name} {mention.iso3}"))
        region = gold_region(gold, self.gazetteer)
        if region:
            self.region[0] += mention.region_id == region
            self.region[1] += 1
            if mention.region_id != region:
                self.wrong.append((gold["text"], f"region {region}", f"{mention.name} {mention.region_id}"))


def gold_region(gold: dict[str, Any], gazetteer: Gazetteer) -> str | None:
    """ISO 3166-2 code of a linked gold mention, from its GeoNames id; None when it is no part of a country or has no
    code."""
    place = gazetteer.by_geonameid(int(gold.get("geonameid") or 0))
    if place is None or gazetteer.kind[place] not in _SUBNATIONAL or gazetteer.kind[place] == COUNTRY:
        return None
    return gazetteer.regions[gazetteer.region[place]] or None


def evaluate_places(
    path: str | Path, *, model: AcceptModel | None = None, corrections: str | Path | None = None
) -> dict[str, Any]:
    """Spans, countries, regions and speed on a file with `text` and `mentions[{start, end, text, geonameid?,
    country?}]`.

    Overlap: a predicted span counts if it overlaps a gold span, a gold span is found if any prediction overlaps it.
    Exact: equal after blanks and closing punctuation of the gold span are dropped. Accuracies are over linked gold
    mentions that were found; the region of a gold mention comes from its GeoNames id, so one the gazetteer lacks is not
    counted. `corrections`: a file of wrong links put right (`read_corrections`); give both figures.
    """
    return _evaluate(Path(path), model, read_corrections(Path(corrections)) if corrections else {})[0]


def _evaluate(path: Path, model: AcceptModel | None, corrections: Corrections) -> tuple[dict[str, Any], PlaceTally]:
    load_seconds = _load_seconds()
    gazetteer, model = load_gazetteer(), model or load_model()
    tally = PlaceTally(gazetteer)
    seconds = 0.0
    for row in read_labelled(path, ("text", "mentions")):
        started = time.process_time()  # processor time: the figure is per core, whatever else the machine does
        mentions = tag_places(row["text"], language=row.get("language", "en"), gazetteer=gazetteer, model=model)
        seconds += time.process_time() - started
        tally.add(row["text"], _put_right(row, corrections), mentions)
    result = {
        "documents": tally.documents,
        "mentions": tally.gold,
        "exact": _scores(tally.exact, tally.predicted, tally.exact, tally.gold),
        "overlap": _scores(tally.overlap_predicted, tally.predicted, tally.overlap_gold, tally.gold),
        "country_accuracy": _ratio(tally.country),
        "admin1_accuracy": _ratio(tally.region),
        "documents_per_second": round(tally.documents / seconds, 1) if seconds else 0.0,
        "load_seconds": round(load_seconds, 3),
        "peak_mb": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2), 1
        ),
    }
    return result, tally


def _load_seconds() -> float:
    """Seconds to read the gazetteer from its file, measured once more even when this process already has it."""
    started = time.perf_counter()
    Gazetteer(BUILT)
    return time.perf_counter() - started


def _ratio(counts: list[int]) -> float | None:
    """Share of right ones; None when nothing in the file is linked."""
    return round(counts[0] / counts[1], 4) if counts[1] else None


def evaluate_regions(path: str | Path, *, model: AcceptModel | None = None) -> dict[str, Any]:
    """Main region of articles: fields `text`, `governorate` (its name), `country_prior` (ISO alpha-2 codes), `title`
    optional.

    `top1`, `top3`: the governorate (see `regions_named`) is the first, or among the first three, main regions;
    `country`: its country is the first main
    country. A governorate the gazetteer does not know in the declared country raises `LabelledFileError`.
    """
    gazetteer, model = load_gazetteer(), model or load_model()
    total = top1 = top3 = country = 0
    for row in read_labelled(Path(path), ("text", "governorate", "country_prior")):
        declared = tuple(gazetteer.iso3_of(code) or code for code in row["country_prior"])
        wanted = regions_named(row["governorate"], declared, gazetteer)
        if not wanted:
            raise LabelledFileError(
                f"[evaluate] {Path(path).name}: no region {row['governorate']!r} in {', '.join(declared)}"
            )
        text = f"{row.get('title', '')}\n\n{row['text']}"
        mentions = tag_places(
            text, language=row.get("language", "en"), declared_countries=declared, gazetteer=gazetteer, model=model
        )
        main = main_places(mentions, text)
        regions = [share.id for share in main.regions]
        total += 1
        top1 += bool(wanted & set(regions[:1]))
        top3 += bool(wanted & set(regions[:3]))
        country += bool(main.countries) and main.countries[0].id in declared
    return {"top1": _ratio([top1, total]), "top3": _ratio([top3, total]), "country": _ratio([country, total])}


def regions_named(name: str, countries: Sequence[str], gazetteer: Gazetteer) -> frozenset[str]:
    """ISO 3166-2 codes a label may stand for: the region of that name, and the one called "Rural" that name.

    Labels such as "Damascus" do not tell the city from the governorate around it (Rif Dimashq); either is right.
    """
    found: set[str] = set()
    for spelled in (name, f"Rural {name}"):
        regions = [
            gazetteer.regions[gazetteer.region[place]]
            for place, _flag in sorted(gazetteer.lookup(spelled), key=lambda posting: gazetteer.kind[posting[0]])
            if gazetteer.iso3s[gazetteer.country[place]] in countries and gazetteer.region[place]
        ]
        found.update(regions[:1])
    return frozenset(found)
