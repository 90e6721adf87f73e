"""Indicators on a small hand-made warehouse; every expected value is worked out here by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from scipy.stats import gamma

from assessment import framework as frameworks
from assessment import indicators, violence
from assessment.framework import FrameworkError
from assessment.inputs import Inputs
from assessment.items import ItemTable

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2024, 6, 30)
LOADED = datetime(2024, 6, 1)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute((ROOT / "ingest" / "schema.sql").read_text(encoding="utf-8"))
        for region, iso3, level, people in [
            ("AAA", "AAA", 0, None), ("AA-1", "AAA", 1, 2e6), ("AA-2", "AAA", 1, 1e5), ("BB-1", "BBB", 1, 1e6),
        ]:  # fmt: skip
            insert(made, "region", region_id=region, iso3=iso3, admin_level=level, name_en=region, population=people,
                   neighbours=[], has_shape=False)  # fmt: skip
        for source, family in [("ucdp_ged", "ucdp"), ("hapi_conflict", "acled"), ("pts", "pts"), ("ipc", "ipc"),
                               ("wfp_prices", "wfp"), ("easa_czib", "easa"), ("vdem", "vdem")]:  # fmt: skip
            insert(made, "source", source_id=source, publisher=source, what="", adapter="table", urls=[],
                   schedule="", licence="", redistribution="open", reliability="A", credibility=1,
                   origin_family=family, known_bias="", local_family=False, level="region", countries=["*"],
                   min_rows=0, max_rows=1)  # fmt: skip
        yield made


def insert(connection: duckdb.DuckDBPyConnection, table: str, **row: object) -> None:
    """One row; columns the table needs and the test does not care for get a plain filler."""
    described = connection.execute(f"DESCRIBE {table}").fetchall()
    fillers = {
        "VARCHAR": "",
        "JSON": "{}",
        "BOOLEAN": False,
        "VARCHAR[]": [],
        "TIMESTAMP": LOADED,
        "INTEGER": 0,
        "BIGINT": 0,
    }
    for name, kind, nullable, *_ in described:
        if name not in row and nullable == "NO":
            row[name] = fillers.get(kind, 0)
    names = ", ".join(row)
    marks = ", ".join(f"${name}" for name in row)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)


def observe(
    connection: duckdb.DuckDBPyConnection, key: str, variable: str, place: str, value: float, end: str, **more: object
) -> None:
    """One observation; `place` is a region_id or an iso3."""
    national = "-" not in place
    dimensions = json.dumps(more.pop("dimensions", {}))
    insert(
        connection, "observation", observation_id=key, source_id=more.pop("source_id", "pts"), variable=variable,
        iso3={"A": "AAA", "B": "BBB"}[place[0]], region_id=None if national else place,
        precision="country" if national else "region", ref_start=date.fromisoformat(end), row_digest=key,
        ref_end=date.fromisoformat(end), value=value, dimensions=dimensions, **more,
    )  # fmt: skip


def event(
    connection: duckdb.DuckDBPyConnection, key: str, region: str | None, day: str, civilians: float, **more: object
) -> None:
    insert(
        connection, "event", event_id=key, source_id=more.pop("source_id", "ucdp_ged"), iso3="AAA",
        kind=more.pop("kind", "state_based"), region_id=region, precision="point" if region else "country",
        ref_start=date.fromisoformat(day),
        ref_end=date.fromisoformat(day), deaths_best=civilians, deaths_civilians=civilians, deaths_unknown=0,
        row_digest=key, **more,
    )  # fmt: skip


def observed(connection: duckdb.DuckDBPyConnection, indicator_id: str) -> dict[str, float]:
    inputs = Inputs(connection, DAY)
    violence.build(connection, DAY)
    table = indicators.definitions()[indicator_id].observe(inputs)
    return dict(zip(table.place_id.tolist(), table.value.tolist(), strict=True))


def test_every_indicator_of_the_framework_has_a_file_and_the_other_way_round() -> None:
    framework = frameworks.load()
    indicators.check(framework)
    assert len(indicators.definitions()) == 40


def test_a_unit_that_differs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    framework = frameworks.load()
    definition = indicators.definitions()["M4"]
    wrong = indicators.Definition("M4", "persons", ("x",), "region", definition.observe, "text")
    monkeypatch.setattr(indicators, "definitions", lambda: {**indicators._found, "M4": wrong})
    with pytest.raises(FrameworkError, match=r"\[indicator\.M4\] unit"):
        indicators.check(framework)


def test_an_empty_warehouse_gives_no_items_and_no_errors(connection: duckdb.DuckDBPyConnection) -> None:
    inputs = Inputs(connection, DAY)
    violence.build(connection, DAY)
    for definition in indicators.definitions().values():
        assert len(definition.observe(inputs)) == 0, definition.id


def test_deaths_per_100_000_by_hand(connection: duckdb.DuckDBPyConnection) -> None:
    """Three civilians killed in the newest month and one eleven months before, two million inhabitants."""
    event(connection, "a", "AA-1", "2024-05-10", 3)
    event(connection, "b", "AA-1", "2023-06-10", 1)
    newest, oldest = date(2024, 5, 1), date(2023, 6, 1)
    weights = [0.5 ** ((newest - date(2023 + (5 + m) // 12, (5 + m) % 12 + 1, 1)).days / 90) for m in range(12)]
    count = 3 * 1.0 + 1 * 0.5 ** ((newest - oldest).days / 90)
    exposure = 2e6 / 1e5 * sum(weights) / 12
    rates = observed(connection, "P1")
    assert rates["AA-1"] == pytest.approx(gamma.ppf(0.5, count + 0.5) / exposure)
    # The other region is covered and had nothing: a low rate that is not zero, with the floor of 500 000 people.
    assert rates["AA-2"] == pytest.approx(gamma.ppf(0.5, 0.5) / (5e5 / 1e5 * sum(weights) / 12))
    assert "BB-1" not in rates  # not covered is not calm


def test_a_country_centroid_counts_for_no_region_and_is_not_lost(connection: duckdb.DuckDBPyConnection) -> None:
    event(connection, "a", "AA-1", "2024-05-10", 1)
    event(connection, "b", None, "2024-05-11", 40)
    assert observed(connection, "P1")["AA-1"] < 1
    rows = connection.execute(violence.KEPT["unlocated_violence"]).fetchall()
    assert [row[:5] for row in rows] == [("AAA", date(2024, 5, 1), "ucdp_ged", 1, 40.0)]


def test_ucdp_and_acled_are_never_added(connection: duckdb.DuckDBPyConnection) -> None:
    event(connection, "a", "AA-1", "2024-05-10", 2)
    for variable, value in [("conflict_events_political_violence", 9.0), ("conflict_deaths_political_violence", 30.0)]:
        observe(connection, variable, variable, "AA-1", value, "2024-05-31", source_id="hapi_conflict")
    observed(connection, "P1")
    row = connection.execute(
        """
        SELECT base_source, events, deaths, check_source, check_events
        FROM region_month_violence
        WHERE region_id = 'AA-1'
        """
    ).fetchone()
    assert row == ("ucdp_ged", 1, 2.0, "hapi_conflict", 9.0)


def hapi(connection: duckdb.DuckDBPyConnection, region: str, month_end: str, events: float, deaths: float) -> None:
    for variable, value in [
        ("conflict_events_political_violence", events), ("conflict_deaths_political_violence", deaths),
    ]:  # fmt: skip
        observe(
            connection, f"{variable}{region}{month_end}", variable, region, value, month_end, source_id="hapi_conflict"
        )


def counted(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, date, float, float]]:
    Inputs(connection, DAY)
    violence.build(connection, DAY)
    return connection.execute(
        "SELECT region_id, month, events, deaths FROM region_month_violence ORDER BY region_id, month"
    ).fetchall()


def test_counts_that_write_their_zeros_are_unknown_where_nothing_is_written(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Two files eleven months apart: the months between, and a region nobody wrote about, are no data, not calm."""
    hapi(connection, "AA-1", "2023-06-30", 3, 4)
    hapi(connection, "AA-1", "2024-05-31", 9, 30)
    hapi(connection, "AA-2", "2024-05-31", 0, 0)
    assert counted(connection) == [
        ("AA-1", date(2023, 6, 1), 3, 4.0),
        ("AA-1", date(2024, 5, 1), 9, 30.0),
        ("AA-2", date(2024, 5, 1), 0, 0.0),
    ]


