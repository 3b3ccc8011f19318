-- group_index: how the articles of each group are read beside articles of their kind at the same age: the same-age index, by topic, author or another dimension.
-- columns: value of the dimension; articles BIGINT of those looked at; indexed BIGINT of them with a known index; median_index, q1_index, q3_index DOUBLE (1 = as the median of its cohort); over_median BIGINT articles with an index over 1; under_median BIGINT under 1
-- parameters: dimension = 'topic' as for group_views; home = 'with' or 'without'; most = 5000 articles looked at, the newest; limit = NULL rows at most
WITH picked AS MATERIALIZED (
    SELECT a.article, a.site FROM selected_articles($selection::selection) AS a
    WHERE a.published_s IS NOT NULL
    ORDER BY a.published_s DESC, a.article
    LIMIT $most::BIGINT
),
compared AS MATERIALIZED (
    SELECT c.article, c.index FROM cohorts($selection::selection, (SELECT list(p.article) FROM picked AS p), FALSE) AS c
)
SELECT d.value, count(*) AS articles, count(c.index) AS indexed, quantile_of(c.index, 50) AS median_index,
    quantile_of(c.index, 25) AS q1_index, quantile_of(c.index, 75) AS q3_index,
    count(*) FILTER (WHERE c.index > 1) AS over_median, count(*) FILTER (WHERE c.index < 1) AS under_median
FROM article_dimension AS d
JOIN picked AS p ON p.article = d.article
JOIN site AS z ON z.site = p.site
LEFT JOIN compared AS c ON c.article = d.article
WHERE d.dimension = $dimension::VARCHAR
    AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
GROUP BY d.value
ORDER BY articles DESC, d.value
LIMIT $limit::BIGINT
