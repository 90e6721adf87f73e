"""Documents written for the tests, as feeds of sources in the catalog; among them titles that try to be more than text.

No sentence is anybody's: they name real regions so that the text stages find them, and say nothing about a real place.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

from ingest.archive_pack import COLUMNS
from ingest.catalog import Source

SCRIPT = "<script>window.taken = 1</script><img src=x onerror='window.taken = 1'>"
HOSTILE = f'{SCRIPT} [press here](javascript:window.taken=1) **bold** $x^2$ :red[red] `code` & "quotes"'
RIGHT_TO_LEFT = "تقرير عن الوضع في بغداد \u202eabc\u202c 2026"
LONG = "Longword " * 1200  # over 10,000 characters


ODD = (HOSTILE, RIGHT_TO_LEFT, LONG.strip())


@dataclass(frozen=True)
class Entry:
    """One entry of a feed. days: how long ago it was published."""

    source_id: str
    days: int
    title: str
    text: str


ENTRIES = (
    Entry(
        "reliefweb_rss", 3, "Afghanistan: fighting in Balkh drives families out",
        "Fighting between two armed groups in Balkh province killed 14 civilians on Monday. Hundreds of families fled "
        "Mazar-i-Sharif and slept in the open. The road between Kabul and Balkh was closed for two days.",
    ),
    Entry(
        "new_humanitarian", 2, "Families flee fighting in Balkh province",
        "Fighting between two armed groups in Balkh province killed 14 civilians on Monday. Hundreds of families fled "
        "Mazar-i-Sharif and slept in the open. The road between Kabul and Balkh was closed for two days.",
    ),
    Entry(
        "un_news", 6, "Returnees detained on arrival in Kabul",
        "Men who were returned to Afghanistan were detained on arrival in Kabul and questioned for days. Two of them "
        "were beaten. Rights groups had no access to the place where they were held in Kabul.",
    ),
    Entry(
        "crisisgroup", 9, "Somalia: roads around Baidoa under control of armed groups",
        "Armed groups collect money at checkpoints on the road between Mogadishu and Baidoa. Drivers who refuse are "
        "abducted. In Bay region seven people were killed in attacks on villages in the last week.",
    ),
    Entry(
        "reliefweb_rss", 12, "Afghanistan: clinics open again in Herat",
        "Twelve clinics in Herat province opened again after a year and treat 4,000 people a week. Food prices in "
        "Herat fell for the third month.",
    ),
    Entry(
        "reliefweb_rss", 15, "Syria: schools in Homs damaged by shelling",
        "Shelling damaged four schools in Homs and killed three teachers. Water is cut off in parts of the city.",
    ),
    Entry("un_news", 4, HOSTILE, f"{HOSTILE} Six people were killed in attacks in Kandahar province. {SCRIPT}"),
    Entry("un_news", 5, RIGHT_TO_LEFT, "قتل ستة مدنيين في هجوم في بغداد يوم الاثنين. أغلقت الطرق حول المدينة."),
    Entry("reliefweb_rss", 20, LONG.strip(), f"{LONG} Three civilians were killed in Balkh province. {LONG}"),
    Entry(
        "nl_bekendmakingen", 30, "WBV 2026/99",
        "Wijziging van de Vreemdelingencirculaire: het landgebonden beleid Afghanistan is gewijzigd. Voor de provincie "
        "Balkh geldt dat de situatie in het kader van artikel 15c opnieuw is beoordeeld.",
    ),
)  # fmt: skip


def write(folder: Path, sources: Mapping[str, Source], now: datetime, hostile: bool = True) -> Path:
    """One feed per source with MANIFEST.csv, under the addresses of the catalog; the manifest's path."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "MANIFEST.csv"
    with manifest.open("w", encoding="utf-8", newline="") as target:
        lines = csv.DictWriter(target, COLUMNS, lineterminator="\n")
        lines.writeheader()
        for source_id in sorted({entry.source_id for entry in ENTRIES}):
            (folder / f"{source_id}.xml").write_text(_feed(source_id, now, hostile), encoding="utf-8")
            lines.writerow(_line(source_id, sources[source_id].urls[0], now.date()))
    return manifest


def _line(source_id: str, url: str, today: date) -> dict[str, str]:
    return {
        "file": f"{source_id}.xml",
        "source_id": source_id,
        "url": url,
        "media_type": "application/rss+xml",
        "captured": today.isoformat(),
        "licence": "written for the tests",
        "may_ship": "yes",
        "note": "",
    }


def _feed(source_id: str, now: datetime, hostile: bool) -> str:
    items = []
    for number, entry in enumerate(ENTRIES):
        if entry.source_id != source_id or (entry.title in ODD and not hostile):
            continue
        published = format_datetime(now - timedelta(days=entry.days))
        items.append(
            f"<item><title>{escape(escape(entry.title))}</title>"  # a title's own markup comes escaped twice
            f"<link>https://{source_id.replace('_', '-')}.example/{number}</link><guid>{number}</guid>"
            f"<pubDate>{published}</pubDate><description>{escape(escape(entry.text))}</description></item>"
        )
    head = f"<title>{source_id}</title><link>https://{source_id.replace('_', '-')}.example/</link>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
