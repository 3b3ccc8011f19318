-- Facts, append-only: no keys, no secondary indexes, no sequences (TRUST 4, SCALE). Instants are TIMESTAMP in UTC,
-- whole seconds. `article` is the 64-bit id of (site, article_key), see store/ids.py; `batch` is the ingest run.

CREATE TABLE batch (
    batch VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, command VARCHAR, inputs BIGINT, bytes BIGINT,
    accepted BIGINT, rejected BIGINT, duplicates BIGINT, demo BOOLEAN
);

-- A copy of a page at a moment; key (capture) = SHA-256 over site, key, moment and content.
CREATE TABLE capture (
    capture VARCHAR, article BIGINT, revision VARCHAR, url VARCHAR, captured_at TIMESTAMP, captured_at_basis VARCHAR,
    content_sha256 VARCHAR, bytes BIGINT, origin VARCHAR, status INTEGER, layout VARCHAR, batch VARCHAR
);

CREATE TABLE article (article BIGINT, site VARCHAR, article_key VARCHAR, batch VARCHAR);

-- What a page said, once for each distinct content of it (counter and header excluded); key (article, revision).
CREATE TABLE article_revision (
    article BIGINT, revision VARCHAR, url VARCHAR, language VARCHAR, section VARCHAR, title VARCHAR, lead VARCHAR,
    body VARCHAR, body_sha256 VARCHAR, photo_credit VARCHAR, credit_org VARCHAR, cited_source VARCHAR, source_org VARCHAR,
    published_at TIMESTAMP, published_day DATE, published_local VARCHAR, published_precision VARCHAR,
    published_ambiguous BOOLEAN, provenance VARCHAR, batch VARCHAR
);

CREATE TABLE article_author (article BIGINT, revision VARCHAR, author VARCHAR, printed VARCHAR, ordinal INTEGER, batch VARCHAR);
CREATE TABLE article_topic (
    article BIGINT, revision VARCHAR, topic VARCHAR, score DOUBLE, words VARCHAR, batch VARCHAR
);
CREATE TABLE article_country (
    article BIGINT, revision VARCHAR, country VARCHAR, mentions INTEGER, in_title BOOLEAN, first_position INTEGER,
    salience DOUBLE, about BOOLEAN, words VARCHAR, batch VARCHAR
);

-- A counter read; key (article, meter, observed_at, views), or (article, meter, capture) when the moment is unknown.
CREATE TABLE observation (
    article BIGINT, meter VARCHAR, observed_at TIMESTAMP, views BIGINT, capture VARCHAR, batch VARCHAR
);

-- Views of a stretch of time, as imported from tools that count events; key (article, meter, from_at, to_at).
CREATE TABLE gain (
    article BIGINT, meter VARCHAR, from_at TIMESTAMP, to_at TIMESTAMP, views BIGINT, batch VARCHAR
);

-- A currency figure in the header of a capture; key (capture, currency, position).
CREATE TABLE header_rate (
    capture VARCHAR, site VARCHAR, captured_at TIMESTAMP, captured_at_basis VARCHAR, currency VARCHAR,
    value DECIMAL(18, 6), quote VARCHAR, labelled BOOLEAN, certain BOOLEAN, position INTEGER, batch VARCHAR
);

-- Key (source, day, currency, quote).
CREATE TABLE official_rate (
    source VARCHAR, day DATE, currency VARCHAR, quote VARCHAR, value DECIMAL(18, 6), quant DECIMAL(18, 6),
    change DECIMAL(18, 6), batch VARCHAR
);

-- Inputs and rows that were not taken; the bytes are in quarantine under sha256. Key (batch, origin, row_number, reason).
CREATE TABLE reject (
    batch VARCHAR, origin VARCHAR, row_number BIGINT, reason VARCHAR, hint VARCHAR, sha256 VARCHAR
);
