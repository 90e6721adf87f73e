-- The contract of the warehouse: every table and column, with unit and meaning of NULL.
-- Times are naive UTC TIMESTAMP; days are DATE. NULL = no data; zero = measured zero.
-- Vintages: a row is never edited. A correction adds a row and closes the old one (superseded_at).
-- "What was known at T": known_at <= T AND (superseded_at IS NULL OR superseded_at > T).
-- known_at is when a reader of the source could have known the row: for rows collected as they appeared the time of
-- retrieval; for history loaded later (replay, starter, inbox, a source's first good run) the publication date, or
-- ref_end + the source's publication lag. known_basis says which. A correction is always known from its retrieval.
-- No primary keys: an index on millions of text keys costs more memory than the rows, and DuckDB refuses to delete and
-- insert one key in one transaction. The one writer keeps each table unique; `ingest.warehouse_verify` checks it.

CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL);

CREATE TABLE IF NOT EXISTS meta (              -- facts about this file; unique: name
    name VARCHAR NOT NULL,                     -- reference_digest, catalog_digest, variables_digest, content_number
    value VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS source (            -- the catalog as it was when last loaded; unique: source_id
    source_id VARCHAR NOT NULL,
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

CREATE TABLE IF NOT EXISTS variable (          -- variables.toml; unique: variable
    variable VARCHAR NOT NULL,
    family VARCHAR NOT NULL,                   -- event | observation
    unit VARCHAR NOT NULL,
    meaning VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS region (            -- data/reference, admin-1 and country rows; unique: region_id
    region_id VARCHAR NOT NULL,                -- ISO 3166-2; for a country row the iso3
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

CREATE TABLE IF NOT EXISTS run (               -- one refresh: a batch of sources; unique: run_id
    run_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,                     -- live | replay | starter | inbox
    state VARCHAR NOT NULL,                    -- running | done | interrupted (killed; a later run took in its answers)
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,                        -- NULL: still going, or it was killed
    code_version VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS source_run (        -- what one source gave in one run; unique: run_id, source_id
    run_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,                    -- ok | unchanged | empty | partial | below_minimum | failed | offline
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    answers BIGINT NOT NULL,
    new_rows BIGINT NOT NULL,
    changed_rows BIGINT NOT NULL,
    same_rows BIGINT NOT NULL,
    issues BIGINT NOT NULL,
    message VARCHAR                            -- NULL when all is well
);

CREATE TABLE IF NOT EXISTS answer (            -- one record of the archive; unique: source_id, url, digest, retrieved_at
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
    warc_offset BIGINT NOT NULL,               -- bytes from the start of that file
    run_id VARCHAR NOT NULL,                   -- the run that brought it
    parsed_with VARCHAR,                       -- adapter and version of everything that shapes its rows; NULL: not parsed yet
    state VARCHAR,                             -- good | empty | rejected | withheld | unchanged; NULL: not parsed yet
                                               --   withheld: the run fell short of the source's minimum: new rows were
                                               --   taken in, corrections were not; unchanged: same bytes as before
    parsed_rows BIGINT,                        -- rows that stood; NULL: not parsed yet
    new_rows BIGINT, changed_rows BIGINT, same_rows BIGINT,
    issues BIGINT,                             -- distinct issues of this answer
    countries VARCHAR[]                        -- iso3 found in its rows
);

CREATE TABLE IF NOT EXISTS document (          -- unique: document_id, known_at
    document_id VARCHAR NOT NULL,              -- source_id + ':' + key
    source_id VARCHAR NOT NULL,
    row_digest VARCHAR NOT NULL,               -- of what the source says, to tell same from changed
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
    ref_start DATE, ref_end DATE,              -- day of publication; NULL: the source does not say
    retrieved_at TIMESTAMP NOT NULL,           -- when the answer that brought this vintage was received
    known_at TIMESTAMP NOT NULL,
    known_basis VARCHAR NOT NULL,              -- retrieved | published | lag
    superseded_at TIMESTAMP,                   -- NULL: current vintage; else known_at of the next one
    run_id VARCHAR NOT NULL,
    answer_digest VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS event (             -- unique: event_id, known_at
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
    retrieved_at TIMESTAMP NOT NULL,
    known_at TIMESTAMP NOT NULL, known_basis VARCHAR NOT NULL, superseded_at TIMESTAMP,
    run_id VARCHAR NOT NULL, answer_digest VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS observation (       -- unique: observation_id, known_at
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
    retrieved_at TIMESTAMP NOT NULL,
    known_at TIMESTAMP NOT NULL, known_basis VARCHAR NOT NULL, superseded_at TIMESTAMP,
    run_id VARCHAR NOT NULL, answer_digest VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS coverage (          -- decides between zero and no data; unique: source_id, iso3
    source_id VARCHAR NOT NULL,
    iso3 VARCHAR NOT NULL,
    covered_from DATE NOT NULL,
    covered_to DATE NOT NULL,
    last_good TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS issue (             -- a problem as a row with a remedy
    issue_id VARCHAR NOT NULL,                 -- unique: digest of source, kind, where, message: the same problem twice is one
    source_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,                   -- where it was first seen
    last_run_id VARCHAR NOT NULL,              -- where it was last seen
    answer_digest VARCHAR,                     -- NULL: not about one answer
    kind VARCHAR NOT NULL,
    where_in VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    remedy VARCHAR NOT NULL,
    first_seen TIMESTAMP NOT NULL,             -- retrieval of the answer; for a failed request the time of the run
    last_seen TIMESTAMP NOT NULL,
    count BIGINT NOT NULL                      -- rows concerned in the run that last saw it
);
