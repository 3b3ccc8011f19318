-- group_trend: views gained and articles published over time, by topic, country or another dimension; the largest groups only.
-- columns: bucket DATE local; value; views BIGINT gained in the bucket; share DOUBLE of all views gained in it; articles BIGINT published in it
-- parameters: dimension = 'topic' as for group_views; grain = 'week' or 'day', 'month'; top = 8 groups; home = 'with' or 'without'
WITH picked AS (SELECT a.article, a.site, a.published_day FROM chosen($selection::selection) AS a),
member AS (
    SELECT d.article, d.value, p.published_day
    FROM article_dimension AS d
    JOIN picked AS p ON p.article = d.article
    JOIN site AS z ON z.site = p.site
    WHERE d.dimension = $dimension::VARCHAR
        AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
),
days AS (
    SELECT DISTINCT c.day, CASE $grain::VARCHAR WHEN 'month' THEN c.month WHEN 'day' THEN c.day ELSE week_of(c.day, z.week_start) END AS bucket
    FROM (SELECT DISTINCT k.zone, k.week_start FROM clock($selection::selection) AS k) AS z JOIN calendar AS c ON c.zone = z.zone
    WHERE (($selection::selection)['since'] IS NULL OR c.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR c.day < ($selection::selection)['until'])
),
gains AS (
    SELECT d.bucket, g.article, sum(g.views) AS views
    FROM article_days($selection::selection) AS g JOIN days AS d ON d.day = g.day
    WHERE g.meter = ($selection::selection)['meter'] AND g.article IN (SELECT article FROM picked)
    GROUP BY d.bucket, g.article
),
whole AS (SELECT bucket, sum(views) AS views FROM gains GROUP BY bucket),
viewed AS (
    SELECT g.bucket, m.value, sum(g.views)::BIGINT AS views
    FROM gains AS g JOIN member AS m ON m.article = g.article
    GROUP BY g.bucket, m.value
),
written AS (
    SELECT d.bucket, m.value, count(*) AS articles
    FROM member AS m JOIN days AS d ON d.day = m.published_day
    GROUP BY d.bucket, m.value
),
largest AS (
    SELECT value FROM viewed GROUP BY value ORDER BY sum(views) DESC, value LIMIT $top::BIGINT
)
SELECT coalesce(v.bucket, w.bucket) AS bucket, coalesce(v.value, w.value) AS value, v.views,
    v.views / nullif(a.views, 0) AS share, coalesce(w.articles, 0) AS articles
FROM viewed AS v
FULL OUTER JOIN written AS w ON w.bucket = v.bucket AND w.value = v.value
LEFT JOIN whole AS a ON a.bucket = coalesce(v.bucket, w.bucket)
WHERE coalesce(v.value, w.value) IN (SELECT value FROM largest)
ORDER BY bucket, value
