-- group_hours: at which hour of the day the articles of each group are published, and the views they have had.
-- columns: value; hour INTEGER 0-23 local; articles BIGINT; views BIGINT sum of V*; median_views BIGINT
-- parameters: dimension = 'topic' as for group_views; home = 'with' or 'without'; top = 12 groups
WITH picked AS MATERIALIZED (
    SELECT a.article, a.total, z.zone, z.home_country, (a.published_s + z.phase_s) // z.slot_s AS slot
    FROM selected_articles($selection::selection) AS a
    JOIN clock($selection::selection) AS z ON z.site = a.site
    WHERE a.published_s IS NOT NULL
),
member AS (
    SELECT d.value, c.hour, p.total
    FROM picked AS p
    JOIN calendar AS c ON c.zone = p.zone AND c.slot = p.slot
    JOIN article_dimension AS d ON d.article = p.article
    WHERE d.dimension = $dimension::VARCHAR
        AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(p.home_country, ''))
),
largest AS (SELECT value FROM member GROUP BY value ORDER BY count(*) DESC, value LIMIT $top::BIGINT)
SELECT value, hour, count(*) AS articles, sum(total)::BIGINT AS views, quantile_disc(total, 0.5) AS median_views
FROM member
WHERE value IN (SELECT value FROM largest)
GROUP BY value, hour
ORDER BY value, hour
