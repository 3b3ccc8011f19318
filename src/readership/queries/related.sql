-- related: articles that speak of the same things as one article, with their views. The score is 2 for each topic and 1 for each country they share (the site's own country aside), 1 for the same section of the same site, and up to 1 for being close in time: 1 / (1 + days apart / 7).
-- columns: article BIGINT id; site; article_key; url; title; section; language; published_at TIMESTAMP UTC; published_day DATE local; views BIGINT counter at the last reading; total BIGINT V*; shared_topics VARCHAR ids joined by "; "; shared_countries VARCHAR codes joined by "; "; days_apart INTEGER; score DOUBLE
-- parameters: article = NULL id; limit = 8 rows at most; within = 180 days of publication at most between the two
WITH own AS MATERIALIZED (
    SELECT a.article, a.site, a.section, a.published_day, z.home_country
    FROM article AS a JOIN site AS z ON z.site = a.site
    WHERE a.article = $article::BIGINT
),
near AS (
    SELECT b.article, abs(b.published_day - o.published_day) AS days_apart,
        coalesce(b.site = o.site AND b.section = o.section, FALSE) AS same_section
    FROM article AS b JOIN own AS o ON b.article <> o.article
    WHERE b.published_day BETWEEN o.published_day - $within::INTEGER AND o.published_day + $within::INTEGER
),
shared AS (
    SELECT d.article, count(*) FILTER (WHERE d.dimension = 'topic') AS topics,
        count(*) FILTER (WHERE d.dimension = 'country') AS countries,
        string_agg(d.value, '; ' ORDER BY d.value) FILTER (WHERE d.dimension = 'topic') AS shared_topics,
        string_agg(d.value, '; ' ORDER BY d.value) FILTER (WHERE d.dimension = 'country') AS shared_countries
    FROM article_dimension AS d
    WHERE EXISTS (
        SELECT 1 FROM article_dimension AS e, own AS o
        WHERE e.article = o.article AND e.dimension = d.dimension AND e.value = d.value
            AND e.dimension IN ('topic', 'country')
            AND NOT (e.dimension = 'country' AND e.value IS NOT DISTINCT FROM o.home_country)
    )
    GROUP BY d.article
),
best AS (
    SELECT n.article, n.days_apart, s.shared_topics, s.shared_countries,
        2 * s.topics + s.countries + n.same_section::INTEGER + 1 / (1 + n.days_apart / 7) AS score
    FROM near AS n JOIN shared AS s ON s.article = n.article
    ORDER BY score DESC, n.days_apart, n.article
    LIMIT $limit::BIGINT
)
SELECT a.article, a.site, a.article_key, a.url, a.title, a.section, a.language, a.published_at, a.published_day,
    coalesce(m.views, m.moment_unknown_views) AS views, m.total, b.shared_topics, b.shared_countries, b.days_apart, b.score
FROM best AS b
JOIN article AS a ON a.article = b.article
LEFT JOIN article_meter AS m ON m.article = b.article AND m.meter = ($selection::selection)['meter']
ORDER BY b.score DESC, b.days_apart, a.article
