"""Routes: the least bad way against brute force, closed and unknown arrivals, islands, P10 and relocation."""

import csv
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment import framework as frameworks
from assessment.route import Country, Score, State, countries, level, relocation, routes
from assessment.route_link import worst_leg_items, worst_links
from assessment.route_path import Arrival, minimax

FRAMEWORK = frameworks.load()
AS_OF = date(2024, 6, 30)
OPEN = State(0, AS_OF, ("n1",))


def airport(iata, region, kind="international"):
    return Arrival(iata, f"{iata} airport", region, kind)


def land(edges, arrivals, alone=()):
    near = {region: set() for edge in edges for region in edge} | {region: set() for region in alone}
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)
    return Country("XAA", {r: tuple(sorted(n)) for r, n in sorted(near.items())}, tuple(arrivals))


def scored(**values):
    return {region: Score(value, AS_OF) for region, value in values.items()}


def ask(country, scores, states):
    return {(r.region_id, r.rank): r for r in routes(FRAMEWORK, country, scores, states, AS_OF)}


# A - B - D and A - C - C2 - D: the long way is calm, the short way crosses B.
DIAMOND = land([("A", "B"), ("B", "D"), ("A", "C"), ("C", "C2"), ("C2", "D")], [airport("AAA", "A")], alone=["I"])


def test_least_bad_worst_leg_beats_the_short_way_and_the_other_is_the_alternative():
    found = ask(DIAMOND, scored(A=90, B=10, C=60, C2=60, D=80, I=99), {"AAA": OPEN})
    best, other = found["D", 1], found["D", 2]
    assert (best.legs, best.worst_leg, best.worst_score, best.state) == (("A", "C", "C2", "D"), "C2", 60, "open")
    assert (other.legs, other.worst_leg, other.worst_score) == (("A", "B", "D"), "B", 10)
    assert found["A", 1].legs == ("A",)
    assert found["I", 1].state == "none"  # an island without an arrival point


def test_equal_worst_leg_goes_by_sum_then_length():
    # All ways end in D = 20, so the worst is 80 either way; the sum decides although the prefix over B is worse.
    found = ask(DIAMOND, scored(A=90, B=50, C=70, C2=60, D=20, I=1), {"AAA": OPEN})
    assert found["D", 1].legs == ("A", "B", "D")


def test_closed_and_unknown_arrivals():
    two = land([("A", "B"), ("B", "C")], [airport("AAA", "A"), airport("CCC", "C")])
    calm = scored(A=90, B=90, C=90)
    shut = State(4, AS_OF, ("n4",))
    found = ask(two, calm, {"AAA": shut, "CCC": OPEN})
    assert found["A", 1].legs == ("C", "B", "A")
    assert ("A", 2) not in found
    closed = ask(two, calm, {"XAA": shut})
    assert {r.state for r in closed.values()} == {"closed"}
    assert closed["B", 1].arrival_code == 4
    assert closed["B", 1].evidence_ids == ("n4",)
    unknown = ask(two, calm, {})
    assert unknown["A", 1].state == "unknown"
    assert unknown["A", 1].arrival_code is None
    assert unknown["A", 1].check_again
    # One known arrival behind a front line still comes before a near one nobody reported on.
    known = ask(two, scored(A=90, B=10, C=90), {"CCC": OPEN})
    assert (known["A", 1].arrival.iata, known["A", 1].state) == ("CCC", "open")
    assert (known["A", 2].arrival.iata, known["A", 2].state) == ("AAA", "unknown")


def test_a_risky_arrival_is_a_bad_link_and_old_news_is_checked_again():
    two = land([("A", "B"), ("B", "C")], [airport("AAA", "A"), airport("CCC", "C")])
    found = ask(two, scored(A=90, B=60, C=90), {"AAA": State(3, AS_OF), "CCC": State(0, AS_OF - timedelta(days=15))})
    assert found["A", 1].arrival.iata == "CCC"
    assert found["A", 1].check_again
    assert not found["A", 2].check_again


def test_regional_airports_need_their_own_report():
    two = land([("A", "B")], [airport("AAA", "A"), airport("BBB", "B", "regional")])
    assert ask(two, scored(A=50, B=90), {"XAA": OPEN})["B", 1].arrival.iata == "AAA"
    assert ask(two, scored(A=50, B=90), {"AAA": OPEN, "BBB": OPEN})["B", 1].arrival.iata == "BBB"
    only = land([("A", "B")], [airport("BBB", "B", "regional")])
    assert ask(only, scored(A=50, B=90), {})["A", 1].state == "unknown"


