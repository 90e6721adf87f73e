"""Alerts: the statistic against plain arithmetic, nothing upward swallowed, each rule on both sides of its border."""

import csv
import re
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from assessment import alert_tasks, alerts
from assessment import framework as frameworks
from assessment.alert_stats import (
    MUTED,
    NEW,
    NONE,
    RAISED,
    Rhythm,
    baseline,
    drift,
    lasting_rises,
    scan_history,
    settle,
    upper_tail,
    window_sums,
)
from assessment.alert_texts import NO_ARRIVAL, PERIOD, SERIES, TEXTS
from assessment.days import working_day
from assessment.route import Route
from assessment.route_path import Arrival
from assessment.validation.replay import large_rises
from assessment.validation.substrate import Watched
from assessment.validation.workload import workload

FRAMEWORK = frameworks.load()
RULES = FRAMEWORK.raw["alerts"]
WEEKS, MONTHS = Rhythm.weeks(RULES), Rhythm.months(RULES)
AS_OF = date(2024, 6, 28)  # a Friday


def test_rhythms_follow_the_framework():
    assert (WEEKS.window, WEEKS.baseline, WEEKS.mute) == (4, 26, 8)
    assert (MONTHS.window, MONTHS.baseline, MONTHS.mute) == (1, 24, 2)
    assert pytest.approx(1 - (51 / 52) ** 4.348, abs=1e-3) == MONTHS.hazard


def test_baseline_by_hand():
    rng = np.random.default_rng(1)
    counts = rng.poisson(2, (1, 160)).astype(float)
    total = window_sums(counts, 4)
    mean, phi = baseline(total, RULES, WEEKS)
    t = 150
    past = [counts[0, t - 4 * k - 3 : t - 4 * k + 1].sum() for k in range(1, 27)]
    moments = max(np.var(past, ddof=1) - np.mean(past), 0) / np.mean(past) ** 2
    assert mean[0, t] == pytest.approx(np.mean(past))
    assert phi[0, t] == pytest.approx((26 * moments + 6 * 0.5) / 32)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 500), st.floats(0.25, 200), st.floats(0.01, 5))
def test_tail_is_the_negative_binomial(count, mean, phi):
    p = upper_tail(np.array([float(count)]), np.array([mean]), np.array([phi]))[0]
    assert p == pytest.approx(stats.nbinom.sf(count - 1, 1 / phi, 1 / (1 + phi * mean)), rel=1e-6, abs=1e-12)


def test_no_data_is_no_alarm_and_zero_is_a_measured_zero():
    counts = np.zeros((2, 60))
    counts[:, -1] = 40
    counts[1, -5:] = np.nan
    found = scan_history(counts, RULES, MONTHS)
    assert found.outcome[0, -1] == NEW
    assert found.mean[0, -1] == RULES["mean_floor"]
    assert not found.rule[1, -5:].any()
    assert np.isnan(found.p[1, -5:]).all()
    assert not scan_history(counts[:, -10:], RULES, MONTHS).rule.any()  # less than half a baseline


def test_mute_raise_and_break():
    total = np.array([[5.0, 30, 30, 32, 20, 60, 5, 40, 40, 40, 40, 40]])
    rule = total > 10
    wanted = [NONE, NEW, MUTED, RAISED, MUTED, NEW, NONE, NEW, MUTED, MUTED, MUTED, NEW]
    assert settle(total, rule, 4)[0].tolist() == wanted


@settings(max_examples=400, deadline=None)
@given(
    arrays(np.float64, (3, 70), elements=st.sampled_from([0.0, 0, 0, 1, 2, 3, 8, 20, 60, 300, float("nan")])),
    st.sampled_from([WEEKS, MONTHS, Rhythm(1, 24, 12, 0.08, 2)]),
)
def test_a_step_upwards_is_never_muted(counts, rhythm):
    found = scan_history(counts, RULES, rhythm)
    before = np.column_stack([np.full(3, np.nan), found.total[:, :-1]])
    with np.errstate(invalid="ignore"):
        upward = found.rule & ~(found.total <= before)
    assert not (upward & (found.outcome == MUTED)).any()
    assert ((found.outcome != NONE) == found.rule).all()


