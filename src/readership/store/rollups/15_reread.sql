-- Most counters only go on: later readings that are not lower, of a counter that never fell and of which none is suspect. No
-- verdict on what was read before changes by these, so they are added to what the edition has: `advanced_…`. All readings of
-- the other touched articles are looked at again: `reread`. (A meter that views were imported for is looked at again always:
-- its last interval may be an imported one.) Reads facts, `touched`, `described`, `arriving_batch` (batches that the
-- edition doesn't know; none when all is made again), `fresh_article`, and the edition's `article` and `article_meter`.

CREATE TEMP TABLE subject AS
SELECT article, site, published_s FROM fresh_article
UNION ALL
SELECT a.article, a.site, a.published_s
FROM article AS a JOIN touched AS t ON t.article = a.article LEFT JOIN described AS d ON d.article = a.article
WHERE d.article IS NULL;

CREATE TEMP TABLE imported_meter AS SELECT DISTINCT meter FROM facts.gain;

CREATE TEMP TABLE arrived AS
SELECT o.article, o.meter, CAST(epoch(o.observed_at) AS BIGINT) AS at_s, o.views
FROM facts.observation AS o JOIN arriving_batch AS n ON n.batch = o.batch;

CREATE TEMP TABLE followed_on AS
SELECT a.article, a.meter, a.at_s, a.views, m.views AS last_views, m.total,
    coalesce(lag(a.at_s) OVER w, m.last_s) AS before_s, coalesce(lag(a.views) OVER w, m.views) AS before,
    m.suspect = 0 AND m.epochs = 1 AND x.meter IS NULL AS is_steady
FROM arrived AS a
LEFT JOIN article_meter AS m ON m.article = a.article AND m.meter = a.meter
LEFT JOIN imported_meter AS x ON x.meter = a.meter
WINDOW w AS (PARTITION BY a.article, a.meter ORDER BY a.at_s);

-- (A capture may tell where a reading without a moment came from.)
CREATE TEMP TABLE broken AS
SELECT DISTINCT article
FROM followed_on
WHERE CASE WHEN is_steady AND at_s > before_s AND views >= before THEN FALSE ELSE TRUE END
UNION
SELECT g.article FROM facts.gain AS g JOIN arriving_batch AS n ON n.batch = g.batch
UNION
SELECT m.article FROM article_meter AS m JOIN described AS d ON d.article = m.article
WHERE m.moment_unknown_views IS NOT NULL;

CREATE TEMP TABLE reread AS
SELECT t.article
FROM touched AS t
LEFT JOIN article AS a ON a.article = t.article
LEFT JOIN subject AS s ON s.article = t.article
LEFT JOIN broken AS b ON b.article = t.article
WHERE a.article IS NULL OR b.article IS NOT NULL OR a.published_s IS DISTINCT FROM s.published_s;

-- Those of them that the edition has rows of.
CREATE TEMP TABLE reread_before AS
SELECT r.article FROM reread AS r JOIN article AS a ON a.article = r.article;

CREATE TEMP TABLE advanced_interval AS
SELECT f.article, f.meter, f.before_s AS from_s, f.at_s AS to_s, f.total + f.before - f.last_views AS start_total,
    f.views - f.before AS gained, f.views, 0 AS epoch
FROM followed_on AS f LEFT JOIN reread AS r ON r.article = f.article
WHERE r.article IS NULL;

-- All meters of these articles, as they are now.
CREATE TEMP TABLE advanced_article_meter AS
SELECT m.article, m.meter, coalesce(i.views, m.views) AS views, coalesce(i.total, m.total) AS total, m.baseline, m.first_s,
    m.start_s, coalesce(i.last_s, m.last_s) AS last_s, m.readings + coalesce(i.readings, 0) AS readings, m.suspect, m.epochs,
    m.moment_unknown_views
FROM article_meter AS m
JOIN (SELECT DISTINCT article FROM advanced_interval) AS a ON a.article = m.article
LEFT JOIN (
    SELECT article, meter, arg_max(views, to_s) AS views, arg_max(start_total + gained, to_s) AS total,
        max(to_s) AS last_s, count(*) AS readings
    FROM advanced_interval
    GROUP BY article, meter
) AS i ON i.article = m.article AND i.meter = m.meter;

CREATE TEMP TABLE recounted AS
SELECT article FROM reread UNION SELECT article FROM advanced_interval;
