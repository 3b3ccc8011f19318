-- group_trend: views gained and articles published over time, by topic, country or another dimension; the largest groups only.
-- columns: bucket DATE local; value; views BIGINT gained in the bucket; share DOUBLE of all views gained in it; articles BIGINT published in it
-- parameters: dimension = 'topic' as for group_views; grain = 'week' or 'day', 'month'; top = 8 groups; home = 'with' or 'without'
WITH days AS MATERIALIZED (
    SELECT DISTINCT c.day, CASE $grain::VARCHAR WHEN 'month' THEN date_trunc('month', c.day)::DATE WHEN 'day' THEN c.day
        ELSE week_of(c.day, z.week_start) END AS bucket
    FROM (SELECT DISTINCT k.zone, k.week_start FROM clock($selection::selection) AS k) AS z
    JOIN calendar_day AS c ON c.zone = z.zone
    WHERE (($selection::selection)['since'] IS NULL OR c.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR c.day < ($selection::selection)['until'])
),
member AS (
    SELECT d.article, d.value, p.published_day
    FROM article_dimension AS d
    JOIN chosen($selection::selection) AS p ON p.article = d.article
    JOIN site AS z ON z.site = p.site
    WHERE d.dimension = $dimension::VARCHAR
        AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
),
-- From totals by day when nothing but dates and sites is chosen, else from the articles.
viewed AS MATERIALIZED (
    SELECT k.bucket, d.value, sum(d.views)::BIGINT AS views
    FROM dimension_day AS d
    JOIN clock($selection::selection) AS z ON z.site = d.site
    JOIN days AS k ON k.day = d.day
    WHERE is_plain($selection::selection) AND ($selection::selection)['ends'] IS NULL
        AND ((($selection::selection)['zone'] IS NULL AND d.on_own) OR (($selection::selection)['zone'] IS NOT NULL AND d.on_shared))
        AND d.meter = ($selection::selection)['meter'] AND d.dimension = $dimension::VARCHAR
        AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
    GROUP BY k.bucket, d.value
    UNION ALL
    SELECT k.bucket, m.value, sum(g.views)::BIGINT AS views
    FROM gained_by_article($selection::selection) AS g
    JOIN days AS k ON k.day = g.day
    JOIN member AS m ON m.article = g.article
    WHERE NOT (is_plain($selection::selection) AND ($selection::selection)['ends'] IS NULL)
    GROUP BY k.bucket, m.value
),
largest AS MATERIALIZED (
    SELECT value FROM viewed GROUP BY value ORDER BY sum(views) DESC, value LIMIT $top::BIGINT
),
whole AS (
    SELECT k.bucket, sum(g.views) AS views
    FROM gained_by_day($selection::selection) AS g JOIN days AS k ON k.day = g.day
    GROUP BY k.bucket
),
written AS (
    SELECT d.bucket, m.value, count(*) AS articles
    FROM member AS m
    JOIN largest AS l ON l.value = m.value
    JOIN days AS d ON d.day = m.published_day
    GROUP BY d.bucket, m.value
),
read AS (SELECT v.* FROM viewed AS v JOIN largest AS l ON l.value = v.value)
SELECT coalesce(v.bucket, w.bucket) AS bucket, coalesce(v.value, w.value) AS value, v.views,
    v.views / nullif(a.views, 0) AS share, coalesce(w.articles, 0) AS articles
FROM read AS v
FULL OUTER JOIN written AS w ON w.bucket = v.bucket AND w.value = v.value
LEFT JOIN whole AS a ON a.bucket = coalesce(v.bucket, w.bucket)
ORDER BY bucket, value
