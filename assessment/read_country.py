"""One country in full: official positions, policy documents, travel advice, routes, cards, alerts.

Tables that no run has written yet (route, alert, official_position, profile_card) give empty lists until they hold
rows.
"""

from __future__ import annotations

from datetime import date

from assessment import profiles as profile_table
from assessment import read_alerts, read_regions, read_violence
from assessment.read_query import NotFound, Query, Row


def routes(query: Query, region_id: str) -> list[Row]:
    """Ways from an arrival point to the region, best first; empty until a run has written routes."""
    return query.rows_of(
        "assessment.route",
        """
        SELECT * EXCLUDE (run_id)
        FROM assessment.route
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY rank
        """,
        run_id=query.needed_run()["run_id"],
        region_id=region_id,
    )


def profile_cards(query: Query, iso3: str, region_id: str | None = None) -> list[Row]:
    """What sources say of profiles in a country; for a region its own cards and the national ones."""
    return query.rows_of(
        "assessment.profile_card",
        """
        SELECT profile, iso3, region_id, statement, quote, url, stated, grade
        FROM assessment.profile_card
        WHERE iso3 = $iso3 AND ($region_id::VARCHAR IS NULL OR region_id IS NULL OR region_id = $region_id)
        ORDER BY profile, region_id, stated DESC
        """,
        iso3=iso3,
        region_id=region_id,
    )


def profiles() -> list[Row]:
    """Every profile in the order of its table: {profile, name_*, questions_*, statement_W_*, …}, each in en and nl.

    unknown_en, unknown_nl: what is said where nobody stated anything. For the words only; statements are in the cards.
    """
    table = profile_table.load()
    statements = {f"statement_{s}_{language}": table.words[s][language] for s in "WCN" for language in ("en", "nl")}
    unknown = {f"unknown_{language}": table.words["?"][language] for language in ("en", "nl")}
    return [
        {
            "profile": profile.id,
            **{f"name_{language}": name for language, name in profile.names.items()},
            **{f"questions_{language}": list(asked) for language, asked in profile.questions.items()},
            **statements,
            **unknown,
        }
        for profile in table.profiles
    ]


def positions(query: Query, iso3: str, day: date) -> list[Row]:
    """Official positions on a country in force on a day; each is its own evidence (its position_id)."""
    rows = query.rows_of(
        "assessment.official_position",
        """
        SELECT *
        FROM assessment.official_position
        WHERE iso3 = $iso3 AND valid_from <= $day AND (valid_to IS NULL OR valid_to >= $day) AND known_at <= $day
        ORDER BY authority, kind, valid_from DESC, position_id
        """,
        iso3=iso3,
        day=day,
    )
    return [{**row, "evidence_ids": [row["position_id"]]} for row in rows]


def every_position(query: Query, iso3: str | None = None) -> list[Row]:
    """Official positions of a country or all, also ended and coming ones, newest first."""
    rows = query.rows_of(
        "assessment.official_position",
        """
        SELECT *
        FROM assessment.official_position
        WHERE $iso3::VARCHAR IS NULL OR iso3 = $iso3
        ORDER BY valid_from DESC, authority, kind, position_id
        """,
        iso3=iso3,
    )
    return [{**row, "evidence_ids": [row["position_id"]]} for row in rows]


def country(query: Query, iso3: str) -> Row:
    """Everything the country page shows. Raises NotFound."""
    named = query.rows("SELECT name_en, name_nl, population FROM region WHERE region_id = $iso3", iso3=iso3)
    if not named:
        raise NotFound("country", iso3, "use the three letters of ISO 3166-1, such as AFG")
    day = query.needed_run()["as_of"]
    return {
        "iso3": iso3,
        **named[0],
        "positions": positions(query, iso3, day),
        "policy_documents": _documents(query, iso3, "policy"),
        "regions": read_regions.regions(query, iso3),
        "routes": country_routes(query, iso3),
        "profile_cards": profile_cards(query, iso3),
        "advisories": _advisories(query, iso3),
        "unlocated": read_violence.unlocated(query, iso3),
        "trend": read_regions.country_trend(query, iso3),
    }


