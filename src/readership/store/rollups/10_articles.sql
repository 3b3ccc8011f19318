-- Article fields of the articles of `described`, of which something but a counter was read: for each field the newest known
-- value over all captures; publication is the earliest ever printed (a moment before a bare day of the same date). Authors,
-- topics and countries are made only for the articles of `reworked`, whose texts may be others. Reads facts, `article`,
-- `described`, `reworked`, `person`, `newsroom`, `calendar`, `grid`; fills temp tables `fresh_…`.

CREATE TEMP TABLE seen AS
SELECT c.article, c.revision, min(c.captured_at) AS first_at, max(c.captured_at) AS last_at, count(*) AS captures,
    max(c.batch) AS batch, max(c.layout) AS layout
FROM facts.capture AS c JOIN described AS t ON t.article = c.article
WHERE c.revision IS NOT NULL
GROUP BY c.article, c.revision;

CREATE TEMP TABLE ranked AS
SELECT r.*, s.first_at, s.last_at, s.captures, s.layout,
    row_number() OVER (PARTITION BY r.article
        ORDER BY coalesce(s.last_at, TIMESTAMP '1900-01-01 00:00:00'), r.batch, r.revision) AS rank
FROM facts.article_revision AS r JOIN described AS t ON t.article = r.article
LEFT JOIN seen AS s ON s.article = r.article AND s.revision = r.revision;

CREATE TEMP TABLE first_published AS
SELECT article, published_at, published_day, published_local, published_precision, published_ambiguous
FROM ranked
WHERE published_day IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY article
    ORDER BY published_day, CASE WHEN published_at IS NULL THEN 1 ELSE 0 END, published_at, published_local, rank) = 1;

CREATE TEMP TABLE capture_span AS
SELECT c.article, count(*) AS captures, min(c.captured_at) AS first_captured_at, max(c.captured_at) AS captured_at,
    min(CASE WHEN c.status IN (404, 410) THEN c.captured_at END) AS vanished_at
FROM facts.capture AS c JOIN described AS t ON t.article = c.article
GROUP BY c.article;

CREATE TEMP TABLE newest AS
SELECT article, max(rank) AS rank, count(*) AS revisions,
    arg_max(url, rank) FILTER (WHERE url IS NOT NULL) AS url,
    arg_max(language, rank) FILTER (WHERE language IS NOT NULL) AS language,
    arg_max(section, rank) FILTER (WHERE section IS NOT NULL) AS section,
    arg_max(title, rank) FILTER (WHERE title IS NOT NULL) AS title,
    arg_max(lead, rank) FILTER (WHERE lead IS NOT NULL) AS lead,
    arg_max(body, rank) FILTER (WHERE body IS NOT NULL) AS body,
    arg_max(photo_credit, rank) FILTER (WHERE photo_credit IS NOT NULL) AS photo_credit,
    arg_max(credit_org, rank) FILTER (WHERE credit_org IS NOT NULL) AS credit_org,
    arg_max(cited_source, rank) FILTER (WHERE cited_source IS NOT NULL) AS cited_source,
    arg_max(source_org, rank) FILTER (WHERE source_org IS NOT NULL) AS source_org,
    arg_max(layout, rank) FILTER (WHERE layout IS NOT NULL) AS layout,
    arg_max(provenance, rank) FILTER (WHERE provenance IS NOT NULL) AS provenance,
    arg_max(revision, rank) AS revision
FROM ranked
GROUP BY article;

CREATE TEMP TABLE newest_authors AS
SELECT a.article, a.revision, coalesce(p.author, a.author) AS author, coalesce(a.printed, a.author) AS printed, a.ordinal
FROM facts.article_author AS a JOIN reworked AS w ON w.article = a.article
JOIN ranked AS r ON r.article = a.article AND r.revision = a.revision
LEFT JOIN person AS p ON p.printed = coalesce(a.printed, a.author)
QUALIFY dense_rank() OVER (PARTITION BY a.article ORDER BY r.rank DESC) = 1;

CREATE TEMP TABLE fresh_article_author AS
SELECT article, author, min(printed) AS printed, min(ordinal) AS ordinal
FROM newest_authors GROUP BY article, author;

CREATE TEMP TABLE fresh_article_topic AS
SELECT m.article, m.topic, max(m.score) AS score, min(m.words) AS words
FROM facts.article_topic AS m JOIN reworked AS w ON w.article = m.article
JOIN newest AS n ON n.article = m.article AND n.revision = m.revision
GROUP BY m.article, m.topic;

