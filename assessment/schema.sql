-- Results of the assessment, in schema `assessment` of the warehouse and of every snapshot.
-- One run = one as-of date scored with one framework version. Rows are never edited; a run is written whole or not.
CREATE SCHEMA IF NOT EXISTS assessment;

CREATE TABLE IF NOT EXISTS assessment.run (
    run_id VARCHAR PRIMARY KEY,            -- digest of as_of, framework, code, seed and inputs
    as_of DATE NOT NULL,
    kind VARCHAR NOT NULL,                 -- current | history
    made_at TIMESTAMP NOT NULL,            -- the clock; the only column that is not a function of the inputs
    framework_version VARCHAR NOT NULL,
    framework_digest VARCHAR NOT NULL,
    code_version VARCHAR NOT NULL,
    seed BIGINT NOT NULL,
    input_digest VARCHAR NOT NULL,
    compared_run_id VARCHAR                -- run of an earlier day the alerts compare with; NULL: none
);

CREATE TABLE IF NOT EXISTS assessment.indicator_value (
    run_id VARCHAR NOT NULL,
    region_id VARCHAR NOT NULL,
    indicator_id VARCHAR NOT NULL,
    score DOUBLE,                          -- 0-100, NULL: never seen
    sd DOUBLE,                             -- score points
    raw_value DOUBLE,                      -- in the indicator's unit, of the heaviest item; NULL: missing
    origin VARCHAR NOT NULL,               -- own | zone | inherited | carried | missing (with a score: what was heard
                                           --   is worse than unknown, but reports do not suffice to know)
    newest DATE,                           -- last day any item speaks about
    age_half_lives DOUBLE,
    n_eff DOUBLE,                          -- effective number of origin families
    conflict BOOLEAN NOT NULL,
    PRIMARY KEY (run_id, region_id, indicator_id)
);

CREATE TABLE IF NOT EXISTS assessment.indicator_item (  -- the evidence behind an indicator value
    run_id VARCHAR NOT NULL,
    region_id VARCHAR NOT NULL,
    indicator_id VARCHAR NOT NULL,
    item_no INTEGER NOT NULL,
    source_id VARCHAR NOT NULL,
    origin_family VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,                 -- number | claim (raw_value is its code 0-4) | official | at_best
    raw_value DOUBLE NOT NULL,
    score DOUBLE NOT NULL,
    weight DOUBLE NOT NULL,
    geography VARCHAR NOT NULL,            -- own | national
    ref_end DATE NOT NULL,
    lapsed BOOLEAN NOT NULL,
    evidence_ids VARCHAR[] NOT NULL        -- observation_id, event_id or claim_id
);

CREATE TABLE IF NOT EXISTS assessment.dimension_score (
    run_id VARCHAR NOT NULL,
    region_id VARCHAR NOT NULL,
    dimension VARCHAR NOT NULL,            -- legal | physical | material
    state VARCHAR NOT NULL,                -- assessed | stale | insufficient
    point DOUBLE, p10 DOUBLE, p20 DOUBLE, p50 DOUBLE, p90 DOUBLE,   -- 0-100
    band_probability DOUBLE[5],            -- level 1 .. 5
    indicative_level INTEGER,              -- of p20; with state insufficient the level that what is known alone points
                                           --   to (its p20), which decides nothing; NULL: too little is known
    level_before_gates INTEGER NOT NULL,
    level INTEGER NOT NULL,                -- 1 .. 5 after gates; with state insufficient never better than 4
    confidence VARCHAR NOT NULL,           -- high | moderate | low | very_low
    confidence_steps VARCHAR[] NOT NULL,
    coverage DOUBLE NOT NULL,              -- 0-1
    freshness DATE,                        -- newest day any evidence speaks about
    why_insufficient VARCHAR[] NOT NULL,   -- coverage, core:<indicator>, no_recent_region_item, blackout
    unknowns VARCHAR[] NOT NULL,           -- indicator ids without data
    indicative_best INTEGER, indicative_worst INTEGER,   -- of the same score's p90 and p10
    known_share DOUBLE NOT NULL,           -- 0-1, weight of indicators with any data, also old
    PRIMARY KEY (run_id, region_id, dimension)
);

