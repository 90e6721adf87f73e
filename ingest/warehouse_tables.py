"""The columns of parsed rows on their way into the warehouse, as Arrow schemas: the same names as in schema.sql."""

from __future__ import annotations

import pyarrow as pa

FAMILIES = ("document", "event", "observation")
ID_COLUMN = {"document": "document_id", "event": "event_id", "observation": "observation_id"}

_TEXT, _NUMBER, _DAY, _TIME, _LIST = pa.string(), pa.float64(), pa.date32(), pa.timestamp("us"), pa.list_(pa.string())

# Where a row says it happened, and what `ingest.places` made of it.
_PLACE = [
    ("iso3", _TEXT), ("region_id", _TEXT), ("place_rule", _TEXT), ("precision", _TEXT), ("place_name", _TEXT),
    ("latitude", _NUMBER), ("longitude", _NUMBER),
]  # fmt: skip
_PERIOD = [("ref_start", _DAY), ("ref_end", _DAY), ("published", _TIME)]

COLUMNS: dict[str, list[tuple[str, pa.DataType]]] = {
    "document": [
        ("document_id", _TEXT), ("source_id", _TEXT), ("row_digest", _TEXT), ("title", _TEXT), ("url", _TEXT),
        ("kind", _TEXT), ("published", _TIME), ("revised", _TIME), ("language", _TEXT), ("publisher", _TEXT),
        ("summary", _TEXT), ("text", _TEXT), ("countries", _LIST), ("topics", _LIST), ("withdrawn", _DAY),
        ("attachments", _LIST), ("attributes", _TEXT), ("ref_start", _DAY), ("ref_end", _DAY),
    ],
    "event": [
        ("event_id", _TEXT), ("source_id", _TEXT), ("row_digest", _TEXT), ("kind", _TEXT), *_PLACE, *_PERIOD,
        ("deaths_best", _NUMBER), ("deaths_low", _NUMBER), ("deaths_high", _NUMBER), ("deaths_civilians", _NUMBER),
        ("deaths_unknown", _NUMBER), ("injured", _NUMBER), ("abducted", _NUMBER), ("displaced", _NUMBER),
        ("severity", _NUMBER), ("actors", _LIST), ("title", _TEXT), ("url", _TEXT), ("attributes", _TEXT),
    ],
    "observation": [
        ("observation_id", _TEXT), ("source_id", _TEXT), ("row_digest", _TEXT), ("variable", _TEXT), *_PLACE, *_PERIOD,
        ("value", _NUMBER), ("value_low", _NUMBER), ("value_high", _NUMBER), ("denominator", _NUMBER),
        ("text", _TEXT), ("dimensions", _TEXT), ("projection", pa.bool_()),
    ],
}  # fmt: skip

# Not stored as such: when the row would have been known had we been listening, and what says so.
HISTORY = [("history_at", _TIME), ("history_basis", _TEXT)]
PARSED = {family: pa.schema([*columns, *HISTORY]) for family, columns in COLUMNS.items()}

# What the loader adds to each row of an answer.
STAMP = [
    ("retrieved_at", _TIME), ("run_id", _TEXT), ("answer_digest", _TEXT), ("answer_no", pa.int64()),
    ("backfill", pa.bool_()), ("withheld", pa.bool_()),
]  # fmt: skip
INCOMING = {family: pa.schema([*columns, *HISTORY, *STAMP]) for family, columns in COLUMNS.items()}


def names(family: str) -> list[str]:
    """Column names of the source's part of a row of `family`, in table order."""
    return [name for name, _ in COLUMNS[family]]
