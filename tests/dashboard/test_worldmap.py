"""The map's places and the click handler; choices in the URL."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import streamlit as st

from dashboard import bands, choose, shapes, worldmap
from dashboard.language import LANGUAGES
from tests.dashboard.page_kit import HOSTILE, page


def drawing() -> shapes.Drawing:
    wide = "M0 0L200 0L200 50L0 50Z"
    return shapes.Drawing(300, 200, {"A": wide, "B": "M0 0L9 0L9 9Z"}, {"B": (4.0, 4.0)}, {"A": (100.0, 25.0)}, "",
                          frozenset({"B"}))  # fmt: skip


def dimension(state: str, level: int, known: int | None = None) -> dict[str, Any]:
    return {"state": state, "level": level, "indicative_level": known}


def region(name: str, seen: dict[str, Any]) -> dict[str, Any]:
    return {
        "region_id": name, "name_en": f"Region {name}", "reason_en": "because", "reason_dimension": "legal",
        "overall_state": seen["state"], "overall_level": seen["level"], "dimensions": {"legal": seen},
    }  # fmt: skip


def test_a_choice_leads_deeper_and_keeps_language_and_dimension(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = page(monkeypatch, paths=("situation", "region"))
    place = worldmap.region_places(shown, [region("A&B", dimension("assessed", 3))], "overall", drawing())[0]
    assert place["href"] == "region?lang=en&region=A%26B"
    row = {"iso3": "A", "name_en": "Land", "monitored": True, "regions": 1, "level_counts": dict.fromkeys("12345U", 0),
           **dimension("assessed", 5)}  # fmt: skip
    country = worldmap.country_places(shown, [row], "legal", drawing())[0]
    assert country["href"] == "situation?lang=en&country=A&dimension=legal"


def test_a_place_is_colour_pattern_and_word(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [region("A", dimension("insufficient", 4, 5)), region("B", dimension("assessed", 3))]
    first, second = worldmap.region_places(page(monkeypatch), rows, "overall", drawing())
    assert first["fill"] == "U5"
    assert "Insufficient information; what is known points to: Exceptional" in first["said"]
    assert first["said"].startswith("Region A: ")
    assert (second["fill"], second["dot"], second["approximate"]) == ("3", (4.0, 4.0), True)
    patterns = bands.svg_patterns("rw-map-")
    for fill in ("1", "2", "3", "4", "5", "U", "U4", "U5"):
        assert f'id="rw-map-{fill}"' in patterns


def test_by_a_dimension_the_map_follows_that_dimension(monkeypatch: pytest.MonkeyPatch) -> None:
    row = region("A", dimension("assessed", 5))
    row["dimensions"]["physical"] = dimension("assessed", 2)
    assert worldmap.region_places(page(monkeypatch), [row], "physical", drawing())[0]["fill"] == "2"
    assert worldmap.region_places(page(monkeypatch), [row], "overall", drawing())[0]["fill"] == "5"


def test_a_country_says_how_many_regions_stand_where(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"1": 0, "2": 0, "3": 1, "4": 0, "5": 2, "U": 3}
    row = {"iso3": "A", "name_en": "Land", "monitored": True, "regions": 6, "level_counts": counts,
           **dimension("assessed", 5)}  # fmt: skip
    other = {**row, "iso3": "Z", "monitored": False}
    places = worldmap.country_places(page(monkeypatch, paths=("situation",)), [row, other], "legal", drawing())
    assert [place["id"] for place in places] == ["A"]
    assert "6 regions: 2 exceptional, 3 insufficient information, 1 serious concern" in places[0]["reason"]


def test_a_label_is_written_only_where_it_fits() -> None:
    assert worldmap.fits({"path": "M0 0L200 0L200 50Z", "name": "Balkh"})
    assert not worldmap.fits({"path": "M0 0L20 0L20 50Z", "name": "Balkh"})
    assert not worldmap.fits({"path": "", "name": "Balkh"})


def test_hostile_names_travel_as_data(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {**region("A", dimension("assessed", 5)), "name_en": HOSTILE, "reason_en": HOSTILE}
    place = worldmap.region_places(page(monkeypatch), [row], "overall", drawing())[0]
    assert place["name"] == HOSTILE
    code = (worldmap.STATIC / "map.js").read_text()
    for unsafe in (
        "innerHTML",
        "insertAdjacentHTML",
        "outerHTML",
        "document.write",
        "eval(",
        "fetch(",
        "http://localhost",
    ):
        assert unsafe not in code


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_of_a_map_shows_the_bands(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    shown = page(monkeypatch, language)
    places = worldmap.region_places(shown, [region("A", dimension("insufficient", 4, 5))], "overall", drawing())
    assert b'fill="url(#bU)"' in worldmap.svg_file(drawing(), places, "title")


def test_the_address_decides_and_nonsense_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = page(monkeypatch)
    st.query_params["dimension"] = "physical"  # type: ignore[index]
    assert choose.value(shown, "dimension", ("overall", "physical"), "overall") == "physical"
    assert choose.value(shown, "dimension", ("overall", "legal"), "overall") == "overall"
    assert choose.split("A,B,A,,X", ["A", "B"]) == ["A", "B"]
    assert choose.parse_day("2026-02-30", date(2026, 1, 1)) == date(2026, 1, 1)
    assert choose.parse_day("2026-02-03", date(2026, 1, 1)) == date(2026, 2, 3)


def test_a_choice_is_written_into_the_address_and_the_default_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = page(monkeypatch)
    monkeypatch.setattr(st, "session_state", {"k": "legal", "many": ["A", "B"], "day": date(2026, 2, 3)})
    choose._write(shown, "dimension", "k", "overall")
    choose._write(shown, "regions", "many", "")
    choose._write(shown, "since", "day", "2026-01-01")
    assert dict(st.query_params) == {"lang": "en", "dimension": "legal", "regions": "A,B", "since": "2026-02-03"}
    choose._write(shown, "dimension", "k", "legal")
    assert "dimension" not in st.query_params
