"""The validation report: half a page of plain words first, then every test with its limits, tables and plots."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from assessment.validation.thresholds import FAIL, NOT_ENOUGH, PASS

WORDS = Path(__file__).with_name("words.toml")
LANGUAGES = ("en", "nl")
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem}h2{margin-top:2.2rem;border-top:1px solid #ccc;padding-top:1rem}h3{margin:1.4rem 0 .3rem}
table{border-collapse:collapse;margin:.6rem 0 1.2rem;font-size:.88rem}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border-bottom:1px solid #ddd;padding:.25rem .6rem;text-align:left;vertical-align:top}td.n{text-align:right;
font-variant-numeric:tabular-nums;white-space:nowrap}tr.ours td{font-weight:600}.wide{overflow-x:auto}
.pass{color:#14532d}.fail{color:#8c1d18}.not_enough_data{color:#5a4300}.mark{font-weight:700}
figure{margin:.8rem 0}figcaption{font-weight:600}svg{max-width:100%;height:auto}.note{color:#444}
.small{font-size:.88rem}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}table,figure{break-inside:avoid}}
""".strip()
MARK = {PASS: "✓", FAIL: "✗", NOT_ENOUGH: "?"}


@cache
def words() -> Mapping[str, Any]:
    """All texts of the report."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def say(language: str, *path: str, **given: Any) -> str:
    """A text of words.toml, filled; a key that is not there is shown as it is."""
    entry: Any = words()
    for key in path:
        entry = entry.get(key) if isinstance(entry, Mapping) else None
    return str(entry[language]).format(**given) if isinstance(entry, Mapping) else path[-1]


def plain_words(result: Mapping[str, Any], language: str) -> dict[str, list[str]]:
    """The half page: lines for what holds, what does not, what cannot be judged, and where history is as good.

    A test that fails names every check that failed, on a second line; checks without a verdict stand under what cannot
    be judged, also those of a test that has one.
    """
    lines: dict[str, list[str]] = {PASS: [], FAIL: [], NOT_ENOUGH: []}
    for test in result["tests"]:
        verdict = test["verdict"]
        line = f"{test['test']}: {say(language, 'plain_text', test['test'], verdict)}"
        if verdict == FAIL:
            failed = [_check_in_words(c, language) for c in test["checks"] if c["verdict"] == FAIL]
            counts = [sum(c["verdict"] == v for c in test["checks"]) for v in (PASS, FAIL, NOT_ENOUGH)]
            line += "\n" + say(language, "phrase", "counted", held=counts[0], failed=counts[1], open=counts[2])
            line += " " + "; ".join(failed) + "."
        lines[verdict].append(line)
        if verdict != NOT_ENOUGH:
            open_checks = [_check_in_words(c, language) for c in test["checks"] if c["verdict"] == NOT_ENOUGH]
            lines[NOT_ENOUGH] += [f"{test['test']}: {text}" for text in open_checks]
    asked = [_question(language, *pair) for pair in result["history_as_good"]]
    history = say(language, "history", questions="; ".join(asked)) if asked else say(language, "no_history")
    return {**lines, "history": [history]}


def _check_in_words(check: Mapping[str, Any], language: str) -> str:
    if check["verdict"] == NOT_ENOUGH:
        few = say(language, "phrase", "few", cases=check["cases"], needs=check["needs"])
        return f"{check['text'][language]}: {check['why'][language] if check['why'] else few}."
    found = say(language, "phrase", "found", value=_cell(check["value"], language), limit=check["limit"])
    return f"{check['text'][language]}: {found}"


def _question(language: str, outcome: str, horizon: int) -> str:
    return say(language, "phrase", "question", outcome=say(language, "outcome", outcome), horizon=horizon)


def render_html(result: Mapping[str, Any], language: str = "en") -> str:
    """The whole report as one file: no script, no address outside, readable on paper."""
    parts = [f"<h1>{escape(say(language, 'title'))}</h1>", f'<p class="note">{escape(_basis(result, language))}</p>']
    parts += [f"<h2>{escape(say(language, 'plain'))}</h2>", *_plain_html(result, language)]
    parts.append(f"<h2>{escape(say(language, 'tests'))}</h2>")
    for test in result["tests"]:
        parts += _test_html(test, language)
    parts += _red_team_html(result["metrics"], language)
    title = escape(say(language, "title"))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        + "\n".join(parts)
        + "</main></body></html>\n"
    )


def _basis(result: Mapping[str, Any], language: str) -> str:
    basis = dict(result["basis"])
    return say(language, "basis", **{**basis, "quick": say(language, "quick") if result["quick"] else ""})


def _plain_html(result: Mapping[str, Any], language: str) -> list[str]:
    lines = plain_words(result, language)
    parts = []
    for verdict, head in ((PASS, "holds"), (FAIL, "fails"), (NOT_ENOUGH, "unknown")):
        parts.append(f'<h3 class="{verdict}">{escape(say(language, head))}</h3>')
        items = lines[verdict] or [say(language, "nothing")]
        parts.append("<ul>" + "".join(f"<li>{_two_lines(item)}</li>" for item in items) + "</ul>")
    parts += [f"<p>{escape(line)}</p>" for line in lines["history"]]
    closing = (
        say(language, "caution"),
        say(language, "written", day=result["written"]),
        say(language, "not_by_machine"),
    )
    return parts + [f'<p class="note">{escape(text)}</p>' for text in closing]


def _label(language: str, text: str) -> str:
    """A label of a plot in words: a forecast, or "dimension: choice" of Sobol indices. `text` is escaped already."""
    dimension, colon, choice = text.partition(": ")
    if not colon:
        return escape(forecast_name(language, text)) if re.fullmatch(r"[a-z_0-9]+", text) else text
    words_of = [say(language, "choice", word) for word in choice.replace("never seen", "never_seen").split(" ")]
    return escape(f"{say(language, 'dimension', dimension)}: {' '.join(words_of)}")


def _two_lines(item: str) -> str:
    """The sentence, and under it in smaller type what was found."""
    text, _, detail = item.partition("\n")
    return escape(text) + (f'<br><span class="note small">{escape(detail)}</span>' if detail else "")


def _test_html(test: Mapping[str, Any], language: str) -> list[str]:
    word = say(language, "verdict", test["verdict"])
    mark = f'<span class="mark {test["verdict"]}">{MARK[test["verdict"]]} {escape(word)}</span>'
    parts = [f'<h2 id="{test["test"]}">{test["test"]}. {escape(test["title"][language])}</h2><p>{mark}</p>']
    parts.append(_checks_html(test["checks"], language))
    for plot in test["plots"]:
        caption = say(language, "caption", plot["caption"])
        if "about" in plot:
            caption += ": " + _question(language, *plot["about"])
        named = re.sub(r">([^<]+)</text>", lambda m: f">{_label(language, m[1])}</text>", plot["svg"])
        parts.append(f"<figure><figcaption>{escape(caption)}</figcaption>{named}</figure>")
    parts += [table_html(table, language) for table in test["tables"]]
    return parts


def _checks_html(checks: Sequence[Mapping[str, Any]], language: str) -> str:
    heads = ("check", "value", "interval_95", "limit", "cases", "verdict")
    rows = ["<tr>" + "".join(f"<th>{escape(say(language, 'column', h))}</th>" for h in heads) + "</tr>"]
    for check in checks:
        word = say(language, "verdict", check["verdict"])
        why = f'<br><span class="note">{escape(check["why"][language])}</span>' if check["why"] else ""
        rows.append(
            f"<tr><td>{escape(check['text'][language])}{why}</td>"
            f'<td class="n">{_cell(check["value"], language)}</td>'
            f'<td class="n">{_cell(check["interval"], language)}</td>'
            f'<td class="n">{escape(check["limit"])}</td><td class="n">{check["cases"]:,}</td>'
            f'<td class="{check["verdict"]}">{MARK[check["verdict"]]} {escape(word)}</td></tr>'
        )
    return f'<div class="wide"><table>{"".join(rows)}</table></div>'


def table_html(table: Mapping[str, Any], language: str) -> str:
    """One table; the heads from words.toml, a row of ours in bold."""
    caption = say(language, "caption", table["caption"])
    about = table.get("about")
    if about:
        asked = _question(language, about["outcome"], about["horizon"])
        key = "skipped" if "skipped" in about else "about"
        rate = _cell(about.get("base_rate"), language)
        caption += ": " + say(language, "phrase", key, question=asked, **{**about, "base_rate": rate})
    heads = "".join(f"<th>{escape(say(language, 'column', c))}</th>" for c in table["columns"])
    body = []
    for row in table["rows"]:
        ours = ' class="ours"' if str(row[0]).startswith(("returnwatch", "ours", "physical_score")) else ""
        cells = "".join(
            f"<td>{_cell(value, language)}</td>"
            if isinstance(value, str)
            else f'<td class="n">{_cell(value, language)}</td>'
            for value in row
        )
        body.append(f"<tr{ours}>{cells}</tr>")
    return f'<div class="wide"><table><caption>{escape(caption)}</caption><tr>{heads}</tr>{"".join(body)}</table></div>'


def _cell(value: Any, language: str) -> str:
    """A figure with three decimals, an interval, a count, yes or no, or a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return escape(say(language, "phrase", "yes" if value else "no"))
    if isinstance(value, (list, tuple)):
        return "–" if value[0] is None else f"{float(value[0]):.3f} … {float(value[1]):.3f}"
    if isinstance(value, float):
        return "–" if value != value else f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    return escape(forecast_name(language, str(value)))