@settings(max_examples=50, deadline=None)
@given(arrays(np.float64, (2, 50), elements=st.integers(0, 50).map(float)), st.integers(1, 49))
def test_the_past_does_not_depend_on_the_future(counts, cut):
    whole, part = scan_history(counts, RULES, MONTHS), scan_history(counts[:, :cut], RULES, MONTHS)
    assert (whole.outcome[:, :cut] == part.outcome).all()
    assert np.allclose(drift(counts, MONTHS).recent[:, :cut], drift(counts[:, :cut], MONTHS).recent, equal_nan=True)
    assert (told(counts)[:, :cut] == told(counts[:, :cut])).all()


def told(counts, rhythm=MONTHS):
    return lasting_rises(drift(counts, rhythm), scan_history(counts, RULES, rhythm), RULES, rhythm)


def test_drift_sees_lasting_rises_the_tail_rule_misses_and_hardly_any_in_what_does_not_change():
    rng = np.random.default_rng(7)
    rate = rng.gamma(1.5, 8 / 1.5, (600, 110))  # uneven from month to month, but always the same
    calm = rng.poisson(rate).astype(float)
    rate[:, 100:] *= 3
    risen = rng.poisson(rate).astype(float)
    sharp = (scan_history(risen, RULES, MONTHS).outcome[:, 100:104] == NEW).any(axis=1)
    both = sharp | told(risen)[:, 100:104].any(axis=1)
    assert both.mean() >= sharp.mean() + 0.05
    assert told(calm)[:, 30:].sum() / (600 * 80 / 12) < 0.15  # region-years


def test_a_fall_is_no_rise_however_calm_the_years_before_were():
    """Aleppo in 2015: fewer than before, more than the mean of all time; told as "1.0 times the earlier rate" once."""
    counts = np.array([[*[1.0] * 60, 161, 151, 128, 168, 208, 216, 178, 216, 146, 130, 80, 81]])
    found = told(counts)
    changed = drift(counts, MONTHS)
    fallen = slice(68, 72)
    assert (changed.recent[0, fallen] > RULES["drift_probability"]).any()
    assert (changed.rate[0, fallen] > np.mean(counts[0, :60])).all()
    assert not found[0, fallen].any()


def test_a_change_needs_something_to_change_from():
    """Figures that begin are no rise: before them there is no data, which is not zero."""
    counts = np.full((2, 60), np.nan)
    counts[:, -3:] = 54
    counts[1, -16:-3] = 2
    found = drift(counts, MONTHS)
    assert np.isnan(found.recent[0]).all()
    assert found.recent[1, -3] > 0.8
    assert not told(counts)[0].any()


