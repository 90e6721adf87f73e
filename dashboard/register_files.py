"""The register as files: JSON with everything public, and a tagged PDF to keep or to send."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assessment.ledger import Entry
from assessment.ledger_state import counter_evidence_state
from dashboard import table
from dashboard.page import Page

TEMPLATE = Path(__file__).with_name("register.typ")
FONTS = Path(__file__).with_name("static") / "fonts"


def as_json(rows: Sequence[Mapping[str, Any]], known: Sequence[Entry], head: tuple[int, str]) -> bytes:
    """Decisions, changed rules, removed gates, reports and answers; roles in place of people."""
    whole = {
        "head": {"seq": head[0], "hash": head[1]},
        "decisions": list(rows),
        "rules_changed": _entries(known, "rule_changed"),
        "gates_removed": _entries(known, "gate_removed"),
        "reports": [
            {name: getattr(case, name) for name in case.__dataclass_fields__}
            for case in counter_evidence_state(known).values()
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, default=_text).encode()


def _entries(known: Sequence[Entry], kind: str) -> list[dict[str, Any]]:
    return [
        {"seq": e.seq, "time": e.time, "role": e.role, "object": e.object, **e.payload} for e in known if e.kind == kind
    ]


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def pdf_possible() -> bool:
    """The extra `brief` is installed."""
    return importlib.util.find_spec("typst") is not None


def as_pdf(
    page: Page, rows: Sequence[Mapping[str, Any]], columns: Sequence[table.Column], head: tuple[int, str]
) -> bytes:
    """One block per decision: every column of the table, the files' ones too. PDF/UA-1."""
    import typst  # a tenth of a second that only this download pays

    def shown(column: table.Column, row: Mapping[str, Any]) -> str:
        found = column.value(row)
        if isinstance(found, list):
            return "; ".join(str(item.get("url", item)) if isinstance(item, Mapping) else str(item) for item in found)
        return table.text(page, found)

    content = {
        "lang": page.words.language,
        "title": f"ReturnWatch: {page.word('register.title')}",
        "lead": page.word("register.lead"),
        "made": page.words.moment(page.now),
        "head": f"{page.word('register.head', seq=head[0])} {head[1]}",
        "note": page.word("footer.not_a_judgement"),
        "decisions": [[[column.label, shown(column, row)] for column in columns] for row in rows],
    }
    files = {
        "main.typ": TEMPLATE.read_bytes(),
        "data.json": json.dumps(content, ensure_ascii=False).encode(),
    }
    # Its stubs know no dict of files, which is the documented way to compile from memory.
    made = typst.compile(  # type: ignore[call-overload]
        files, font_paths=[str(FONTS)], ignore_system_fonts=True, pdf_standards=["ua-1"]
    )
    assert isinstance(made, bytes)
    return made