def test_a_monthly_file_that_is_missing_is_no_calm_month(connection: duckdb.DuckDBPyConnection) -> None:
    """March has no file and June no month of its own; events that reach into them count where there is a file."""
    for key, day, deaths in [("a", "2024-02-10", 5), ("b", "2024-04-10", 2), ("c", "2024-05-10", 1)]:
        event(connection, key, "AA-1", day, deaths, source_id="ucdp_candidate")
    event(connection, "long", "AA-1", "2024-04-03", 40, source_id="ucdp_candidate")
    event(connection, "longest", "AA-1", "2024-05-02", 0, source_id="ucdp_candidate")
    connection.execute("UPDATE event SET ref_start = DATE '2024-03-28' WHERE event_id = 'long'")
    connection.execute(
        "UPDATE event SET ref_start = DATE '2024-03-01', ref_end = DATE '2024-06-10' WHERE event_id = 'longest'"
    )
    found = {(region, month.month): (events, deaths) for region, month, events, deaths in counted(connection)}
    assert found == {
        ("AA-1", 2): (1, 5.0), ("AA-1", 4): (3, 42.0), ("AA-1", 5): (1, 1.0),
        ("AA-2", 2): (0, 0.0), ("AA-2", 4): (0, 0.0), ("AA-2", 5): (0, 0.0),
    }  # fmt: skip