CREATE TABLE IF NOT EXISTS assessment.pillar_score (
    run_id VARCHAR NOT NULL, region_id VARCHAR NOT NULL, dimension VARCHAR NOT NULL, pillar VARCHAR NOT NULL,
    point DOUBLE, p20 DOUBLE,
    PRIMARY KEY (run_id, region_id, dimension, pillar)
);

CREATE TABLE IF NOT EXISTS assessment.reason (   -- why a dimension stands where it stands, strongest first
    run_id VARCHAR NOT NULL, region_id VARCHAR NOT NULL, dimension VARCHAR NOT NULL,
    rank INTEGER NOT NULL,
    indicator_id VARCHAR NOT NULL,
    contribution DOUBLE NOT NULL,          -- score points of the dimension below 100 due to this indicator (point score)
    text_en VARCHAR NOT NULL, text_nl VARCHAR NOT NULL,   -- with number, unit, date and source
    evidence_ids VARCHAR[] NOT NULL
);

CREATE TABLE IF NOT EXISTS assessment.region_result (
    run_id VARCHAR NOT NULL,
    region_id VARCHAR NOT NULL,
    overall_level INTEGER NOT NULL,        -- worst of the three after gates
    suggested_category VARCHAR NOT NULL,   -- A0 A1 A2 A3 A4 AU, after gates
    category_before_gates VARCHAR NOT NULL,
    frozen BOOLEAN NOT NULL,               -- G6 or G12: cannot improve until reviewed
    sort_key DOUBLE NOT NULL,              -- only to order lists
    blackout BOOLEAN NOT NULL,
    PRIMARY KEY (run_id, region_id)
);

CREATE TABLE IF NOT EXISTS assessment.gate_hit (
    run_id VARCHAR NOT NULL, region_id VARCHAR NOT NULL, gate_id VARCHAR NOT NULL,
    effect VARCHAR NOT NULL,
    text_en VARCHAR NOT NULL, text_nl VARCHAR NOT NULL,
    evidence_ids VARCHAR[] NOT NULL,       -- official position, observation or alert ids
    since DATE, expires DATE               -- NULL: unknown / until withdrawn
);

CREATE TABLE IF NOT EXISTS assessment.perspective (   -- D1-D6: facts beside the scores
    run_id VARCHAR NOT NULL, region_id VARCHAR NOT NULL, indicator_id VARCHAR NOT NULL,
    value DOUBLE, text VARCHAR,            -- both NULL: no data
    ref_end DATE, source_id VARCHAR,
    evidence_ids VARCHAR[] NOT NULL
);

CREATE TABLE IF NOT EXISTS assessment.route (
    run_id VARCHAR NOT NULL, region_id VARCHAR NOT NULL,
    rank INTEGER NOT NULL,                 -- 1 best, 2 the alternative
    arrival_iata VARCHAR, arrival_name VARCHAR, arrival_code INTEGER,   -- P9 code; NULL: unknown
    legs VARCHAR[] NOT NULL,               -- region_ids from the arrival to the region
    worst_leg VARCHAR, worst_score DOUBLE, worst_date DATE,
    state VARCHAR NOT NULL                 -- open | unknown | closed | none
);

CREATE TABLE IF NOT EXISTS assessment.alert (
    alert_id VARCHAR NOT NULL,             -- digest of rule, region, series and the week it opened
    run_id VARCHAR NOT NULL,
    region_id VARCHAR NOT NULL,            -- or the iso3 for a country
    rule VARCHAR NOT NULL,                 -- sharp_rise | level_worse | level_better | arrival | qualitative | staleness | silence | regime_change | blackout
    direction VARCHAR NOT NULL,            -- worse | better | none
    series VARCHAR,
    statistic DOUBLE, baseline DOUBLE, p_value DOUBLE,
    opened DATE NOT NULL,
    deadline DATE NOT NULL,
    text_en VARCHAR NOT NULL, text_nl VARCHAR NOT NULL,
    evidence_ids VARCHAR[] NOT NULL,
    PRIMARY KEY (run_id, alert_id)
);

