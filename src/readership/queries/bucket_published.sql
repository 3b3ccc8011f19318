-- bucket_published: the articles published in one bucket of views_by_publication or views_at_age, with the views that they are counted with there.
-- columns: article BIGINT id; site; article_key; url; title; section; language; published_local as printed with its offset; published_day DATE local; views BIGINT V* to date, or at the age; NULL where unknown; of_articles BIGINT, of_views BIGINT of all articles of the bucket, however many rows are asked for
-- parameters: bucket = NULL DATE local as there; grain = 'day' or 'week', 'month'; age = NULL hours, one of the ages of views_at_age, NULL for to date; limit = NULL rows at most
WITH asked AS MATERIALIZED (
    SELECT CAST($grain::VARCHAR AS ENUM ('day', 'week', 'month'))::VARCHAR AS grain, $bucket::TIMESTAMP::DATE AS bucket
),
published AS (
    SELECT a.*, CASE WHEN $age::INTEGER IS NULL THEN a.total ELSE v.views END AS counted
    FROM measured($selection::selection) AS a
    JOIN clock($selection::selection) AS z ON z.site = a.site
    CROSS JOIN asked AS g
    LEFT JOIN article_age AS v ON v.article = a.article AND v.meter = ($selection::selection)['meter']
        AND v.age_h = $age::INTEGER
    WHERE g.bucket = CASE g.grain WHEN 'month' THEN date_trunc('month', a.published_day)::DATE
            WHEN 'week' THEN week_of(a.published_day, z.week_start) ELSE a.published_day END
        AND (($selection::selection)['since'] IS NULL OR a.published_day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR a.published_day < ($selection::selection)['until'])
)
SELECT article, site, article_key, url, title, section, language, published_local, published_day, counted::BIGINT AS views,
    count(*) OVER () AS of_articles, (sum(counted) OVER ())::BIGINT AS of_views
FROM published
ORDER BY counted DESC NULLS LAST, published_local DESC NULLS LAST, site, article_key
LIMIT $limit::BIGINT
