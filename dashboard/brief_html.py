"""The brief as HTML: a piece for the page, or a file of its own that pastes cleanly into a case file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dashboard import bands
from dashboard.page import escape

Links = Callable[[Iterable[str]], str]  # evidence ids -> HTML

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c232b; background: #ffffff; max-width: 52rem; margin: 2rem auto;
  padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; } h2 { font-size: 1.1rem; border-top: 1px solid #1c232b;
  padding-top: .4rem; margin: 1.5rem 0 .3rem; } h3 { font-size: 1rem; margin: .8rem 0 .1rem; }
p, ul { margin: .3rem 0; } small, .quiet { color: #4f5a66; } .map svg { max-width: 22rem; height: auto; }
.advice, .warning { border: 1px solid #1c232b; padding: .6rem .8rem; margin: .8rem 0; }
.warning { background: #fdf1d4; } dl { display: flex; flex-wrap: wrap; gap: .2rem 2rem; }
dt { color: #4f5a66; } dd { margin: 0; font-weight: 600; }
"""


def document(content: Mapping[str, Any], map_svg: str | None) -> bytes:
    """A whole page without script, foreign request or clock: the same content gives the same bytes."""
    picture = f'<div class="map">{map_svg}</div>' if map_svg else ""
    return (
        f'<!doctype html>\n<html lang="{escape(content["language"])}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(content['title'])}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{fragment(content, picture=picture)}\n</main>\n</body>\n</html>\n"
    ).encode()


def fragment(
    content: Mapping[str, Any],
    *,
    picture: str = "",
    links: Links | None = None,
    chip: Callable[[Mapping[str, Any]], str] | None = None,
    top: int = 1,
) -> str:
    """The brief without a head. links: evidence ids to links; chip: a band to its chip; top: level of its title."""
    show = _Show(links or (lambda ids: ""), chip or _word, top)
    parts = [
        show.head(content),
        picture,
        show.advice(content["advice"]),
        _facts(content["facts"]),
        f"<p><strong>{escape(content['notice'][0])}</strong></p>",
        *(f'<p class="warning rw-brief-warning">{escape(said)}</p>' for said in content["warnings"]),
        show.section(content["sections"][0]),
        show.bands(content["bands"]),
        *(show.section(part) for part in content["sections"][1:]),
        f"<p><strong>{escape(' '.join(content['notice']))}</strong></p>",
        f'<p class="quiet rw-quiet"><small>{"<br>".join(escape(line) for line in content["foot"])}</small></p>',
    ]
    return "\n".join(part for part in parts if part)


def _word(row: Mapping[str, Any]) -> str:
    number = "?" if row["key"] == bands.UNKNOWN else row["key"]
    return f"<strong>{escape(number)} · {escape(row['word'])}</strong>"


def _facts(facts: list[dict[str, str]]) -> str:
    rows = "".join(f"<div><dt>{escape(row['label'])}</dt><dd>{escape(row['value'])}</dd></div>" for row in facts)
    return f'<dl class="rw-brief-facts">{rows}</dl>'


class _Show:
    """Pieces of the brief; outside text is escaped in each of them."""

    def __init__(self, links: Links, chip: Callable[[Mapping[str, Any]], str], top: int) -> None:
        self.links, self.chip, self.top = links, chip, top

    def heading(self, level: int, text: str) -> str:
        return f"<h{self.top + level}>{escape(text)}</h{self.top + level}>"

    def head(self, content: Mapping[str, Any]) -> str:
        native = f'<p class="quiet rw-quiet"><bdi>{escape(content["native"])}</bdi></p>' if content["native"] else ""
        kind = f'<p class="quiet rw-quiet">ReturnWatch · {escape(content["kind"])}</p>'
        return kind + self.heading(0, content["heading"]) + native

    def advice(self, advice: Mapping[str, Any]) -> str:
        return (
            f'<div class="advice rw-brief-advice rw-brief-{escape(advice["status"])}">'
            f"<p><small>{escape(advice['heading'])}</small></p>"
            f"<p><strong>{escape(advice['words'])}</strong> <small>{escape(advice['category'])}</small></p>"
            f"<p>{escape(' '.join(advice['lines']))}</p></div>"
        )

    def bands(self, part: Mapping[str, Any]) -> str:
        three = "".join(self.band(row) for row in part["three"])
        intro = f"<p>{escape(part['intro'])}</p>"
        return f'{self.heading(1, part["title"])}{intro}<div class="rw-brief-three">{three}</div>'

    def band(self, row: Mapping[str, Any]) -> str:
        lines = "".join(f"<p><small>{escape(line)}</small></p>" for line in (*row["lines"], row["none"]) if line)
        body = self.items(row["reasons"]) + self.more(row)
        return f"<section>{self.heading(2, row['name'])}<p>{self.chip(row)}</p>{lines}{body}</section>"

    def section(self, part: Mapping[str, Any]) -> str:
        intro = f"<p>{escape(' '.join(part['intro']))}</p>" if part["intro"] else ""
        return self.heading(1, part["title"]) + intro + self.items(part["items"]) + self.more(part)

    def items(self, rows: list[dict[str, Any]]) -> str:
        return f"<ul>{''.join(f'<li>{self.item(row)}</li>' for row in rows)}</ul>" if rows else ""

    def item(self, row: Mapping[str, Any]) -> str:
        colon = ": " if row["lead"] and row["text"] and not row["lead"].startswith("[") else " "
        lead = f"<strong>{escape(row['lead'])}</strong>{colon}" if row["lead"] else ""
        note = f" <small>({escape(row['note'])})</small>" if row["note"] else ""
        refs = f" <small>[{', '.join(str(number) for number in row['refs'])}]</small>" if row["refs"] else ""
        ask = f" <em>{escape(row['ask'])}</em>" if row["ask"] else ""
        url = row.get("url", "")
        address = f' <a href="{escape(url)}" rel="noreferrer">{escape(row["host"])}</a>' if url else ""
        return f"{lead}{escape(row['text'])}{note}{refs}{ask}{address}{self.links(row['evidence_ids'])}"

    def more(self, part: Mapping[str, Any]) -> str:
        return f"<p><small>{escape(part['more'])}</small></p>" if part["more"] else ""
