-- release_trend: own reporting and outside sources over time, by the day of publication.
-- columns: bucket DATE local; articles BIGINT published in it; own BIGINT that cite nobody and credit nobody; cited BIGINT whose text cites an outside source; credited BIGINT with only a photo from outside
-- parameters: grain = 'week' or 'day', 'month'
WITH linked AS (
    SELECT p.article, p.published_day, z.week_start, coalesce(bool_or(d.dimension = 'source'), FALSE) AS cites,
        coalesce(bool_or(d.dimension = 'credit'), FALSE) AS credits
    FROM (SELECT a.article, a.site, a.published_day FROM selected_articles($selection::selection) AS a) AS p
    JOIN clock($selection::selection) AS z ON z.site = p.site
    LEFT JOIN article_dimension AS d ON d.article = p.article AND d.dimension IN ('source', 'credit')
        AND lower(d.value) <> p.site AND d.value <> 'own'
    WHERE p.published_day IS NOT NULL
    GROUP BY p.article, p.published_day, z.week_start
)
SELECT CASE $grain::VARCHAR WHEN 'month' THEN date_trunc('month', published_day) WHEN 'day' THEN published_day
        ELSE week_of(published_day, week_start) END::DATE AS bucket,
    count(*) AS articles, count(*) FILTER (WHERE NOT cites AND NOT credits) AS own, count(*) FILTER (WHERE cites) AS cited,
    count(*) FILTER (WHERE credits AND NOT cites) AS credited
FROM linked
GROUP BY bucket
ORDER BY bucket
