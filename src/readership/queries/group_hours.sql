-- group_hours: at which hour of the day the articles of each group are published, and the views they have had.
-- columns: value; hour INTEGER 0-23 local; articles BIGINT; views BIGINT sum of V*; median_views BIGINT
-- parameters: dimension = 'topic' as for group_views; home = 'with' or 'without'; top = 12 groups
WITH member AS (
    SELECT d.value, c.hour, a.total
    FROM selected_articles($selection::selection) AS a
    JOIN article_dimension AS d ON d.article = a.article AND d.dimension = $dimension::VARCHAR
    JOIN clock($selection::selection) AS z ON z.site = a.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = (a.published_s + z.phase_s) // z.slot_s
    WHERE NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
),
largest AS (SELECT value FROM member GROUP BY value ORDER BY count(*) DESC, value LIMIT $top::BIGINT)
SELECT value, hour, count(*) AS articles, sum(total)::BIGINT AS views, quantile_of(total, 50) AS median_views
FROM member
WHERE value IN (SELECT value FROM largest)
GROUP BY value, hour
ORDER BY value, hour
