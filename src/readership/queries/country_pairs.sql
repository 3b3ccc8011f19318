-- country_pairs: countries that the same articles name.
-- columns: a, b ISO 3166-1 alpha-2, a before b; articles BIGINT naming both; jaccard DOUBLE w / (n_a + n_b - w); views BIGINT sum of V* of these articles; articles_a, articles_b BIGINT
-- parameters: home = 'without' or 'with' the sites' home countries; limit = 100 pairs at most
WITH named AS (
    SELECT c.article, c.country, a.total
    FROM article_country AS c
    JOIN selected_articles($selection::selection) AS a ON a.article = c.article
    JOIN site AS z ON z.site = a.site
    WHERE $home::VARCHAR = 'with' OR c.country <> coalesce(z.home_country, '')
),
counts AS (SELECT country, count(*) AS articles FROM named GROUP BY country)
SELECT x.country AS a, y.country AS b, count(*) AS articles,
    count(*) / nullif(min(n.articles) + min(m.articles) - count(*), 0) AS jaccard, sum(x.total)::BIGINT AS views,
    min(n.articles) AS articles_a, min(m.articles) AS articles_b
FROM named AS x
JOIN named AS y ON y.article = x.article AND y.country > x.country
JOIN counts AS n ON n.country = x.country
JOIN counts AS m ON m.country = y.country
GROUP BY x.country, y.country
ORDER BY articles DESC, jaccard DESC, a, b
LIMIT $limit::BIGINT