def _documents(query: Query, iso3: str, kind: str, limit: int = 50) -> list[Row]:
    """Documents in force of a kind about a country, newest first; each is its own evidence."""
    return query.rows(
        """
        SELECT document_id, source_id, title, url, published, revised, language, publisher,
               [document_id] AS evidence_ids
        FROM document
        WHERE kind = $kind AND list_contains(countries, $iso3) AND superseded_at IS NULL AND withdrawn IS NULL
        ORDER BY published DESC NULLS LAST, document_id
        LIMIT $limit
        """,
        kind=kind,
        iso3=iso3,
        limit=limit,
    )


def _advisories(query: Query, iso3: str) -> list[Row]:
    """Travel advice of states: level where the source gives one (its own words in `said`), newest first."""
    levels = query.rows(
        """
        SELECT o.observation_id, o.source_id, s.publisher, o.value AS level, v.unit, o.text AS said,
               o.dimensions ->> 'scope' AS scope, o.ref_end AS as_of, [o.observation_id] AS evidence_ids
        FROM observation AS o
        JOIN source AS s USING (source_id)
        JOIN variable AS v USING (variable)
        WHERE o.variable = 'travel_advice_level' AND o.iso3 = $iso3 AND o.superseded_at IS NULL
        ORDER BY o.ref_end DESC, o.observation_id
        """,
        iso3=iso3,
    )
    return [{"kind": "level", **row} for row in levels] + [
        {"kind": "document", **row} for row in _documents(query, iso3, "advisory")
    ]


def alerts(query: Query, open_only: bool = True, iso3: str | None = None) -> list[Row]:
    """Alerts of the run shown, worse ones first; with open_only False also those only earlier runs had.

    Runs made afterwards for a past day tell trends; what they would have raised then was nobody's task. Whether a
    person took or decided one stands in the ledger, not here; the page joins them by alert_id. iso3 is "" for a source.
    cause: what alerts of one change have in common (`read_alerts.cause`), None for one that stands alone.
    """
    if query.run is None:
        return []
    rows = query.rows_of(
        "assessment.alert",
        """
        SELECT a.*, coalesce(r.iso3, regexp_extract(a.region_id, '^[A-Z]{3}$')) AS iso3
        FROM assessment.alert AS a
        JOIN assessment.run AS u ON u.run_id = a.run_id
        LEFT JOIN region AS r ON r.region_id = a.region_id
        WHERE (a.run_id = $run_id OR (NOT $open_only AND u.kind = 'current'))
          AND ($iso3::VARCHAR IS NULL OR coalesce(r.iso3, a.region_id) = $iso3)
        QUALIFY row_number() OVER (PARTITION BY a.alert_id ORDER BY u.as_of DESC, u.made_at DESC) = 1
        ORDER BY a.direction <> 'worse', a.deadline, a.alert_id
        """,
        run_id=query.run["run_id"],
        open_only=open_only,
        iso3=iso3,
    )
    return [{**row, "cause": read_alerts.cause(row)} for row in rows]


def relocation(query: Query, iso3: str) -> list[Row]:
    """Regions of a country, best first, each with its bands and its best route (None: no route is known).

    The home region stays the default; this list names no region as an alternative, a person weighs that.
    """
    best = {row["region_id"]: row for row in reversed(country_routes(query, iso3))}
    found = read_regions.regions(query, iso3)[::-1]
    return [{**row, "route": best.get(row["region_id"])} for row in found]


def country_routes(query: Query, iso3: str) -> list[Row]:
    """Routes to every region of a country, best first per region."""
    return query.rows_of(
        "assessment.route",
        """
        SELECT t.* EXCLUDE (run_id)
        FROM assessment.route AS t
        JOIN region AS r ON r.region_id = t.region_id
        WHERE t.run_id = $run_id AND r.iso3 = $iso3
        ORDER BY t.region_id, t.rank
        """,
        run_id=query.needed_run()["run_id"],
        iso3=iso3,
    )
