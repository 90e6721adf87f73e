"""The map's rows as tables: countries of the world, regions of a country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessment.framework import DIMENSIONS
from dashboard import bands, draw, table, worldmap
from dashboard.page import Page, escape

Row = Mapping[str, Any]


def dimension_word(page: Page, name: str) -> str:
    """The dimension in words; overall is the worst of the three."""
    return page.word("situation.overall") if name == "overall" else bands.dimension(name, page.words.language)


def countries(page: Page, rows: Sequence[Row], caption: str, drawn: table.Chart) -> None:
    """One row per country, worst first: the band as one, regions per band."""
    columns = [
        table.Column(page.word("common.country"), page.words.country, lambda r: draw.link(
            page, page.words.country(r), "country", country=r["iso3"])),
        table.Column("iso3", lambda r: r["iso3"], only_files=True),
        table.Column(page.word("table.band"), lambda r: bands.word(bands.key(r), page.words.language),
                     lambda r: draw.band_chip(page, r)),
        table.Column(page.word("table.regions"), lambda r: r["regions"], numeric=True),
        *(table.Column(bands.word(key, page.words.language), lambda r, key=key: r["level_counts"][key],  # type: ignore[misc]
                       numeric=True, only_files=True) for key in bands.KEYS),
        table.Column(page.word("table.per_band"), lambda r: "", lambda r: strip(page, r), only_page=True),
        table.Column(page.word("table.known_share"), lambda r: r["assessed_share"],
                     lambda r: escape(page.words.share(r["assessed_share"])), numeric=True),
        table.Column(page.word("table.evidence"), lambda r: r["evidence_ids"], only_files=True),
    ]  # fmt: skip
    table.show(page, rows, columns, name="countries", caption=caption, tall=True, charts=[drawn])


def per_level(page: Page) -> list[table.Column]:
    """Regions at each level, one column per band, for the files and the table behind a chart."""

    def column(key: str) -> table.Column:
        return table.Column(
            bands.word(key, page.words.language), lambda row: row["level_counts"].get(key, 0), numeric=True
        )

    return [column(key) for key in bands.KEYS]


def strip(page: Page, row: Row) -> str:
    """Regions per band as a strip; the same in words for screen readers."""
    counts = row["level_counts"]
    keys = [key for key in ("5", "4", bands.UNKNOWN, "3", "2", "1") if counts[key]]
    said = ", ".join(f"{counts[key]} {bands.word(key, page.words.language).lower()}" for key in keys)
    parts = "".join(
        f'<i class="rw-band-{key}" style="flex:{counts[key]}"><span class="rw-swatch"></span></i>' for key in keys
    )
    return (
        f'<span class="rw-strip" title="{escape(said)}" aria-hidden="true">{parts}</span>'
        f'<span class="rw-hidden">{escape(said)}</span>'
    )


def regions(page: Page, rows: Sequence[Row], dimension: str, caption: str, drawn: table.Chart) -> None:
    """One row per region, worst first: three dimensions as chips, the reason, the evidence behind it."""
    columns = [
        table.Column(page.word("common.region"), lambda r: page.words.of(r, "name"),
                     lambda r: draw.region_link(page, r)),
        table.Column("region_id", lambda r: r["region_id"], only_files=True),
        *(_dimension(page, d) for d in DIMENSIONS),
        table.Column(page.word("table.reason"), lambda r: page.words.of(r, "reason"), lambda r: _reason(page, r)),
        table.Column(page.word("table.suggested"), lambda r: r["suggested_category"], only_files=True),
        table.Column(page.word("table.band"), lambda r: bands.word(
            bands.key(worldmap.dimension_of(r, dimension)), page.words.language), only_files=True),
        table.Column(page.word("table.evidence"), lambda r: r["evidence_ids"], only_files=True),
    ]  # fmt: skip
    table.show(page, rows, columns, name="regions", caption=caption, tall=True, charts=[drawn])


def _dimension(page: Page, name: str) -> table.Column:
    return table.Column(
        bands.dimension(name, page.words.language),
        lambda r: bands.word(bands.key(r["dimensions"][name]), page.words.language),
        lambda r: draw.band_chip(page, r["dimensions"][name], short=True),
    )


def _reason(page: Page, row: Row) -> str:
    said = page.words.of(row, "reason")
    if not said:
        return f'<span class="rw-quiet">{escape(page.word("common.no_reasons"))}</span>'
    evidence = row["dimensions"][row["reason_dimension"]]["evidence_ids"]
    return f"{escape(said)} {draw.evidence_links(page, evidence, limit=0)}"
