-- bucket_articles: the articles behind one bucket of views_gained, with the views that each gained in it; their sum is the bucket, and what was there before a first reading stands apart.
-- columns: article BIGINT id; site; article_key; url; title; section; language; published_local as printed with its offset; published_day DATE local; views BIGINT gained in the bucket; baseline BIGINT views before a first reading that fell in the bucket; of_articles BIGINT, of_views BIGINT, of_baseline BIGINT the same of all articles of the bucket, however many rows are asked for
-- parameters: bucket = NULL local start as in views_gained; label = NULL as there, for an hour that comes twice; grain = 'day' or 'hour', 'week', 'month'; limit = NULL rows at most
WITH asked AS MATERIALIZED (
    SELECT CAST($grain::VARCHAR AS ENUM ('day', 'hour', 'week', 'month'))::VARCHAR AS grain, $bucket::TIMESTAMP AS bucket
),
slots AS MATERIALIZED (
    SELECT c.zone, c.day, c.from_s, c.to_s
    FROM asked AS g
    CROSS JOIN (SELECT DISTINCT k.zone, k.week_start FROM clock($selection::selection) AS k) AS z
    JOIN calendar AS c ON c.zone = z.zone
        AND c.day BETWEEN g.bucket::DATE AND CASE g.grain WHEN 'month' THEN g.bucket::DATE + 30 ELSE g.bucket::DATE + 6 END
    WHERE (($selection::selection)['since'] IS NULL OR c.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR c.day < ($selection::selection)['until'])
        AND g.bucket = CASE g.grain WHEN 'hour' THEN c.local_hour WHEN 'week' THEN week_of(c.day, z.week_start)::TIMESTAMP
            WHEN 'month' THEN c.month::TIMESTAMP ELSE c.day::TIMESTAMP END
        AND (g.grain <> 'hour' OR $label::VARCHAR IS NULL OR c.label = $label::VARCHAR)
),
span AS MATERIALIZED (
    SELECT k.site, min(l.from_s) AS from_s, max(l.to_s) AS to_s
    FROM slots AS l JOIN clock($selection::selection) AS k ON k.zone = l.zone
    GROUP BY k.site
),
gained AS (
    SELECT d.article, sum(d.views) AS views
    FROM article_days($selection::selection) AS d
    WHERE (SELECT grain FROM asked) <> 'hour' AND d.meter = ($selection::selection)['meter']
        AND d.day IN (SELECT l.day FROM slots AS l)
    GROUP BY d.article
    UNION ALL
    SELECT i.article, sum(gained_within(i.gained, i.from_s, i.to_s, p.from_s, p.to_s)) AS views
    FROM interval AS i
    JOIN article AS b ON b.article = i.article
    JOIN span AS p ON p.site = b.site AND i.from_s < p.to_s AND i.to_s > p.from_s
    WHERE (SELECT grain FROM asked) = 'hour' AND i.meter = ($selection::selection)['meter'] AND i.gained > 0
        AND i.to_s > (SELECT min(q.from_s) FROM span AS q) AND i.from_s < (SELECT max(q.to_s) FROM span AS q)
    GROUP BY i.article
)
SELECT a.article, a.site, a.article_key, a.url, a.title, a.section, a.language, a.published_local, a.published_day,
    coalesce(g.views, 0)::BIGINT AS views, CASE WHEN p.site IS NULL THEN 0 ELSE a.baseline END::BIGINT AS baseline,
    count(*) OVER () AS of_articles, (sum(coalesce(g.views, 0)) OVER ())::BIGINT AS of_views,
    (sum(CASE WHEN p.site IS NULL THEN 0 ELSE a.baseline END) OVER ())::BIGINT AS of_baseline
FROM measured($selection::selection) AS a
LEFT JOIN gained AS g ON g.article = a.article
LEFT JOIN span AS p ON p.site = a.site AND a.baseline > 0 AND a.first_s > p.from_s AND a.first_s <= p.to_s
WHERE g.views > 0 OR p.site IS NOT NULL
ORDER BY views DESC, baseline DESC, a.published_day DESC NULLS LAST, a.site, a.article_key
LIMIT $limit::BIGINT