@settings(max_examples=1000, deadline=None)
@given(
    arrays(np.float64, (2, 90), elements=st.sampled_from([0.0, 0, 1, 2, 3, 5, 8, 20, 60, 300, float("nan")])),
    st.sampled_from([WEEKS, MONTHS]),
)
def test_every_lasting_rise_says_something(counts, rhythm):
    """Twice the rate before at least, above the usual of two years all along, known long enough, not told already."""
    found, scanned = drift(counts, rhythm), scan_history(counts, RULES, rhythm)
    for row, at in np.argwhere(lasting_rises(found, scanned, RULES, rhythm)).tolist():
        assert found.rate[row, at] >= RULES["minimum_ratio"] * max(found.before[row, at], RULES["mean_floor"])
        assert found.recent[row, at] > RULES["drift_probability"]
        ends = [at - back * rhythm.window for back in range(rhythm.drift_run // rhythm.window)]
        totals = [counts[row, end - rhythm.window + 1 : end + 1].sum() for end in ends]
        assert min(totals) >= scanned.mean[row, at]
        k, mean, phi = len(totals), scanned.mean[row, at], scanned.phi[row, at]
        assert sum(totals) - k * mean >= k * RULES["minimum_excess"]
        assert stats.nbinom.sf(sum(totals) - 1, k / phi, 1 / (1 + phi * mean)) < RULES["drift_alpha"] + 1e-9
        known = (~np.isnan(counts[row, : at - rhythm.drift_run + 1])).sum()
        assert known >= rhythm.baseline * rhythm.window / 2
        lately = scanned.outcome[row, at - rhythm.drift_run + 1 : at + 1]
        assert not np.isin(lately, (NEW, RAISED)).any()


def test_scan_gives_alerts_with_rule_statistic_baseline_and_evidence():
    counts = np.array([[*[20.0, 18, 22] * 12, 100.0, 150.0], [1.0] * 38])
    ends = [date(2021, 1, 31) + timedelta(days=31 * i) for i in range(38)]
    found = alerts.scan(
        FRAMEWORK, ["XA-1", "XA-2"], "deaths", counts, ends, since=ends[0], monthly=True, evidence={"XA-1": ["e1"]}
    )
    (one,) = [a for a in found if a.rule == "sharp_rise"]
    assert (one.region_id, one.direction, one.opened, one.raised) == ("XA-1", "worse", ends[-2], ends[-1])
    assert (one.statistic, one.evidence_ids) == (150, ("e1",))
    assert one.p_value < RULES["alpha"]
    assert "150" in one.text_en
    assert "doden" in one.text_nl
    assert "perioden" in one.text_nl
    assert one.deadline == working_day(ends[-1], 2)
    again = alerts.scan(FRAMEWORK, ["XA-1", "XA-2"], "deaths", counts, ends, since=ends[-1], monthly=True)
    assert one.alert_id in {a.alert_id for a in again}
    assert {a.rule for a in found} <= {"sharp_rise", "regime_change"}


def test_working_days():
    assert working_day(AS_OF, 0) == AS_OF
    assert working_day(AS_OF, 2) == date(2024, 7, 2)
    assert working_day(date(2024, 6, 29), 1) == date(2024, 7, 1)


def change(published, *runs):
    due = AS_OF + timedelta(days=40)
    found = alerts.level_changes(FRAMEWORK, "XA-1", "physical", published, runs, AS_OF, due, ("e1",))
    return [(a.rule, a.deadline) for a in found]


def test_level_worse_in_one_run_better_only_in_three():
    assert change(3, [0, 0, 0.4, 0.4, 0.2]) == [("level_worse", date(2024, 7, 2))]
    assert change(3, [0, 0, 0.41, 0.4, 0.19]) == []
    up = [0.5, 0.3, 0.2, 0, 0]
    assert change(3, up, up, up) == [("level_better", AS_OF + timedelta(days=40))]
    assert change(3, up, up) == []
    assert change(3, up, [0.5, 0.29, 0.21, 0, 0], up) == []
    assert change(1, up, up, up) == []
    assert change(5, [0, 0, 0, 0, 1.0]) == []
    assert change(3) == []


def test_a_level_is_told_with_its_word_and_a_share():
    (one,) = alerts.level_changes(FRAMEWORK, "XA-1", "physical", 3, [[0, 0, 0.15, 0.5, 0.35]], AS_OF, AS_OF)
    assert "niveau 3 (ernstige zorg); 85 % zeker" in one.text_nl
    assert "level 3 (serious concern); 85 % sure" in one.text_en


def test_a_level_alert_found_again_is_the_same_alert_and_grows():
    def run(day, probability):
        rest = 1 - probability
        return alerts.level_changes(FRAMEWORK, "XA-1", "legal", 3, [[0, 0, rest, probability, 0]], day, day)

    later = AS_OF + timedelta(days=7)
    first = run(AS_OF, 0.7)
    (same,) = alerts.carry_on(run(later, 0.65), first, later)
    assert (same.alert_id, same.opened, same.deadline, same.raised) == (
        first[0].alert_id, AS_OF, first[0].deadline, None
    )  # fmt: skip
    (grown,) = alerts.carry_on(run(later, 0.9), first, later)
    assert (grown.alert_id, grown.opened, grown.raised) == (first[0].alert_id, AS_OF, later)
    assert alerts.carry_on(run(later, 0.9), [], later)[0].opened == later


def route(state, code, iata="AAA", worst=50.0):
    return Route("XA-1", 1, Arrival(iata, "x", "XA-1", "international"), code, ("XA-1",), "XA-1", worst, AS_OF, state)


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (route("open", 0), route("open", 3), "worse"),
        (route("open", 0), route("closed", 4), "worse"),
        (route("open", 0), route("unknown", None), "worse"),
        (route("closed", 4), route("open", 0), "better"),
        (route("closed", 4), route("unknown", None), "none"),
        (route("unknown", 2), route("unknown", None), "none"),
        (route("open", 0), route("open", 0, "BBB"), "none"),
        (route("open", 0), route("open", 0, worst=40.0), None),
    ],
)
def test_arrival_changes(before, after, direction):
    found = alerts.arrival_changes([before], [after], AS_OF)
    assert [a.direction for a in found] == ([] if direction is None else [direction])
    assert all(a.deadline == AS_OF for a in found)