def test_a_region_without_a_score_is_never_a_good_leg():
    found = ask(DIAMOND, scored(A=90, B=10, D=80, C=90, I=1), {"AAA": OPEN})
    assert found["D", 1].worst_leg == "B"
    lonely = ask(land([("A", "B")], [airport("AAA", "A")]), scored(A=90), {"AAA": OPEN})
    assert (lonely["B", 1].worst_score, lonely["B", 1].state) == (None, "unknown")
    assert level(FRAMEWORK, lonely["B", 1]) is None


def test_p10_is_the_worst_leg_and_not_knowing_never_helps():
    country = land([("A", "B")], [airport("AAA", "A")], alone=["I"])
    scores = scored(A=90, B=60, I=90)

    def p10(states, given_scores=scores):
        links = worst_links(FRAMEWORK, country, given_scores, states)
        found = routes(FRAMEWORK, country, given_scores, states, AS_OF)
        table = worst_leg_items(FRAMEWORK, found, links, {}, AS_OF)
        return {p: (v, k) for p, v, k in zip(table.place_id, table.value, table.kind, strict=True)}

    assert p10({"AAA": OPEN}) == {"A": (90, "number"), "B": (60, "number")}
    assert p10({}) == {}
    assert p10({}, scored(A=90, B=10, I=1)) == {"B": (10, "at_best")}
    assert set(p10({"AAA": State(4, AS_OF)}).values()) == {(0, "number")}
    assert p10({"AAA": State(3, AS_OF)}) == {"A": (10, "number"), "B": (10, "number")}, "the arrival is a link too"


def test_closing_the_one_arrival_known_does_not_help_when_others_are_unknown():
    two = land([("A", "B"), ("B", "C")], [airport("AAA", "A"), airport("CCC", "C")])
    calm = scored(A=90, B=90, C=90)
    risky = worst_links(FRAMEWORK, two, calm, {"AAA": State(3, AS_OF)})["B"]
    closed = worst_links(FRAMEWORK, two, calm, {"AAA": State(4, AS_OF)})["B"]
    assert (risky.score, risky.known, risky.shut) == (10, True, False)
    assert (closed.score, closed.known, closed.shut) == (0, False, True)


def test_an_island_with_a_regional_airport_is_unknown_and_not_without_a_way():
    islands = land([("A", "B")], [airport("AAA", "A"), airport("III", "I", "regional")], alone=["I"])
    found = ask(islands, scored(A=90, B=90, I=90), {"AAA": OPEN})
    assert (found["I", 1].state, found["I", 1].arrival.iata) == ("unknown", "III")
    assert found["B", 1].arrival.iata == "AAA"


def test_relocation_has_three_levels_and_no_sum():
    country = land([("A", "B")], [airport("AAA", "A")])
    levels = {r: {"physical": 2, "legal": 3, "material": 4} for r in ("A", "B")}
    found = routes(FRAMEWORK, country, scored(A=90, B=50), {"AAA": OPEN}, AS_OF)
    rows = {r.region_id: r for r in relocation(FRAMEWORK, levels, found, {"A": 0})}
    assert (rows["A"].safe, rows["A"].admittance, rows["A"].reasonable) == (3, 1, 4)
    assert rows["B"].admittance is None  # D6 unknown
    moved = relocation(FRAMEWORK, levels, found, {"A": 4, "B": 1})
    assert {r.region_id: r.admittance for r in moved} == {"A": 5, "B": 3}
    closed = routes(FRAMEWORK, country, scored(A=90, B=50), {"AAA": State(4, AS_OF)}, AS_OF)
    assert {r.admittance for r in relocation(FRAMEWORK, levels, closed, {})} == {5}


@st.composite
def worlds(draw):
    names = [f"R{i}" for i in range(draw(st.integers(2, 6)))]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=9, unique=True))
    near = {n: tuple(sorted({b for a, b in edges if a == n} | {a for a, b in edges if b == n})) for n in names}
    cost = {n: float(draw(st.integers(0, 5))) for n in names}
    doors = {
        airport(f"X{i}", draw(st.sampled_from(names))): float(draw(st.integers(0, 5)))
        for i in range(draw(st.integers(1, 2)))
    }
    return near, cost, doors


