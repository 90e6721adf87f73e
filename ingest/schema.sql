-- The contract of the warehouse: every table and column, with unit and meaning of NULL.
-- Times are naive UTC TIMESTAMP; days are DATE. NULL = no data; zero = measured zero.
-- Vintages: a row is never edited. A correction adds a row and closes the old one (superseded_at).
-- "What was known at T": known_at <= T AND (superseded_at IS NULL OR superseded_at > T).

CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL, applied_at TIMESTAMP NOT NULL);

CREATE TABLE IF NOT EXISTS source (            -- the catalog as it was when last loaded
    source_id VARCHAR PRIMARY KEY,
    publisher VARCHAR NOT NULL,
    what VARCHAR NOT NULL,
    adapter VARCHAR NOT NULL,
    urls VARCHAR[] NOT NULL,
    schedule VARCHAR NOT NULL,                 -- cron, Europe/Amsterdam
    licence VARCHAR NOT NULL,
    redistribution VARCHAR NOT NULL,           -- open | figures | none
    reliability VARCHAR NOT NULL,              -- Admiralty A-F
    credibility INTEGER NOT NULL,              -- Admiralty 1-6
    origin_family VARCHAR NOT NULL,
    local_family BOOLEAN NOT NULL,
    level VARCHAR NOT NULL,                    -- country | region | district | point
    countries VARCHAR[] NOT NULL,              -- iso3, or '*'
    known_bias VARCHAR NOT NULL,
    why_off VARCHAR,                           -- NULL: the source is asked
    min_rows INTEGER NOT NULL,
    max_rows INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS variable (          -- variables.toml
    variable VARCHAR PRIMARY KEY,
    family VARCHAR NOT NULL,                   -- event | observation
    unit VARCHAR NOT NULL,
    meaning VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS region (            -- data/reference, admin-1 and country rows
    region_id VARCHAR PRIMARY KEY,             -- ISO 3166-2; for a country row the iso3
    iso3 VARCHAR NOT NULL,
    admin_level INTEGER NOT NULL,              -- 0 country, 1 admin-1
    parent_id VARCHAR,                         -- NULL for countries
    name_en VARCHAR NOT NULL,
    name_nl VARCHAR,                           -- NULL: no Dutch name of its own
    name_native VARCHAR,                       -- NULL: unknown
    pcode VARCHAR,                             -- NULL: none assigned
    population DOUBLE,                         -- persons; NULL: unknown
    population_year INTEGER,
    population_source VARCHAR,
    latitude DOUBLE, longitude DOUBLE,         -- a representative point, WGS 84
    neighbours VARCHAR[] NOT NULL,             -- region_ids with a shared border
    has_shape BOOLEAN NOT NULL                 -- FALSE: drawn as a point
);

CREATE TABLE IF NOT EXISTS run (               -- one refresh: a batch of sources
    run_id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,                     -- live | replay | starter | inbox | rebuild
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,                        -- NULL: still going, or it was killed
    code_version VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS source_run (        -- what one source gave in one run
    run_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,                    -- ok | unchanged | empty | failed | offline | disabled | below_minimum
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    answers INTEGER NOT NULL,
    new_rows INTEGER NOT NULL,
    changed_rows INTEGER NOT NULL,
    same_rows INTEGER NOT NULL,
    issues INTEGER NOT NULL,
    message VARCHAR,                           -- NULL when all is well
    PRIMARY KEY (run_id, source_id)
);

CREATE TABLE IF NOT EXISTS answer (            -- one record of the archive
    digest VARCHAR NOT NULL,                   -- sha256 of the decoded body, hex
    source_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,                      -- as asked, without any key
    final_url VARCHAR,                         -- NULL: not redirected
    status INTEGER NOT NULL,
    media_type VARCHAR,
    bytes BIGINT NOT NULL,
    retrieved_at TIMESTAMP NOT NULL,
    etag VARCHAR, last_modified VARCHAR,       -- for the next conditional request; NULL: not sent
    warc_file VARCHAR NOT NULL,                -- file name in the archive folder
    warc_record_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    parsed_with VARCHAR,                       -- adapter and its version digest; NULL: not parsed yet
    parsed_rows INTEGER,                       -- NULL: not parsed yet
    PRIMARY KEY (source_id, url, digest)
);

CREATE TABLE IF NOT EXISTS document (
    document_id VARCHAR NOT NULL,              -- source_id + ':' + key
    source_id VARCHAR NOT NULL,
    row_digest VARCHAR NOT NULL,               -- of the content, to tell same from changed
    title VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    published TIMESTAMP, revised TIMESTAMP,    -- NULL: the source does not say
    language VARCHAR,
    publisher VARCHAR,
    summary VARCHAR,
    text VARCHAR,                              -- NULL: not stored (licence) or none
    countries VARCHAR[] NOT NULL,
    topics VARCHAR[] NOT NULL,
    withdrawn DATE,                            -- NULL: in force
    attachments VARCHAR[] NOT NULL,
    attributes JSON NOT NULL,
    ref_start DATE, ref_end DATE,
    known_at TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL,              -- retrieved | published | lag
    superseded_at TIMESTAMP,                   -- NULL: current vintage
    run_id VARCHAR NOT NULL,
    answer_digest VARCHAR NOT NULL,
    PRIMARY KEY (document_id, known_at, row_digest)
);

CREATE TABLE IF NOT EXISTS event (
    event_id VARCHAR NOT NULL,                 -- source_id + ':' + key
    source_id VARCHAR NOT NULL,
    row_digest VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,                     -- variables.toml [event]
    iso3 VARCHAR NOT NULL,
    region_id VARCHAR,                         -- NULL: not placed in a region (counts for the country only)
    place_rule VARCHAR,                        -- how region_id was found; NULL: it was not
    precision VARCHAR NOT NULL,                -- point | district | region | country | unknown
    place_name VARCHAR,                        -- the source's words
    latitude DOUBLE, longitude DOUBLE,
    ref_start DATE NOT NULL, ref_end DATE NOT NULL,
    published TIMESTAMP,
    deaths_best DOUBLE, deaths_low DOUBLE, deaths_high DOUBLE,   -- persons
    deaths_civilians DOUBLE, deaths_unknown DOUBLE,              -- persons
    injured DOUBLE, abducted DOUBLE, displaced DOUBLE,           -- persons
    severity DOUBLE,
    actors VARCHAR[] NOT NULL,
    title VARCHAR, url VARCHAR,
    attributes JSON NOT NULL,
    known_at TIMESTAMP NOT NULL, known_basis VARCHAR NOT NULL, superseded_at TIMESTAMP,
    run_id VARCHAR NOT NULL, answer_digest VARCHAR NOT NULL,
    PRIMARY KEY (event_id, known_at, row_digest)
);

CREATE TABLE IF NOT EXISTS observation (
    observation_id VARCHAR NOT NULL,           -- source_id + ':' + key
    source_id VARCHAR NOT NULL,
    row_digest VARCHAR NOT NULL,
    variable VARCHAR NOT NULL,                 -- variables.toml [observation]
    iso3 VARCHAR NOT NULL,
    region_id VARCHAR,                         -- NULL: national value, or not placed (then an issue says so)
    place_rule VARCHAR,
    precision VARCHAR NOT NULL,
    place_name VARCHAR,
    latitude DOUBLE, longitude DOUBLE,
    ref_start DATE NOT NULL, ref_end DATE NOT NULL,
    published TIMESTAMP,
    value DOUBLE, value_low DOUBLE, value_high DOUBLE,  -- in the unit of the variable; NULL: the source says unknown
    denominator DOUBLE,
    text VARCHAR,
    dimensions JSON NOT NULL,
    projection BOOLEAN NOT NULL,
    known_at TIMESTAMP NOT NULL, known_basis VARCHAR NOT NULL, superseded_at TIMESTAMP,
    run_id VARCHAR NOT NULL, answer_digest VARCHAR NOT NULL,
    PRIMARY KEY (observation_id, known_at, row_digest)
);

CREATE TABLE IF NOT EXISTS coverage (          -- decides between zero and no data
    source_id VARCHAR NOT NULL,
    iso3 VARCHAR NOT NULL,
    covered_from DATE NOT NULL,
    covered_to DATE NOT NULL,
    last_good TIMESTAMP NOT NULL,
    PRIMARY KEY (source_id, iso3)
);

CREATE TABLE IF NOT EXISTS issue (             -- a problem as a row with a remedy
    issue_id VARCHAR PRIMARY KEY,              -- digest of source, kind, where, message: the same problem twice is one
    source_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,                   -- where it was first seen
    answer_digest VARCHAR,                     -- NULL: not about one answer
    kind VARCHAR NOT NULL,
    where_in VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    remedy VARCHAR NOT NULL,
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    count BIGINT NOT NULL                      -- rows concerned in the run that last saw it
);
