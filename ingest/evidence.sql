-- What the text stages made of documents. Derived: can be made again from the documents at any time.
-- Text never moves a score: claims here are suggestions until a person confirms them in the ledger.
CREATE SCHEMA IF NOT EXISTS evidence;     -- published with every snapshot
CREATE SCHEMA IF NOT EXISTS reading;      -- working memory of the next run, not published

CREATE TABLE IF NOT EXISTS reading.form (version INTEGER NOT NULL);   -- of these tables; another one: they are made again

CREATE TABLE IF NOT EXISTS evidence.document (
    document_id VARCHAR PRIMARY KEY,       -- of table document
    row_digest VARCHAR NOT NULL,           -- vintage that was read; another one is read again
    reader VARCHAR NOT NULL,               -- extractor version and gate that read it
    language VARCHAR NOT NULL,             -- und: below the margin, kept and not tagged
    language_margin DOUBLE NOT NULL,
    dimension VARCHAR NOT NULL,            -- legal | physical | material | none
    relevance DOUBLE NOT NULL,             -- 0-1, that the document says something about safety
    themes VARCHAR[] NOT NULL, theme_probabilities DOUBLE[] NOT NULL,
    countries VARCHAR[] NOT NULL,          -- main countries, iso3, largest share first
    regions VARCHAR[] NOT NULL
);

CREATE TABLE IF NOT EXISTS evidence.mention (
    document_id VARCHAR NOT NULL,
    part VARCHAR NOT NULL,                 -- title | text (text, else summary, of table document)
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,   -- characters of the part
    name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    iso3 VARCHAR, region_id VARCHAR,       -- NULL: unknown
    confidence DOUBLE NOT NULL, rule VARCHAR NOT NULL, role VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS evidence.claim (
    claim_id VARCHAR PRIMARY KEY,
    document_id VARCHAR NOT NULL,
    row_digest VARCHAR NOT NULL,           -- vintage of the document the quote stands in
    part VARCHAR NOT NULL,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,
    quote VARCHAR NOT NULL,                -- the sentence; no quote, no claim
    iso3 VARCHAR NOT NULL, region_id VARCHAR, region_rule VARCHAR NOT NULL,
    theme VARCHAR NOT NULL, dimension VARCHAR NOT NULL,
    indicator_id VARCHAR, profile VARCHAR, -- at least one of the two is given
    polarity INTEGER NOT NULL,             -- -1 worse, +1 better, 0 the wording does not say
    severity INTEGER,                      -- 0-4, a proposal; NULL: none
    confidence DOUBLE NOT NULL,
    cluster_id VARCHAR,
    extractor_version VARCHAR NOT NULL,
    published TIMESTAMP,                   -- of the document, so that the newest are found without it; NULL: not said
    superseded_at TIMESTAMP                -- NULL: suggested now; else when a newer vintage no longer said it
);

CREATE TABLE IF NOT EXISTS evidence.quantity (
    document_id VARCHAR NOT NULL, part VARCHAR NOT NULL,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,
    unit VARCHAR NOT NULL,                 -- killed | injured | displaced | in_need | …
    value DOUBLE NOT NULL                  -- persons
);

CREATE TABLE IF NOT EXISTS evidence.trigger (
    document_id VARCHAR NOT NULL,          -- or the observation, for a change of travel advice
    part VARCHAR NOT NULL,                 -- title | text | change (found by comparing two versions)
    name VARCHAR NOT NULL,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, quote VARCHAR NOT NULL, iso3 VARCHAR,
    published TIMESTAMP                    -- of the document, or the day of the change; NULL: the source does not say
);

CREATE TABLE IF NOT EXISTS evidence.member (   -- which story a document belongs to
    document_id VARCHAR PRIMARY KEY,
    cluster_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,             -- first | same_page | revision | copy | same_story | update
    similarity DOUBLE NOT NULL,
    other_id VARCHAR, series_id VARCHAR,
    source_id VARCHAR NOT NULL, origin_family VARCHAR NOT NULL,
    cited VARCHAR NOT NULL,                -- body the text rests on ("according to …"); empty: none
    published TIMESTAMP
);

CREATE TABLE IF NOT EXISTS evidence.story (
    cluster_id VARCHAR PRIMARY KEY,
    document_ids VARCHAR[] NOT NULL,
    n_origins INTEGER NOT NULL,            -- independent origins: one family, one cited body and copies count once
    series_id VARCHAR,                     -- NULL: no issue of a series
    first_published TIMESTAMP, last_published TIMESTAMP,
    relevance DOUBLE NOT NULL,             -- 0-1, of the document that says most about safety
    countries VARCHAR[] NOT NULL, regions VARCHAR[] NOT NULL, themes VARCHAR[] NOT NULL   -- of any of its documents
);

CREATE TABLE IF NOT EXISTS evidence.policy_item (  -- country chapters of the Dutch circular, as they stand
    document_id VARCHAR NOT NULL, row_digest VARCHAR NOT NULL,
    country VARCHAR NOT NULL, iso3 VARCHAR,
    item VARCHAR NOT NULL, heading VARCHAR NOT NULL,
    answer VARCHAR,                        -- yes | no; NULL: the wording decides neither, a person reads
    groups VARCHAR[] NOT NULL, areas VARCHAR[] NOT NULL,  -- as the text names them
    valid_from DATE NOT NULL,              -- since when the wording has stood unchanged
    quote VARCHAR NOT NULL, start_at INTEGER NOT NULL, end_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS evidence.policy_change (
    change_id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,                 -- paragraph | item (of a country chapter) | level (of travel advice)
    evidence_id VARCHAR NOT NULL,          -- document_id or observation_id
    old_digest VARCHAR NOT NULL, new_digest VARCHAR NOT NULL,   -- row_digest of the two vintages
    source_id VARCHAR NOT NULL,
    iso3 VARCHAR, region_id VARCHAR,
    item VARCHAR, heading VARCHAR NOT NULL,
    change VARCHAR NOT NULL,               -- added | removed | changed | worse | better
    old_text VARCHAR, new_text VARCHAR,    -- NULL: not there in that version
    old_answer VARCHAR, new_answer VARCHAR,
    old_level DOUBLE, new_level DOUBLE,    -- 1-4, 4 worst; NULL: no level
    effective DATE NOT NULL,               -- day of the newer version
    known_at TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS reading.fingerprint (   -- of a document's text, to find its story again without reading it
    document_id VARCHAR PRIMARY KEY,
    url_key VARCHAR NOT NULL, digest VARCHAR NOT NULL, sketch VARCHAR[] NOT NULL, shingles INTEGER NOT NULL,
    terms INTEGER[] NOT NULL, weights FLOAT[] NOT NULL, numbers VARCHAR[] NOT NULL, places VARCHAR[] NOT NULL,
    title_key VARCHAR NOT NULL, title_marks VARCHAR[] NOT NULL
);

CREATE TABLE IF NOT EXISTS reading.compared (      -- vintages of policy texts that were compared with the one before
    document_id VARCHAR NOT NULL, row_digest VARCHAR NOT NULL,
    before_digest VARCHAR NOT NULL                 -- empty: the first vintage
);