@st.composite
def lands(draw):
    near, cost, doors = draw(worlds())
    scores = {
        region: draw(st.one_of(st.none(), st.builds(Score, st.just(100 - 20 * c), st.just(AS_OF), st.booleans())))
        for region, c in cost.items()
    }
    states = {a.iata: draw(st.none() | st.builds(State, st.integers(0, 4), st.just(AS_OF))) for a in doors}
    return Country("XAA", near, tuple(doors)), scores, states


def given_of(values):
    return {name: value for name, value in values.items() if value is not None}


@settings(max_examples=1000, deadline=None)
@given(lands(), st.data())
def test_no_worse_leg_or_arrival_ever_gives_a_better_link(world, data):
    """Not known counts as no better than what an unknown is worth, 25 points."""
    country, scores, states = world
    before = worst_links(FRAMEWORK, country, given_of(scores), given_of(states))
    worse_scores = {r: s and Score(data.draw(st.integers(0, int(s.p20))), s.day, s.known) for r, s in scores.items()}
    worse_states = {i: s and State(data.draw(st.integers(s.code, 4)), s.day) for i, s in states.items()}
    after = worst_links(FRAMEWORK, country, given_of(worse_scores), given_of(worse_states))
    assert after.keys() == before.keys()
    for region, link in before.items():
        now = after[region]
        worth, left = (one.score if one.known else min(one.score, 25.0) for one in (link, now))
        assert left <= worth
        assert now.score <= link.score, "what gate G7 asks"


def every_way(near, cost, doors, goal):
    for arrival, price in doors.items():
        stack = [(arrival.region_id,)]
        while stack:
            path = stack.pop()
            if path[-1] == goal:
                links = [price, *(cost[leg] for leg in path)]
                yield max(links), sum(links), len(path)
            stack += [(*path, other) for other in near[path[-1]] if other not in path]


@settings(max_examples=1000, deadline=None)
@given(worlds())
def test_minimax_is_exact(world):
    near, cost, doors = world
    found = minimax(near, cost, doors)
    for region in near:
        truth = min(every_way(near, cost, doors, region), default=None)
        assert (found[region].order[:3] if region in found else None) == truth


@settings(max_examples=500, deadline=None)
@given(worlds(), st.data())
def test_a_worse_region_never_gives_a_better_worst_leg(world, data):
    near, cost, doors = world
    country = Country("XAA", near, tuple(doors))
    states = {a.iata: OPEN for a in doors}
    before = {r: Score(100 - 20 * c, AS_OF) for r, c in cost.items()}
    region = data.draw(st.sampled_from(sorted(near)))
    lower = data.draw(st.none() | st.just(0.0))
    after = {**before, region: Score(lower, AS_OF)}
    old, new = ask(country, before, states), ask(country, after, states)
    for key, route in old.items():
        if key[1] == 1 and route.worst_score is not None and new[key].worst_score is not None:
            assert new[key].worst_score <= route.worst_score


@pytest.fixture(scope="module")
def reference(root):
    def rows(name):
        with (root / "data/reference" / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    monitored = [r["iso3"] for r in rows("countries.csv") if r["monitored"] == "1"]
    return countries(rows("regions.csv"), rows("arrival_points.csv"), monitored)


def test_all_monitored_countries_in_one_pass(reference):
    total = 0
    for country in reference:
        scores = {r: Score(float(hash_score(r)), AS_OF) for r in country.neighbours}
        found = [r for r in routes(FRAMEWORK, country, scores, {country.iso3: OPEN}, AS_OF) if r.rank == 1]
        assert [r.region_id for r in found] == list(country.neighbours)
        assert all(r.legs[-1] == r.region_id for r in found if r.legs)
        total += len(found)
    assert total > 1000


def hash_score(region):
    return sum(region.encode()) * 37 % 101


def test_row_has_the_columns_of_the_schema(root):
    body = (root / "assessment/schema.sql").read_text(encoding="utf-8").split("assessment.route (")[1].split(");")[0]
    assert all(name in body for name in ask(DIAMOND, {}, {})["A", 1].row("run"))