def forecast_name(language: str, name: str) -> str:
    """A forecast, rule or dimension in words; published predictions by the kind of model in their file's name."""
    if name.startswith("preds_"):
        name = next((kind for kind in ("rf", "l2") if f"_{kind}_" in name), name)
    found = say(language, "forecast", name)
    return found if found != name else say(language, "column", name)


def _red_team_html(metrics: Mapping[str, Any], language: str) -> list[str]:
    used = say(language, "red_team_used", names=", ".join(metrics["used"]) or say(language, "nothing"))
    refused = "; ".join(f"{name} ({why})" for name, why in metrics["refused"].items())
    return [
        f"<h2>{escape(say(language, 'red_team'))}</h2><p>{escape(used)}</p>"
        f"<p>{escape(say(language, 'red_team_refused', names=refused or say(language, 'nothing')))}</p>"
    ]


def render_text(result: Mapping[str, Any], language: str = "en") -> str:
    """The half page for a terminal, and one line per check."""
    lines = [say(language, "title"), _basis(result, language), ""]
    found = plain_words(result, language)
    for verdict, head in ((PASS, "holds"), (FAIL, "fails"), (NOT_ENOUGH, "unknown")):
        items = found[verdict] or [say(language, "nothing")]
        lines += [f"{say(language, head)}:", *[f"  {MARK[verdict]} {i}".replace("\n", "\n      ") for i in items], ""]
    lines += [*found["history"], say(language, "caution"), ""]
    for test in result["tests"]:
        for check in test["checks"]:
            value = "-" if check["value"] is None else f"{check['value']:.3f}"
            word = say(language, "verdict", check["verdict"])
            lines.append(f"  {test['test']:<4}{check['check']:<20}{value:>10}  {check['limit']:<10}{word}")
    return "\n".join(lines)
