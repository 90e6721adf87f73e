"""Method: what is measured, why and what it misses, anchors, weights, levels, gates, every number, and tests of it."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import draw, table
from dashboard.language import FOLDER, flatten
from dashboard.page import Page, escape
from dashboard.views import EVERYBODY, _method_validation

PATH, ORDER, ROLES = "method", 110, EVERYBODY

RULES = ("three", "doubt", "missing", "numbers", "gates", "people", "groups")
DIGEST = 12  # digits of the digest that says which English text was translated
Row = Mapping[str, Any]


def show(page: Page) -> None:
    """From the rules in words to every number."""
    method = page.reader.method()
    st.title(page.word("method.title"))
    st.markdown(page.word("method.intro"))
    _version(page, method)
    st.header(page.word("method.rules"))
    level = method["unknown"]["treated_as"]
    rules = "".join(f"<li>{escape(page.word(f'method.rule.{name}', level=level))}</li>" for name in RULES)
    draw.html(f'<ul class="rw-list">{rules}</ul>')
    st.header(page.word("method.bands"))
    _bands(page, method)
    st.header(page.word("method.dimensions"))
    for dimension in method["dimensions"]:
        _dimension(page, method, dimension)
    _beside(page, method)
    st.header(page.word("method.gates"))
    _gates(page, method)
    st.header(page.word("method.categories"))
    _categories(page, method)
    st.header(page.word("method.validation"))
    _method_validation.show(page, method["validation"])
    st.header(page.word("method.numbers"))
    _numbers(page, method)


def _version(page: Page, method: Row) -> None:
    framework = method["framework"]
    said = page.word("method.version", version=framework["version"])
    digest = page.word("method.digest", digest=framework["digest"][:DIGEST])
    previous = page.word("method.previous", previous=framework["previous"]) if framework["previous"] else ""
    english = _only_english(page) if page.words.language != "en" else ""
    draw.html(
        f"<p><strong>{escape(said)}</strong> <small>{escape(digest)}</small><br>",
        f"{escape(framework['reason'])} {english} {escape(previous)}</p>",
    )
    shown = page.reader.snapshot["framework_version"]
    if shown is None:
        draw.empty(page, page.word("method.no_run"))
    elif not method["same_as_run"]:
        said = page.word("method.changed", shown=shown, stated=framework["version"])
        draw.html(f'<p class="rw-banner">{escape(said)}</p>')


def _only_english(page: Page) -> str:
    return f'<span class="rw-when">({escape(page.word("method.english_only"))})</span>'


def _bands(page: Page, method: Row) -> None:
    rows = [{"key": str(row["level"]), **row} for row in method["bands"]]
    rows.append({"key": "U", "level": None, "from": None, **method["unknown"]})
    columns = [
        table.Column(page.word("method.band"), lambda r: r[page.words.language], lambda r: draw.band(page, r["key"])),
        table.Column(
            page.word("method.from_score"),
            lambda r: r["from"],
            lambda r: escape(
                page.words.number(r["from"])
                if r["from"] is not None
                else page.word("method.unknown_band", level=r["treated_as"])
            ),
        ),
    ]
    table.show(page, rows, columns, name="bands")


def _dimension(page: Page, method: Row, dimension: Row) -> None:
    """Its parts with their weights, then its indicators one by one."""
    st.subheader(page.words.of(dimension, "name") or dimension[page.words.language])
    columns = [
        table.Column(
            page.word("method.pillar"),
            lambda r: page.words.of(r, "name"),
            lambda r: (
                escape(page.words.of(r, "name"))
                + (
                    f" {draw.chip(page.word('method.main'), 'plain')}"
                    if r["pillar"] == dimension["main_pillar"]
                    else ""
                )
            ),
        ),
        table.Column(page.word("method.weight"), lambda r: r["weight"], lambda r: page.words.share(r["weight"]), True),
    ]
    table.show(page, dimension["pillars"], columns, name=f"pillars-{dimension['dimension']}")
    names = {row["pillar"]: page.words.of(row, "name") for row in dimension["pillars"]}
    mine = [row for row in method["indicators"] if row["dimension"] == dimension["dimension"]]
    mine.sort(key=lambda row: (list(names).index(row["pillar"]), -(row["weight"] or 0)))
    draw.html("".join(_indicator(page, row, names[row["pillar"]]) for row in mine))


def _beside(page: Page, method: Row) -> None:
    """Perspective items."""
    beside = [row for row in method["indicators"] if row["dimension"] == "perspective"]
    if beside:
        st.subheader(page.word("method.beside")[0].upper() + page.word("method.beside")[1:])
        draw.html("".join(_indicator(page, row, "") for row in beside))


def _indicator(page: Page, row: Row, pillar: str) -> str:
    """One indicator that opens: what, why and what it misses; then its numbers."""
    core = f" {draw.chip(page.word('method.core'), 'plain')}" if row["core"] else ""
    text, translated = text_of(page.words.language, row)
    note = "" if translated else f" {_only_english(page)}"
    pairs = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in _facts(page, row, pillar) if value
    )
    return (
        f'<details class="rw-method"><summary><b>{escape(row["indicator_id"])}</b> '
        f"{escape(page.words.of(row, 'name'))}{core}</summary><p>{escape(text)}{note}</p>"
        f'<dl class="rw-pairs">{pairs}</dl></details>'
    )


def _facts(page: Page, row: Row, pillar: str) -> list[tuple[str, str]]:
    word, words = page.word, page.words
    weight = f"{words.share(row['weight'])} ({pillar})" if row["weight"] else ""
    pairs = row["anchors"] or tuple((row["codes"] or {}).items())
    anchors = "; ".join(
        word("method.anchor", raw=words.number(float(raw), 2), score=words.number(float(score), 0))
        for raw, score in pairs
    )
    half = word("method.days", count=words.number(row["half_life_days"])) if row["half_life_days"] else ""
    return [
        (word("method.weight"), weight),
        (word("method.unit"), row["unit"]),
        (word("method.anchors"), anchors),
        (word("method.half_life"), half),
        (word("method.inherit"), word(f"method.inherit_{row['inherit']}") if row["inherit"] else ""),
        (word("method.sources"), ", ".join(row["sources"])),
        (word("method.coverage"), words.number(row["regions_with_data"])),
    ]


def text_of(language: str, row: Row) -> tuple[str, bool]:
    """(the indicator's text, whether it is in the reader's language). A translation of an older text does not count."""
    if language == "en":
        return row["text"], True
    found = _translations(language).get(row["indicator_id"], {})
    if found.get("of") == hashlib.sha256(row["text"].encode()).hexdigest()[:DIGEST]:
        return found["text"], True
    return row["text"], False


@functools.cache
def _translations(language: str) -> Mapping[str, Mapping[str, str]]:
    path = FOLDER / f"method_{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _gates(page: Page, method: Row) -> None:
    columns = [
        table.Column(page.word("method.gate"), lambda r: f"{r['gate_id']} {r[page.words.language]}"),
        table.Column(page.word("method.effect"), lambda r: "; ".join(_effects(page, r["effect"]))),
    ]
    table.show(page, method["gates"], columns, name="gates")


def _effects(page: Page, effect: Mapping[str, Any]) -> list[str]:
    return [
        page.word(f"method.effect_of.{name}", value=value) if page.words.has(f"method.effect_of.{name}") else name
        for name, value in effect.items()
    ]


def _categories(page: Page, method: Row) -> None:
    rows = [{"category": name, **words} for name, words in method["advice"].items()]
    columns = [table.Column(page.word("method.category"), lambda r: f"{r['category']} {r[page.words.language]}")]
    table.show(page, rows, columns, name="categories")


def _numbers(page: Page, method: Row) -> None:
    """The whole of the settings, folded away, under the names the settings file gives them."""
    rows = [{"name": name, "value": value} for name, value in flatten(method["numbers"])]
    columns = [
        table.Column(page.word("method.number"), lambda r: r["name"]),
        table.Column(page.word("method.value"), lambda r: _plain(r["value"]), numeric=True),
    ]
    with st.expander(page.word("method.numbers")):
        table.show(page, rows, columns, name="numbers")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(", ".join(f"{k} {v}" for k, v in x.items()) if isinstance(x, dict) else str(x) for x in value)
    return str(value)