def test_an_arrival_is_told_by_name_and_in_words():
    (one,) = alerts.arrival_changes([route("open", 0)], [route("unknown", 2)], AS_OF)
    assert one.text_en == (
        "The way in has changed. Before: x (AAA), open. Now: x (AAA), restricted or risky, too little known about the"
        " way from there."
    )
    none = Route("XA-1", 1, None, 4, (), None, None, None, "closed")
    (one,) = alerts.arrival_changes([route("unknown", None)], [none], AS_OF)
    assert one.text_nl == (
        "De weg erheen is veranderd. Eerst: x (AAA), niemand berichtte of het open is. Nu: alle bekende aankomstpunten"
        " gesloten."
    )


# Statistics, days and ids as a program has them.
RAW = re.compile(r"\bp =|e-\d|\d{4}-\d{2}|[A-Za-z]_[a-z]|\{|\bNone\b|\bnan\b")


@pytest.mark.parametrize("kind", list(TEXTS))
def test_every_text_is_in_the_readers_own_numbers(kind):
    words = {"period": PERIOD[True], "chance": 0.978, "level": {"en": "4 (severe)", "nl": "4 (zeer ernstig)"},
             "runs": 3, "before": NO_ARRIVAL["none"], "after": NO_ARRIVAL["closed"], "what": {"en": "x", "nl": "x"},
             "places": {"en": "y", "nl": "y"}, "newest": AS_OF, "times": 4.5, "due": AS_OF,
             "source": "ACLED"}  # fmt: skip
    numbers = (1234.56, 3.25, 1.37e-5)
    one = alerts.alert(kind, "XA-1", "worse", AS_OF, series="a_new_thing", numbers=numbers, words=words, deadline=AS_OF)
    for text in (one.text_en, one.text_nl):
        assert not RAW.search(text), text
    if kind == "sharp_rise":
        assert "1.235 in de laatste periode; 3,2 verwacht" in one.text_nl
        assert "ongeveer één keer per 73.000 perioden" in one.text_nl
        assert "about once in 73,000 such periods" in one.text_en


def test_triggers_suggest_and_are_grouped():
    found = alert_tasks.qualitative(
        [
            alert_tasks.Suggestion(f"c{i}", trigger, "XAA", AS_OF)
            for i, trigger in enumerate(["coup", "coup", "new_thing"])
        ]
    )
    assert [(a.series, a.evidence_ids) for a in found] == [("coup", ("c0", "c1")), ("new_thing", ("c2",))]
    assert "staatsgreep" in found[0].text_nl
    assert found[0].deadline == date(2024, 7, 3)


def test_every_trigger_of_the_word_list_has_words(root):
    import tomllib

    raw = tomllib.loads((root / "ingest/text/themes.toml").read_text(encoding="utf-8"))
    assert set(raw["trigger"]) <= set(SERIES)


def old(source, iso3, indicator, since, age=2.5):
    return alert_tasks.Stale(source, iso3, indicator, age, since - timedelta(days=180), since, (f"{iso3}{indicator}",))


def test_old_evidence_is_one_task_per_source_and_one_more_country_is_another():
    names = {"XAA": {"en": "Aland", "nl": "Aaland"}}
    early, late = AS_OF - timedelta(days=60), AS_OF - timedelta(days=3)
    items = [old("s1", "XAA", "P1", early, 3.0), old("s1", "XBB", "P2", early), old("s2", "XAA", "M4", late)]
    first, second = alert_tasks.stale_sources(FRAMEWORK, items, names)
    assert (first.region_id, first.rule, first.opened, first.statistic) == ("s1", "staleness", early, 3.0)
    assert "Aland, XBB" in first.text_en
    assert "Aaland" in first.text_nl
    assert FRAMEWORK.by_id["P1"].names["nl"] in first.text_nl
    assert first.evidence_ids == ("XBBP2",)
    assert (second.region_id, second.deadline) == ("s2", working_day(late, 10))
    (grown, _) = alert_tasks.stale_sources(FRAMEWORK, [*items, old("s1", "XCC", "P1", late)], names)
    assert grown.alert_id != first.alert_id
    assert grown.deadline == working_day(late, 10)
    (again, _) = alert_tasks.stale_sources(FRAMEWORK, items[1:], names)  # one fewer was told before
    assert again.alert_id == first.alert_id
    many = [old("s1", f"X{c}{c}", "P1", early) for c in "ABCDE"]
    assert "(5 countries)" in alert_tasks.stale_sources(FRAMEWORK, many, names)[0].text_en


