-- release_dependence: own reporting against outside sources: articles whose text cites a source or whose photo is credited to it.
-- columns: source canonical or as printed, the site's own name left out; articles BIGINT citing or credited; cited BIGINT; credited BIGINT; share_of_articles DOUBLE; views BIGINT sum of V*; share_of_views DOUBLE; source is NULL for articles that cite nobody and credit nobody (own reporting)
-- parameters: limit = NULL rows at most
WITH picked AS (SELECT a.article, a.site, a.total FROM selected_articles($selection::selection) AS a),
whole AS (SELECT count(*) AS articles, sum(total) AS views FROM picked),
linked AS (
    SELECT p.article, p.total, d.value AS source, bool_or(d.dimension = 'source') AS cited,
        bool_or(d.dimension = 'credit') AS credited
    FROM picked AS p
    LEFT JOIN article_dimension AS d ON d.article = p.article AND d.dimension IN ('source', 'credit')
        AND lower(d.value) <> p.site AND d.value <> 'own'
    GROUP BY p.article, p.total, d.value
)
SELECT l.source, count(*) AS articles, count(*) FILTER (WHERE l.cited) AS cited, count(*) FILTER (WHERE l.credited) AS credited,
    count(*) / nullif(min(w.articles), 0) AS share_of_articles, sum(l.total)::BIGINT AS views,
    sum(l.total) / nullif(min(w.views), 0) AS share_of_views
FROM linked AS l CROSS JOIN whole AS w
GROUP BY l.source
ORDER BY articles DESC, l.source NULLS FIRST
LIMIT $limit::BIGINT