def test_state_terror_is_the_worst_of_the_newest_year(connection: duckdb.DuckDBPyConnection) -> None:
    observe(connection, "a23", "political_terror_amnesty", "AAA", 3, "2023-12-31")
    observe(connection, "s23", "political_terror_state", "AAA", 4, "2023-12-31")
    observe(connection, "a22", "political_terror_amnesty", "AAA", 5, "2022-12-31")
    assert observed(connection, "L1") == {"AAA": 4.0}


def test_food_insecurity_adds_areas_by_people_and_never_phases_to_their_sum(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    for area, analysed, shares in [("north", 1000.0, {"3": 200, "4": 100, "3+": 300}), ("south", 3000.0, {"3+": 300})]:
        for phase, people in shares.items():
            observe(connection, f"{area}{phase}", "ipc_population", "AA-1", people, "2024-05-31", source_id="ipc",
                    denominator=analysed, place_name=area, dimensions={"phase": phase})  # fmt: skip
    assert observed(connection, "M4") == {"AA-1": pytest.approx(100 * 600 / 4000)}


def test_projections_are_not_measurements(connection: duckdb.DuckDBPyConnection) -> None:
    observe(connection, "p", "ipc_population", "AA-1", 900.0, "2024-05-31", source_id="ipc", denominator=1000.0,
            projection=True, dimensions={"phase": "3+"})  # fmt: skip
    assert observed(connection, "M4") == {}


def test_prices_compare_like_with_like(connection: duckdb.DuckDBPyConnection) -> None:
    for good, before, now in [("rice", 10, 15), ("oil", 20, 24), ("flour", 5, 10)]:
        dims = {"market": "m", "commodity": good, "unit": "kg", "price_type": "Retail"}
        observe(
            connection, f"{good}0", "food_price", "AA-1", before, "2023-05-31", source_id="wfp_prices", dimensions=dims
        )
        observe(
            connection, f"{good}1", "food_price", "AA-1", now, "2024-05-31", source_id="wfp_prices", dimensions=dims
        )
    other = {"market": "m", "commodity": "rice", "unit": "50 kg", "price_type": "Retail"}
    observe(connection, "sack", "food_price", "AA-1", 400, "2024-05-31", source_id="wfp_prices", dimensions=other)
    assert observed(connection, "M6") == {"AA-1": pytest.approx(50.0)}  # median of 50 %, 20 % and 100 %


def test_only_what_was_known_counts(connection: duckdb.DuckDBPyConnection) -> None:
    observe(connection, "old", "rule_of_law_index", "AAA", 0.4, "2022-12-31", source_id="vdem",
            superseded_at=datetime(2024, 3, 1))  # fmt: skip
    observe(connection, "new", "rule_of_law_index", "AAA", 0.6, "2023-12-31", source_id="vdem",
            known_at=datetime(2024, 7, 15))  # fmt: skip
    assert observed(connection, "L6") == {}
    connection.execute("UPDATE observation SET superseded_at = NULL WHERE observation_id = 'old'")
    assert observed(connection, "L6") == {"AAA": 0.4}


def test_an_active_bulletin_restricts_every_arrival_of_the_country_and_silence_says_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert observed(connection, "P9") == {}
    event(connection, "czib", None, "2024-01-01", 0, source_id="easa_czib", kind="airspace_bulletin", severity=1.0)
    connection.execute("UPDATE event SET ref_end = DATE '2024-12-31' WHERE event_id = 'czib'")
    assert observed(connection, "P9") == {"AA-1": 2.0, "AA-2": 2.0}


def test_the_digest_of_the_inputs_does_not_depend_on_the_order_of_loading(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [("x", 1.0), ("y", 2.0)]
    digests = []
    for order in (rows, rows[::-1]):
        connection.execute("DELETE FROM observation")
        for key, value in order:
            observe(connection, key, "rule_of_law_index", "AAA", value, "2023-12-31", source_id="vdem")
        digests.append(Inputs(connection, DAY).digest())
    assert digests[0] == digests[1]
    observe(connection, "z", "rule_of_law_index", "AAA", 0.3, "2023-12-31", source_id="vdem")
    assert Inputs(connection, DAY).digest() != digests[0]


def test_an_item_table_keeps_twelve_digits() -> None:
    first = ItemTable.of(["a"], [0.1 + 0.2], ["2024-01-01"], ["s"], [()])
    second = ItemTable.of(["a"], [0.3], ["2024-01-01"], ["s"], [()])
    assert first.value.tobytes() == second.value.tobytes()
