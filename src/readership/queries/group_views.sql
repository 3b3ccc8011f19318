-- group_views: one row a topic (of the second level: `subtopic`), country, author, source, credit, section or language: output and result, full and divided among an article's groups.
-- columns: value of the dimension; articles BIGINT; articles_fractional DOUBLE each divided by its number of groups; share_of_articles DOUBLE of the selection's articles; views_full BIGINT sum of V*; views_fractional DOUBLE V* divided by the article's number of groups; share_of_views DOUBLE full, of the distinct total; views_unknown BIGINT articles never read; median_views BIGINT of V*; gained BIGINT views gained in the dates; about BIGINT articles that are about it (countries); in_title BIGINT articles that name it in the title (countries)
-- parameters: dimension = 'topic' or 'subtopic', 'country', 'author', 'source', 'credit', 'section', 'language'; home = 'with' or 'without' the sites' home countries; under = NULL only topics below this one; limit = NULL rows at most
WITH picked AS (
    SELECT a.article, a.site, a.total FROM selected_articles($selection::selection) AS a
),
member AS (
    SELECT d.article, d.value, p.total, count(*) OVER (PARTITION BY d.article) AS groups
    FROM article_dimension AS d
    JOIN picked AS p ON p.article = d.article
    JOIN site AS z ON z.site = p.site
    WHERE d.dimension = $dimension::VARCHAR AND ($under::VARCHAR IS NULL OR starts_with(d.value, $under::VARCHAR || '/'))
        AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
),
whole AS (SELECT count(*) AS articles, sum(total) AS views FROM picked),
summed AS (
    SELECT value, count(*) AS articles, sum(total)::BIGINT AS views_full,
        count(*) FILTER (WHERE total IS NULL) AS views_unknown, quantile_of(total, 50) AS median_views
    FROM member
    GROUP BY value
),
-- Whole numbers first, then one division for each number of groups in order: a sum of fractions depends on its order.
divided AS (
    SELECT value, sum(articles / groups ORDER BY groups) AS articles_fractional,
        sum(views / groups ORDER BY groups) AS views_fractional
    FROM (SELECT value, groups, count(*) AS articles, sum(total)::BIGINT AS views FROM member GROUP BY value, groups)
    GROUP BY value
),
gains AS (
    SELECT m.value, sum(g.views)::BIGINT AS gained
    FROM gained_by_article($selection::selection) AS g
    JOIN member AS m ON m.article = g.article
    GROUP BY m.value
),
named AS (
    SELECT c.country AS value, count(*) FILTER (WHERE c.about) AS about, count(*) FILTER (WHERE c.in_title) AS in_title
    FROM article_country AS c
    WHERE $dimension::VARCHAR = 'country' AND c.article IN (SELECT article FROM picked)
    GROUP BY c.country
)
SELECT s.value, s.articles, d.articles_fractional, s.articles / nullif(w.articles, 0) AS share_of_articles, s.views_full,
    d.views_fractional, s.views_full / nullif(w.views, 0) AS share_of_views, s.views_unknown, s.median_views, g.gained,
    n.about, n.in_title
FROM summed AS s
JOIN divided AS d ON d.value = s.value
CROSS JOIN whole AS w
LEFT JOIN gains AS g ON g.value = s.value
LEFT JOIN named AS n ON n.value = s.value
ORDER BY s.views_full DESC NULLS LAST, s.articles DESC, s.value
LIMIT $limit::BIGINT
