-- Intervals between kept readings of the articles of `reread`, one row a kept reading: views gained over (from_s, to_s] on
-- top of start_total = V* at from_s. from_s is NULL for a first reading that no publication moment bounds: its
-- start_total is the baseline and it gains nothing. Reads `stepped`, `verdict`,
-- `subject`, `limits` and `advanced_…`, which the others add.

CREATE TEMP TABLE fallen AS
SELECT s.article, s.meter, s.at_s, s.views, v.epoch,
    lag(s.at_s) OVER (PARTITION BY s.article, s.meter ORDER BY s.at_s) AS before_s,
    lag(s.views) OVER (PARTITION BY s.article, s.meter ORDER BY s.at_s) AS before
FROM stepped AS s JOIN verdict AS v ON v.article = s.article AND v.meter = s.meter AND v.at_s = s.at_s
WHERE v.kept;

CREATE TEMP VIEW kept AS
SELECT s.article, s.meter, s.at_s, s.views, 0 AS epoch, s.before_s, s.before
FROM stepped AS s LEFT JOIN irregular AS i ON i.article = s.article AND i.meter = s.meter
WHERE i.article IS NULL
UNION ALL SELECT article, meter, at_s, views, epoch, before_s, before FROM fallen;

CREATE TEMP VIEW summed AS
SELECT article, meter, at_s, views, epoch, before_s,
    CASE WHEN before IS NULL THEN views WHEN views > before THEN views - before ELSE 0 END AS step,
    CAST(sum(CASE WHEN before IS NULL THEN views WHEN views > before THEN views - before ELSE 0 END) OVER (
        PARTITION BY article, meter ORDER BY at_s ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS total
FROM kept;

CREATE TEMP TABLE reread_interval AS
SELECT s.article, s.meter,
    CASE WHEN s.before_s IS NOT NULL THEN s.before_s
        WHEN a.published_s < s.at_s AND s.at_s - a.published_s <= l.publication_counts_s THEN a.published_s END AS from_s,
    s.at_s AS to_s,
    CASE WHEN s.before_s IS NOT NULL THEN s.total - s.step
        WHEN a.published_s < s.at_s AND s.at_s - a.published_s <= l.publication_counts_s THEN 0
        ELSE s.total END AS start_total,
    CASE WHEN s.before_s IS NOT NULL THEN s.step
        WHEN a.published_s < s.at_s AND s.at_s - a.published_s <= l.publication_counts_s THEN s.step
        ELSE 0 END AS gained,
    s.views, s.epoch
FROM summed AS s
JOIN subject AS a ON a.article = s.article
CROSS JOIN limits AS l
UNION ALL
SELECT article, meter, from_s, to_s, NULL, views, NULL, 0
FROM (
    SELECT g.article, g.meter, CAST(epoch(g.from_at) AS BIGINT) AS from_s, CAST(epoch(g.to_at) AS BIGINT) AS to_s, g.views
    FROM facts.gain AS g JOIN reread AS t ON t.article = g.article
    QUALIFY row_number() OVER (PARTITION BY g.article, g.meter, g.from_at, g.to_at ORDER BY g.batch DESC, g.views DESC) = 1
) AS imported;

CREATE TEMP VIEW fresh_interval AS
SELECT article, meter, from_s, to_s, start_total, gained, views, epoch FROM reread_interval
UNION ALL SELECT article, meter, from_s, to_s, start_total, gained, views, epoch FROM advanced_interval;

CREATE TEMP TABLE fresh_aside AS
SELECT v.article, v.meter, v.at_s, s.views, 'suspect' AS status, NULL AS origin
FROM verdict AS v JOIN stepped AS s ON s.article = v.article AND s.meter = v.meter AND s.at_s = v.at_s
WHERE NOT v.kept
UNION ALL
SELECT o.article, o.meter, CAST(epoch(o.observed_at) AS BIGINT), o.views, 'tie', NULL
FROM (
    SELECT f.article, f.meter, f.observed_at, f.views,
        max(f.views) OVER (PARTITION BY f.article, f.meter, f.observed_at) AS larger
    FROM observed AS f
    WHERE f.observed_at IS NOT NULL
) AS o
WHERE o.views < o.larger
UNION ALL
SELECT o.article, o.meter, NULL, o.views, 'unknown-moment', min(c.origin)
FROM observed AS o
LEFT JOIN facts.capture AS c ON c.capture = o.capture
WHERE o.observed_at IS NULL
GROUP BY o.article, o.meter, o.capture, o.views;

CREATE TEMP TABLE fresh_article_meter AS
SELECT coalesce(i.article, x.article) AS article, coalesce(i.meter, x.meter) AS meter, i.views, i.total,
    CASE WHEN i.article IS NOT NULL THEN coalesce(i.baseline, 0) END AS baseline, i.first_s, i.start_s, i.last_s, coalesce(i.readings, 0) AS readings,
    coalesce(x.suspect, 0) AS suspect, coalesce(i.epochs, 0) AS epochs, x.moment_unknown_views
FROM (
    SELECT article, meter, arg_max(views, to_s) AS views,
        CAST(coalesce(arg_max(start_total + gained, to_s), sum(gained)) AS BIGINT) AS total,
        max(CASE WHEN from_s IS NULL THEN start_total END) AS baseline,
        min(to_s) AS first_s, min(coalesce(from_s, to_s)) AS start_s, max(to_s) AS last_s, count(*) AS readings,
        max(epoch) + 1 AS epochs
    FROM reread_interval GROUP BY article, meter
) AS i
FULL OUTER JOIN (
    SELECT article, meter, count(CASE WHEN status = 'suspect' THEN 1 END) AS suspect,
        max(CASE WHEN status = 'unknown-moment' THEN views END) AS moment_unknown_views
    FROM fresh_aside GROUP BY article, meter
) AS x ON x.article = i.article AND x.meter = i.meter
UNION ALL
SELECT article, meter, views, total, baseline, first_s, start_s, last_s, readings, suspect, epochs, moment_unknown_views
FROM advanced_article_meter;

-- V̂ at the ages of the grid: F interpolated at publication + age, known with a kept reading within a quarter of the age.
-- A first reading that no publication bounds (from_s NULL) tells F at its own moment only.
CREATE TEMP TABLE fresh_article_age AS
SELECT i.article, i.meter, g.age_h,
    i.start_total + coalesce(
        (i.gained * (a.published_s + g.age_h * 3600 - i.from_s)) // nullif(i.to_s - i.from_s, 0), 0) AS views
FROM fresh_interval AS i
JOIN subject AS a ON a.article = i.article
CROSS JOIN age_grid AS g
WHERE a.published_s IS NOT NULL AND i.start_total IS NOT NULL
    AND coalesce(i.from_s, i.to_s - 1) < a.published_s + g.age_h * 3600 AND i.to_s >= a.published_s + g.age_h * 3600
    AND (i.to_s - (a.published_s + g.age_h * 3600) <= g.age_h * 900
        OR (a.published_s + g.age_h * 3600 - i.from_s <= g.age_h * 900 AND i.from_s > a.published_s));