def test_a_rise_that_grew_is_told_again_also_to_whom_decided_the_smaller_one():
    counts = np.array([[*[20.0, 18, 22] * 12, 100.0, 150.0]])
    ends = [date(2021, 1, 31) + timedelta(days=31 * i) for i in range(38)]
    ids = [
        {a.alert_id for a in alerts.scan(FRAMEWORK, ["XA-1"], "deaths", counts[:, :end], ends[:end], since=ends[0],
                                         monthly=True) if a.rule == "sharp_rise"}
        for end in (37, 38)
    ]  # fmt: skip
    assert len(ids[0]) == len(ids[1]) == 1
    assert not ids[0] & ids[1]


def test_staleness_silence_review_harm_and_blackout():
    last = AS_OF - timedelta(days=22)
    sources = [("s1", 7.0, last), ("s2", 7.0, AS_OF - timedelta(days=21)), ("s3", 7.0, None)]
    found = alert_tasks.silent_sources(FRAMEWORK, sources, AS_OF, {"s1": "ACLED"})
    assert [(a.region_id, a.opened) for a in found] == [("s1", AS_OF)]
    assert found[0].text_nl == "ACLED zwijgt al 22 dagen en hoort elke 7 dagen te berichten."
    assert alert_tasks.review_due("XA-1", AS_OF, AS_OF, "adv")[0].rule == "staleness"
    assert not alert_tasks.review_due("XA-1", AS_OF + timedelta(days=1), AS_OF, "adv")
    assert alert_tasks.harm_reported("XA-1", AS_OF, "harm:1", ("m1",)).deadline == AS_OF
    flags = ([False, True, False], [True, True, False])
    assert [a.region_id for a in alert_tasks.blackouts(["A", "B", "C"], *flags, AS_OF)] == ["A"]


def test_row_has_the_columns_and_rules_of_the_schema(root):
    body = (root / "assessment/schema.sql").read_text(encoding="utf-8").split("assessment.alert (")[1].split(");")[0]
    row = alert_tasks.harm_reported("XA-1", AS_OF, "harm:1", ()).row("run")
    assert all(name in body for name in row)
    used = {alerts.RULE_IN_TABLE.get(kind, kind) for kind in TEXTS}
    assert all(rule in body for rule in used)