CREATE TABLE IF NOT EXISTS assessment.official_position (  -- people maintain it; shipped rows are verified ones only
    position_id VARCHAR PRIMARY KEY,
    authority VARCHAR NOT NULL,            -- UNHCR | EUAA | NL | court
    iso3 VARCHAR NOT NULL,
    region_id VARCHAR,                     -- NULL: whole country
    kind VARCHAR NOT NULL,                 -- non_return | decision_moratorium | departure_moratorium | 15c | court | stance | group_ban | no_entry_document
    level VARCHAR,                         -- mere_presence | high | not_high | no_real_risk | ... NULL: not applicable
    quote VARCHAR NOT NULL, url VARCHAR NOT NULL,
    valid_from DATE NOT NULL, valid_to DATE,
    verified_by VARCHAR NOT NULL,          -- role, never a name
    known_at DATE NOT NULL
);

CREATE TABLE IF NOT EXISTS assessment.profile_card (
    profile VARCHAR NOT NULL, iso3 VARCHAR NOT NULL, region_id VARCHAR,
    statement VARCHAR NOT NULL,            -- W | C | N | ?
    quote VARCHAR, url VARCHAR, stated DATE, grade VARCHAR
);

CREATE TABLE IF NOT EXISTS assessment.confirmed_claim (  -- what people confirmed by the day of the newest current run
    claim_id VARCHAR PRIMARY KEY,
    indicator_id VARCHAR NOT NULL,
    iso3 VARCHAR NOT NULL, region_id VARCHAR,   -- NULL: the whole country
    severity INTEGER NOT NULL,             -- 0 nothing - 4 severe
    ref_end DATE NOT NULL,                 -- day of the document
    source_id VARCHAR NOT NULL,            -- of the document
    document_id VARCHAR NOT NULL,
    quote VARCHAR NOT NULL,
    known_at DATE NOT NULL                 -- day a person confirmed it
);

CREATE TABLE IF NOT EXISTS assessment.forecast (  -- early warning in words of likelihood; never improves a band
    run_id VARCHAR NOT NULL, region_id VARCHAR NOT NULL,
    horizon_months INTEGER NOT NULL, target VARCHAR NOT NULL,   -- any | ge10 | ge25
    probability DOUBLE, word_en VARCHAR, word_nl VARCHAR,
    basis VARCHAR NOT NULL,                -- model | history | none
    months_met INTEGER, months_seen INTEGER,   -- the target was met in so many of the last covered months; NULL: none
    why VARCHAR                            -- why history or nothing is shown; NULL: the model is
);

CREATE TABLE IF NOT EXISTS assessment.forecast_model (  -- the newest trained early warning
    trained DATE PRIMARY KEY,              -- as-of day of what it was trained on
    model VARCHAR NOT NULL                 -- JSON: coefficients and the skill that was measured before the last fit
);

-- One count of violence as of the newest current run: see violence.py for which source is the base of which month.
CREATE TABLE IF NOT EXISTS assessment.region_month_violence (
    region_id VARCHAR NOT NULL, iso3 VARCHAR NOT NULL,
    month DATE NOT NULL,                   -- its first day; months no base covers are not here
    base_source VARCHAR NOT NULL,
    events DOUBLE NOT NULL, one_sided DOUBLE NOT NULL,
    deaths DOUBLE NOT NULL,                -- persons
    harmed DOUBLE NOT NULL,                -- persons: civilians and unknown; all deaths where a source does not tell
    evidence_ids VARCHAR[] NOT NULL,       -- of the deadliest few; empty for a measured zero
    check_source VARCHAR, check_events DOUBLE   -- another family's count, shown beside and never added; NULL: none
);

CREATE TABLE IF NOT EXISTS assessment.unlocated_violence (  -- of the base, placed in no region: counts for the country
    iso3 VARCHAR NOT NULL, month DATE NOT NULL, base_source VARCHAR NOT NULL,
    events DOUBLE NOT NULL, deaths DOUBLE NOT NULL,
    evidence_ids VARCHAR[] NOT NULL
);

CREATE OR REPLACE VIEW assessment.latest_run AS
SELECT *
FROM assessment.run
WHERE kind = 'current'
ORDER BY as_of DESC, made_at DESC
LIMIT 1;
