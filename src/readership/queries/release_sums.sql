-- release_sums: one row: how the rows of release_dependence add up, and how much is own reporting.
-- columns: sum_articles BIGINT of the rows with a source; distinct_articles BIGINT that cite or credit any; several BIGINT articles in more than one row; none BIGINT articles that cite nobody and credit nobody (own reporting); sum_views BIGINT of the rows; distinct_views BIGINT of the articles in any row; all_articles BIGINT; all_views BIGINT; own_views BIGINT of own reporting; citing BIGINT articles whose text cites an outside source; crediting BIGINT articles with a photo from outside
WITH counted AS (
    SELECT p.article, p.total, count(DISTINCT d.value) AS groups, coalesce(bool_or(d.dimension = 'source'), FALSE) AS cites,
        coalesce(bool_or(d.dimension = 'credit'), FALSE) AS credits
    FROM (SELECT a.article, a.site, a.total FROM selected_articles($selection::selection) AS a) AS p
    LEFT JOIN article_dimension AS d ON d.article = p.article AND d.dimension IN ('source', 'credit')
        AND lower(d.value) <> p.site AND d.value <> 'own'
    GROUP BY p.article, p.total
)
SELECT coalesce(sum(groups), 0)::BIGINT AS sum_articles, count(*) FILTER (WHERE groups > 0) AS distinct_articles,
    count(*) FILTER (WHERE groups > 1) AS several, count(*) FILTER (WHERE groups = 0) AS none,
    (sum(total * groups) FILTER (WHERE groups > 0))::BIGINT AS sum_views,
    (sum(total) FILTER (WHERE groups > 0))::BIGINT AS distinct_views,
    count(*) AS all_articles, sum(total)::BIGINT AS all_views, (sum(total) FILTER (WHERE groups = 0))::BIGINT AS own_views,
    count(*) FILTER (WHERE cites) AS citing, count(*) FILTER (WHERE credits) AS crediting
FROM counted
