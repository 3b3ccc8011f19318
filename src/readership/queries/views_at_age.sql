-- views_at_age: articles by when they were published, with their views at one age: buckets of different days can be compared fairly.
-- columns: bucket DATE local, only buckets wholly older than the age; age_h INTEGER; articles BIGINT; views DOUBLE over the articles whose views at that age are known, by the basis, NULL when of none; known BIGINT these; unknown BIGINT articles whose views at that age are unknown: not read near it, or without a publication time
-- parameters: grain = 'day' or 'week', 'month'; age = '24' hours, one of 1, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2160; basis = 'sum' of their views or 'mean', 'median'
WITH asked AS MATERIALIZED (
    SELECT CAST(CAST($age::VARCHAR AS ENUM ('1', '3', '6', '12', '24', '48', '72', '168', '336', '720', '2160')) AS VARCHAR)::INTEGER AS age_h,
        CAST($basis::VARCHAR AS ENUM ('sum', 'mean', 'median'))::VARCHAR AS basis,
        CAST($grain::VARCHAR AS ENUM ('day', 'week', 'month'))::VARCHAR AS grain
),
dated AS (
    SELECT c.zone, c.day, c.to_s,
        CASE g.grain WHEN 'month' THEN c.month WHEN 'week' THEN week_of(c.day, z.week_start) ELSE c.day END AS bucket
    FROM (SELECT DISTINCT k.zone, k.week_start FROM clock($selection::selection) AS k) AS z
    JOIN calendar AS c ON c.zone = z.zone
    CROSS JOIN asked AS g
),
bucket AS (
    SELECT DISTINCT d.zone, d.day, d.bucket, max(d.to_s) OVER (PARTITION BY d.zone, d.bucket) AS to_s FROM dated AS d
)
SELECT b.bucket, g.age_h, count(*) AS articles,
    CASE g.basis WHEN 'sum' THEN sum(v.views) WHEN 'mean' THEN avg(v.views)
        ELSE quantile_of(v.views, 50) END::DOUBLE AS views,
    count(v.views) AS known, count(*) FILTER (WHERE v.views IS NULL) AS unknown
FROM chosen($selection::selection) AS a
CROSS JOIN asked AS g
JOIN clock($selection::selection) AS z ON z.site = a.site
JOIN bucket AS b ON b.zone = z.zone AND b.day = a.published_day
CROSS JOIN (SELECT max(t.at_s) AS at_s FROM as_of($selection::selection) AS t) AS n
LEFT JOIN article_age AS v ON v.article = a.article AND v.meter = ($selection::selection)['meter'] AND v.age_h = g.age_h
WHERE (($selection::selection)['since'] IS NULL OR a.published_day >= ($selection::selection)['since'])
    AND (($selection::selection)['until'] IS NULL OR a.published_day < ($selection::selection)['until'])
GROUP BY b.bucket, g.age_h, g.basis
HAVING bool_and(b.to_s + g.age_h * 3600 <= n.at_s)
ORDER BY b.bucket