CREATE TEMP TABLE fresh_article_country AS
SELECT m.article, m.country, max(m.mentions) AS mentions, max(m.in_title) AS in_title,
    min(m.first_position) AS first_position, max(m.salience) AS salience, max(m.about) AS about, min(m.words) AS words
FROM facts.article_country AS m JOIN reworked AS w ON w.article = m.article
JOIN newest AS n ON n.article = m.article AND n.revision = m.revision
GROUP BY m.article, m.country;

-- The day of publication on the newsroom's clock, which counts when sites of several zones are selected.
CREATE TEMP TABLE shared_published AS
SELECT p.article, c.day
FROM first_published AS p
CROSS JOIN newsroom AS n
CROSS JOIN grid AS g
JOIN calendar AS c ON c.zone = n.zone
    AND c.slot = (CAST(epoch(p.published_at) AS BIGINT) + g.phase_s) // nullif(g.slot_s, 0)
WHERE n.is_shared AND p.published_at IS NOT NULL;

CREATE TEMP TABLE joined_authors AS
SELECT article, string_agg(author, '; ' ORDER BY ordinal) AS authors FROM fresh_article_author GROUP BY article;

CREATE TEMP TABLE fresh_article AS
SELECT a.article, a.site, a.article_key, n.url, n.language, n.section, n.title, n.lead,
    CASE WHEN r.article IS NULL THEN o.authors ELSE j.authors END AS authors, n.photo_credit,
    n.credit_org, n.cited_source, n.source_org, n.layout, p.published_at,
    CAST(epoch(p.published_at) AS BIGINT) AS published_s, p.published_day,
    CASE WHEN w.is_shared THEN coalesce(h.day, p.published_day) END AS shared_day, p.published_local,
    p.published_precision, p.published_ambiguous, n.revision, n.revisions, c.captures, c.first_captured_at, c.captured_at, c.vanished_at
FROM (
    SELECT f.article, min(f.site) AS site, min(f.article_key) AS article_key
    FROM facts.article AS f JOIN described AS t ON t.article = f.article
    GROUP BY f.article
) AS a
CROSS JOIN newsroom AS w
LEFT JOIN newest AS n ON n.article = a.article
LEFT JOIN first_published AS p ON p.article = a.article
LEFT JOIN shared_published AS h ON h.article = a.article
LEFT JOIN capture_span AS c ON c.article = a.article
LEFT JOIN joined_authors AS j ON j.article = a.article
LEFT JOIN reworked AS r ON r.article = a.article
LEFT JOIN article AS o ON o.article = a.article;

CREATE TEMP TABLE fresh_article_revision AS
SELECT article, revision, first_at AS seen_at, title, body_sha256,
    lag(title) OVER w IS NOT NULL AND lag(title) OVER w <> title AS title_changed,
    lag(body_sha256) OVER w IS NOT NULL AND lag(body_sha256) OVER w <> body_sha256 AS body_changed
FROM ranked
WHERE first_at IS NOT NULL
WINDOW w AS (PARTITION BY article ORDER BY first_at, rank);

CREATE TEMP TABLE fresh_article_dimension AS
SELECT article, 'section' AS dimension, section AS value FROM fresh_article WHERE section IS NOT NULL
UNION ALL SELECT article, 'language', language FROM fresh_article WHERE language IS NOT NULL
UNION ALL SELECT article, 'source', coalesce(source_org, cited_source) FROM fresh_article
    WHERE coalesce(source_org, cited_source) IS NOT NULL
UNION ALL SELECT article, 'credit', coalesce(credit_org, photo_credit) FROM fresh_article
    WHERE coalesce(credit_org, photo_credit) IS NOT NULL
UNION ALL SELECT article, 'author', author FROM fresh_article_author
UNION ALL SELECT article, CASE WHEN contains(topic, '/') THEN 'subtopic' ELSE 'topic' END, topic FROM fresh_article_topic
UNION ALL SELECT article, 'country', country FROM fresh_article_country;

CREATE TEMP TABLE fresh_article_text AS SELECT article, body FROM newest WHERE body IS NOT NULL;
CREATE TEMP TABLE fresh_provenance AS SELECT article, provenance FROM newest WHERE provenance IS NOT NULL;
