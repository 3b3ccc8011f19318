-- group_sums: one row: how the rows of group_views add up, the line that stands under such a table.
-- columns: sum_articles BIGINT of the rows; distinct_articles BIGINT of the selection that are in any row; several BIGINT articles in more than one row; none BIGINT articles of the selection in no row; sum_views BIGINT of the rows; distinct_views BIGINT of the articles in any row; all_articles BIGINT; all_views BIGINT
-- parameters: dimension = 'topic' as for group_views; home = 'with' or 'without'; under = NULL only topics below this one
WITH picked AS (
    SELECT a.article, a.site, a.total FROM selected_articles($selection::selection) AS a
),
counted AS (
    SELECT p.article, p.total, count(d.value) AS groups
    FROM picked AS p
    JOIN site AS z ON z.site = p.site
    LEFT JOIN article_dimension AS d ON d.article = p.article AND d.dimension = $dimension::VARCHAR
        AND ($under::VARCHAR IS NULL OR starts_with(d.value, $under::VARCHAR || '/'))
        AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
    GROUP BY p.article, p.total
)
SELECT sum(groups)::BIGINT AS sum_articles, count(*) FILTER (WHERE groups > 0) AS distinct_articles,
    count(*) FILTER (WHERE groups > 1) AS several, count(*) FILTER (WHERE groups = 0) AS none,
    sum(total * groups)::BIGINT AS sum_views, sum(total) FILTER (WHERE groups > 0)::BIGINT AS distinct_views,
    count(*) AS all_articles, sum(total)::BIGINT AS all_views
FROM counted
