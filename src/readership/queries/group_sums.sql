-- group_sums: one row: how the rows of group_views add up, the line that stands under such a table.
-- columns: sum_articles BIGINT of the rows; distinct_articles BIGINT of the selection that are in any row; several BIGINT articles in more than one row; none BIGINT articles of the selection in no row; sum_views BIGINT of the rows; distinct_views BIGINT of the articles in any row; all_articles BIGINT; all_views BIGINT
-- parameters: dimension = 'topic' as for group_views; home = 'with' or 'without'; under = NULL only topics below this one
WITH picked AS MATERIALIZED (
    SELECT a.article, a.site, a.total FROM selected_articles($selection::selection) AS a
),
sized AS (
    SELECT d.article, count(*) AS groups
    FROM article_dimension AS d
    JOIN picked AS p ON p.article = d.article
    JOIN site AS z ON z.site = p.site
    WHERE d.dimension = $dimension::VARCHAR AND ($under::VARCHAR IS NULL OR starts_with(d.value, $under::VARCHAR || '/'))
        AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
    GROUP BY d.article
)
SELECT coalesce(sum(n.groups), 0)::BIGINT AS sum_articles, count(n.groups) AS distinct_articles,
    count(*) FILTER (n.groups > 1) AS several, count(*) FILTER (n.groups IS NULL) AS none,
    sum(p.total * n.groups)::BIGINT AS sum_views, (sum(p.total) FILTER (n.groups > 0))::BIGINT AS distinct_views,
    count(*) AS all_articles, sum(p.total)::BIGINT AS all_views
FROM picked AS p LEFT JOIN sized AS n ON n.article = p.article
