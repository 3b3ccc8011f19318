-- The edition's tables (docs/architecture.md names their grain). Seconds (`…_s`) are whole epoch seconds, UTC.

CREATE TABLE meta (name VARCHAR, value VARCHAR);
CREATE TABLE site (
    site VARCHAR, zone VARCHAR, phase_s BIGINT, slot_s BIGINT, home_country VARCHAR, quote_currency VARCHAR,
    week_start INTEGER
);
CREATE TABLE calendar (
    zone VARCHAR, slot BIGINT, from_s BIGINT, to_s BIGINT, local_hour TIMESTAMP, label VARCHAR, day DATE, month DATE,
    weekday INTEGER, hour INTEGER, past_hour_s BIGINT, hour_s BIGINT, day_s BIGINT, month_s BIGINT
);
CREATE TABLE calendar_week (zone VARCHAR, week_start INTEGER, day DATE, week DATE, week_s BIGINT);
-- The newsroom's zone and week: on it everything is counted a second time when sites have several (tables `shared_…`).
CREATE TABLE newsroom (zone VARCHAR, week_start INTEGER, is_shared BOOLEAN);
CREATE TABLE calendar_day (zone VARCHAR, day DATE, from_s BIGINT, to_s BIGINT);
CREATE TABLE batch (
    batch VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, command VARCHAR, inputs BIGINT, bytes BIGINT,
    accepted BIGINT, rejected BIGINT, duplicates BIGINT, demo BOOLEAN
);
CREATE TABLE reject (batch VARCHAR, origin VARCHAR, row_number BIGINT, reason VARCHAR, hint VARCHAR, sha256 VARCHAR);
CREATE TABLE article (
    article BIGINT, site VARCHAR, article_key VARCHAR, url VARCHAR, language VARCHAR, section VARCHAR, title VARCHAR,
    lead VARCHAR, authors VARCHAR, photo_credit VARCHAR, credit_org VARCHAR, cited_source VARCHAR, source_org VARCHAR,
    layout VARCHAR, published_at TIMESTAMP, published_s BIGINT, published_day DATE, shared_day DATE, published_local VARCHAR,
    published_precision VARCHAR, published_ambiguous BOOLEAN, revision VARCHAR, revisions BIGINT, captures BIGINT,
    first_captured_at TIMESTAMP, captured_at TIMESTAMP, vanished_at TIMESTAMP
);
CREATE TABLE article_text (article BIGINT, body VARCHAR);
CREATE TABLE provenance (article BIGINT, provenance VARCHAR);
CREATE TABLE article_revision (
    article BIGINT, revision VARCHAR, seen_at TIMESTAMP, title VARCHAR, body_sha256 VARCHAR, title_changed BOOLEAN,
    body_changed BOOLEAN
);
CREATE TABLE article_author (article BIGINT, author VARCHAR, printed VARCHAR, ordinal INTEGER);
CREATE TABLE article_topic (article BIGINT, topic VARCHAR, score DOUBLE, words VARCHAR);
CREATE TABLE article_country (
    article BIGINT, country VARCHAR, mentions INTEGER, in_title BOOLEAN, first_position INTEGER, salience DOUBLE,
    about BOOLEAN, words VARCHAR
);
CREATE TABLE article_dimension (article BIGINT, dimension VARCHAR, value VARCHAR);
CREATE TABLE interval (
    article BIGINT, meter VARCHAR, from_s BIGINT, to_s BIGINT, start_total BIGINT, gained BIGINT, views BIGINT,
    epoch INTEGER
);
CREATE TABLE aside (article BIGINT, meter VARCHAR, at_s BIGINT, views BIGINT, status VARCHAR, origin VARCHAR);
CREATE TABLE article_meter (
    article BIGINT, meter VARCHAR, views BIGINT, total BIGINT, baseline BIGINT, first_s BIGINT, start_s BIGINT,
    last_s BIGINT, readings BIGINT, suspect BIGINT, epochs BIGINT, moment_unknown_views BIGINT
);
CREATE TABLE article_age (article BIGINT, meter VARCHAR, age_h INTEGER, views BIGINT);
-- Days on two clocks, that of the article's site and the newsroom's: a row counts on one of them, or on both where they are
-- the same. Questions read the two views.
CREATE TABLE counted_day (
    article BIGINT, meter VARCHAR, day DATE, on_own BOOLEAN, on_shared BOOLEAN, views BIGINT, observed BIGINT,
    observed_week BIGINT, observed_month BIGINT
);
CREATE VIEW article_day AS
SELECT article, meter, day, views, observed, observed_week, observed_month FROM counted_day WHERE on_own;
CREATE VIEW shared_article_day AS
SELECT article, meter, day, views, observed, observed_week, observed_month FROM counted_day WHERE on_shared;
CREATE TABLE site_hour (
    site VARCHAR, meter VARCHAR, slot BIGINT, views BIGINT, observed BIGINT, observed_day BIGINT, observed_week BIGINT,
    observed_month BIGINT
);
CREATE TABLE shared_site_hour (
    site VARCHAR, meter VARCHAR, slot BIGINT, views BIGINT, observed BIGINT, observed_day BIGINT, observed_week BIGINT,
    observed_month BIGINT
);
-- Days and hours by what articles are about, on the two clocks as above.
CREATE TABLE dimension_day (
    site VARCHAR, meter VARCHAR, dimension VARCHAR, value VARCHAR, day DATE, on_own BOOLEAN, on_shared BOOLEAN,
    views BIGINT, observed BIGINT, observed_week BIGINT, observed_month BIGINT
);
CREATE TABLE dimension_hour (
    site VARCHAR, meter VARCHAR, dimension VARCHAR, value VARCHAR, slot BIGINT, on_own BOOLEAN, on_shared BOOLEAN,
    views BIGINT, observed BIGINT
);
CREATE TABLE newest_reading (site VARCHAR, meter VARCHAR, at_s BIGINT);
CREATE TABLE read_span (site VARCHAR, meter VARCHAR, from_s BIGINT, to_s BIGINT);
CREATE TABLE spike_threshold (site VARCHAR, meter VARCHAR, section VARCHAR, threshold DOUBLE, articles BIGINT);
CREATE TABLE article_state (
    article BIGINT, meter VARCHAR, gained_24h BIGINT, covered_24h_s BIGINT, gained_before BIGINT, covered_before_s BIGINT,
    gained_7d BIGINT, is_new BOOLEAN, velocity DOUBLE, peak_velocity DOUBLE, peak_s BIGINT, spike_state VARCHAR, spike_since_s BIGINT,
    evergreen_state VARCHAR, best_day_mean DOUBLE, live_days BIGINT
);
CREATE TABLE header_rate (
    site VARCHAR, captured_at TIMESTAMP, captured_at_basis VARCHAR, currency VARCHAR, value DECIMAL(18, 6),
    quote VARCHAR, labelled BOOLEAN, certain BOOLEAN, position INTEGER, captures BIGINT, example_article BIGINT
);
CREATE TABLE matched_capture (
    capture VARCHAR, article BIGINT, site VARCHAR, quote VARCHAR, usd DECIMAL(18, 6), eur DECIMAL(18, 6),
    rub DECIMAL(18, 6), source VARCHAR, candidates BIGINT, first_day DATE, last_day DATE, day DATE, deviation DOUBLE
);
CREATE TABLE official_rate (
    source VARCHAR, day DATE, currency VARCHAR, quote VARCHAR, value DECIMAL(18, 6), quant DECIMAL(18, 6),
    change DECIMAL(18, 6)
);
CREATE TABLE story_mark (article BIGINT, numbers VARCHAR, names VARCHAR);
CREATE TABLE story_pair (site VARCHAR, block BIGINT, article BIGINT, other BIGINT, score DOUBLE);
CREATE TABLE story (article BIGINT, story BIGINT, score DOUBLE);
CREATE TABLE section_guess (article BIGINT, section VARCHAR, chance DOUBLE);
