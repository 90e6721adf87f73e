-- What the text stages made of documents. Derived: can be made again from the documents at any time.
-- Text never moves a score: claims here are suggestions until a person confirms them in the ledger.
CREATE SCHEMA IF NOT EXISTS evidence;

CREATE TABLE IF NOT EXISTS evidence.document (
    document_id VARCHAR PRIMARY KEY,       -- of table document
    row_digest VARCHAR NOT NULL,           -- vintage that was read; another one is read again
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
    part VARCHAR NOT NULL,                 -- title | text
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,   -- characters of the part
    name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    iso3 VARCHAR, region_id VARCHAR,       -- NULL: unknown
    confidence DOUBLE NOT NULL, rule VARCHAR NOT NULL, role VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS evidence.claim (
    claim_id VARCHAR PRIMARY KEY,
    document_id VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,
    quote VARCHAR NOT NULL,                -- the sentence; no quote, no claim
    iso3 VARCHAR NOT NULL, region_id VARCHAR, region_rule VARCHAR NOT NULL,
    theme VARCHAR NOT NULL, dimension VARCHAR NOT NULL,
    indicator_id VARCHAR, profile VARCHAR, -- one of the two is given
    polarity INTEGER NOT NULL,             -- -1 worse, +1 better, 0 the wording does not say
    severity INTEGER,                      -- 0-4, a proposal; NULL: none
    confidence DOUBLE NOT NULL,
    cluster_id VARCHAR,
    extractor_version VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS evidence.trigger (
    document_id VARCHAR NOT NULL, part VARCHAR NOT NULL, name VARCHAR NOT NULL,
    start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, quote VARCHAR NOT NULL, iso3 VARCHAR
);

CREATE TABLE IF NOT EXISTS evidence.member (   -- which story a document belongs to, and its fingerprint for the next run
    document_id VARCHAR PRIMARY KEY,
    cluster_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,             -- first | same_page | revision | copy | same_story | update
    similarity DOUBLE NOT NULL,
    other_id VARCHAR, series_id VARCHAR,
    source_id VARCHAR NOT NULL, origin_family VARCHAR NOT NULL, url_key VARCHAR NOT NULL, published TIMESTAMP,
    digest VARCHAR NOT NULL, sketch VARCHAR[] NOT NULL, shingles INTEGER NOT NULL,
    terms INTEGER[] NOT NULL, weights FLOAT[] NOT NULL, numbers VARCHAR[] NOT NULL, places VARCHAR[] NOT NULL,
    title_key VARCHAR NOT NULL, title_marks VARCHAR[] NOT NULL, cited VARCHAR NOT NULL
);

CREATE OR REPLACE VIEW evidence.story AS
SELECT cluster_id, list(document_id ORDER BY document_id) AS document_ids,
       count(DISTINCT origin_family) AS origin_families
FROM evidence.member
GROUP BY cluster_id;