@pytest.fixture(scope="module")
def panel(real):
    months = np.arange("2010-01", "2023-01", dtype="datetime64[M]")
    with (real / "ucdp_panel/ucdp_adm1_month_2010-2022.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    units = sorted({row["unit"] for row in rows})
    deaths, events = np.zeros((2, len(units), len(months)))
    for row in rows:
        at = int((np.datetime64(row["month"][:7], "M") - months[0]).astype(int))
        deaths[units.index(row["unit"]), at] += float(row["deaths"])
        events[units.index(row["unit"]), at] += float(row["n_events"])
    lands = np.array([unit.split(" | ")[0] for unit in units])
    load = workload(FRAMEWORK, Watched(np.array(units), lands, months, deaths, events))
    scan = scan_history(deaths, RULES, MONTHS)
    return SimpleNamespace(units=units, months=months, deaths=deaths, scan=scan, load=load)


def test_history_within_budget_and_nothing_swallowed(panel):
    found = panel.scan
    known = ~np.isnan(found.p)
    per_year = (found.outcome == NEW).sum() / (known.sum() / 12)
    assert 0.01 < per_year < 0.34
    up = found.rule.copy()
    up[:, 1:] &= panel.deaths[:, 1:] > panel.deaths[:, :-1]
    assert up.sum() > 100
    assert not (up & (found.outcome == MUTED)).any()


def test_every_rule_over_all_months_within_the_rate_agreed_and_no_step_swallowed(panel):
    """Deaths and incidents, sharp and lasting rises; .34 a region and year is the method's worst case of false ones."""
    silent, steps = panel.load.swallowed()
    assert steps > 1000
    assert silent == 0
    assert 0.05 < panel.load.tasks.sum() / (panel.load.known.sum() / 12) < 0.34
    lasting = sum(panel.load.opened["regime_change", series].sum() for series in ("deaths", "incidents"))
    assert 0 < lasting < 0.1 * panel.load.tasks.sum()


def test_the_record_finds_more_large_rises_within_the_budget(panel):
    """The reason of framework 2026.3, on the months before 2020 it was chosen on: three alerts a week, all counted."""
    deaths = panel.deaths[:, :120]
    rises = large_rises(deaths, 24)
    assert len(rises) > 300
    share, weekly = {}, {}
    for name, floor in (("tail", None), ("both", RULES["record"]["deaths"])):
        new = scan_history(deaths, RULES, MONTHS, floor).outcome == NEW
        share[name] = np.mean([new[unit, month : month + 2].any() for unit, month in rises])
        weekly[name] = new[:, 24:].sum() / (96 / 12 * 365.25 / 7)
    assert share["both"] >= share["tail"] + 0.04
    assert share["both"] > 0.92
    assert weekly["tail"] < weekly["both"] <= 3.0


@pytest.mark.parametrize(
    ("begins", "months"),
    [
        ("Ethiopia | Tigray", ("2020-11", "2020-12")),
        ("Myanmar", ("2021-02", "2021-03")),
        ("Mozambique | Cabo Delgado", ("2021-03", "2021-04")),
        ("Afghanistan", ("2021-05", "2021-06")),
    ],
)
def test_known_escalations_are_alerted_within_a_month(panel, begins, months):
    rows = [i for i, unit in enumerate(panel.units) if unit.startswith(begins)]
    columns = np.isin(panel.months, np.array(months, dtype="datetime64[M]"))
    assert rows
    assert (panel.scan.outcome[rows][:, columns] == NEW).any()


def test_a_record_opens_a_sharp_rise_where_the_tail_rule_is_blind():
    """Two years of wild months make p = large; a month above all of them and above the floor is told all the same."""
    counts = np.array([[*[0.0, 40, 5, 0, 60, 10] * 5, 70.0, 20.0], [*[0.0] * 30, 9.0, 9.0]])
    plain = scan_history(counts, RULES, MONTHS)
    found = scan_history(counts, RULES, MONTHS, 10.0)
    assert plain.outcome[0, 30] == NONE
    assert (found.outcome[0, 30], found.record[0, 30]) == (NEW, True)
    assert found.outcome[0, 31] == NONE
    assert np.array_equal(found.outcome[1], plain.outcome[1])  # below the floor
    ends = [date(2021, 1, 31) + timedelta(days=31 * i) for i in range(32)]
    told = alerts.scan(FRAMEWORK, ["XA-1", "XA-2"], "deaths", counts, ends, since=ends[30], monthly=True)
    (one,) = [a for a in told if a.region_id == "XA-1" and a.rule == "sharp_rise"]
    assert "More deaths than in any" in one.text_en
    assert "70" in one.text_nl
    other = alerts.scan(FRAMEWORK, ["XA-1", "XA-2"], "incidents", counts, ends, since=ends[30], monthly=True)
    assert not [a for a in other if a.region_id == "XA-1" and a.rule == "sharp_rise"]


@settings(max_examples=200, deadline=None)
@given(
    arrays(np.float64, (2, 130), elements=st.sampled_from([0.0, 0, 0, 1, 2, 8, 20, 60, float("nan")])),
    st.sampled_from([WEEKS, MONTHS]),
)
def test_the_record_rule_by_hand_and_it_never_takes_an_alert_away(counts, rhythm):
    plain, found = scan_history(counts, RULES, rhythm), scan_history(counts, RULES, rhythm, 10.0)
    assert (found.rule | ~plain.rule).all()
    before = np.column_stack([np.full(2, np.nan), found.total[:, :-1]])
    with np.errstate(invalid="ignore"):
        assert not (found.rule & ~(found.total <= before) & (found.outcome == MUTED)).any()
    for row, at in np.argwhere(found.record).tolist():
        past = found.total[row, max(at - rhythm.baseline * rhythm.window, 0) : at - rhythm.window + 1]
        assert found.total[row, at] > max(10.0, np.nanmax(past))
