"""Charts: gaps stay gaps, bars keep their side and size, text is text, and the same text is a valid file."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from typing import Any

import pytest

from dashboard import charts

BAD = '</svg><script>alert("x")</script>&'
SPACE = "{http://www.w3.org/2000/svg}"


def shown(day: date) -> str:
    return day.isoformat()


def point(month: int, score: float | None, state: str = "assessed") -> dict[str, Any]:
    numbers = (
        dict.fromkeys(("p10", "p50", "p90")) if score is None else {"p10": score - 5, "p50": score, "p90": score + 5}
    )
    return {"as_of": date(2026, month, 28), "state": state if score is not None else None, **numbers}


def parsed(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text)
    assert not list(root.iter(f"{SPACE}script"))
    assert root.get("role") == "img"
    assert root.get("aria-label")
    return root


def test_a_gap_breaks_the_line_and_is_never_bridged() -> None:
    rows = [point(1, 30), point(2, 32), point(3, None), point(4, None), point(5, 60), point(6, 61)]
    root = parsed(charts.trend(rows, "Legal", "said", shown))
    lines = [path for path in root.iter(f"{SPACE}path") if path.get("fill") == "none" and "L" in path.get("d", "")]
    assert len(lines) == 2
    assert len(list(root.iter(f"{SPACE}circle"))) == 4
    whole = parsed(charts.trend([row for row in rows if row["p50"]], "Legal", "said", shown))
    assert len([p for p in whole.iter(f"{SPACE}path") if p.get("fill") == "none" and "L" in p.get("d", "")]) == 1


def test_higher_scores_lie_higher_and_unknown_is_hollow() -> None:
    root = parsed(charts.trend([point(1, 10, "insufficient"), point(2, 90)], "t", "said", shown))
    low, high = list(root.iter(f"{SPACE}circle"))
    assert float(low.get("cy", 0)) > float(high.get("cy", 0))
    assert low.get("fill") != high.get("fill")


@pytest.mark.parametrize("rows", [[], [point(1, None)], [point(1, 50)]], ids=["none", "gap only", "one"])
def test_few_rows_still_make_a_drawing(rows: list[dict[str, Any]]) -> None:
    parsed(charts.trend(rows, "t", "said", shown))


def test_bars_of_a_change_keep_side_and_size() -> None:
    root = parsed(charts.contributions([("A", -8.0), ("B", 4.0)], "t", "said", lambda v: f"{v:+.1f}"))
    left, right = list(root.iter(f"{SPACE}rect"))
    middle = charts.WIDE / 2
    assert float(left.get("x", 0)) + float(left.get("width", 0)) == pytest.approx(middle, abs=0.2)
    assert float(right.get("x", 0)) == pytest.approx(middle, abs=0.2)
    assert float(left.get("width", 0)) == pytest.approx(2 * float(right.get("width", 0)), abs=0.2)
    assert left.get("fill") != right.get("fill")


def test_a_month_nobody_covers_is_hatched_and_a_zero_is_not() -> None:
    rows = [{"month": date(2026, m, 1), "deaths": v} for m, v in ((1, None), (2, 0), (3, 10))]
    root = parsed(charts.months(rows, "deaths", "t", "said", shown, str))
    fills = [rect.get("fill") for rect in root.iter(f"{SPACE}rect")]
    assert fills.count("url(#rw-gap)") == 1
    heights = [float(r.get("height", 0)) for r in root.iter(f"{SPACE}rect") if r.get("fill") != "url(#rw-gap)"]
    assert heights[0] < 1 < heights[1]


def test_levels_of_a_country_stack_to_the_whole_height() -> None:
    rows = [{"as_of": date(2026, m, 28), "level_counts": {"5": 2, "U": 6, "3": 2}} for m in (1, 2, 5)]
    root = parsed(charts.levels(rows, "t", "said", shown))
    heights = [float(r.get("height", 0)) for r in root.iter(f"{SPACE}rect") if (r.get("fill") or "").startswith("url")]
    assert sum(heights) == pytest.approx(3 * (charts.HIGH - charts.TOP - charts.BOTTOM), abs=1)
    used = {name for r in root.iter(f"{SPACE}rect") for name in re.findall(r"#([\w-]+)", r.get("fill") or "")}
    defined = {p.get("id") for p in root.iter(f"{SPACE}pattern")}
    assert {name for name in used if name.startswith("rw-level")} <= defined


def test_stories_with_more_origins_are_larger() -> None:
    root = parsed(charts.timeline([(date(2026, 1, 1), 1, "a"), (date(2026, 2, 1), 4, "b")], "t", "said", shown))
    small, large = [float(c.get("r", 0)) for c in root.iter(f"{SPACE}circle")]
    assert small < large


def test_hostile_text_is_text_in_every_chart() -> None:
    drawn = [
        charts.trend([point(1, 50)], BAD, BAD, lambda d: BAD),
        charts.contributions([(BAD, 1.0)], BAD, BAD, lambda v: BAD),
        charts.months([{"month": date(2026, 1, 1), "deaths": 1}], "deaths", BAD, BAD, lambda d: BAD, lambda v: BAD),
        charts.levels([{"as_of": date(2026, 1, 1), "level_counts": {"4": 1}}], BAD, BAD, lambda d: BAD),
        charts.timeline([(date(2026, 1, 1), 1, BAD)], BAD, BAD, lambda d: BAD),
    ]
    for text in drawn:
        root = parsed(text)
        assert BAD in "".join(root.itertext())
        assert root.get("aria-label") == BAD
