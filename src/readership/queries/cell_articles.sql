-- cell_articles: the articles behind one field of hour_weekday: read in those hours, or published in them.
-- columns: article BIGINT id; site; article_key; url; title; section; language; published_local as printed with its offset; published_day DATE local; views BIGINT gained in all hours of the field; published BOOLEAN in one of them; of_articles BIGINT, of_views BIGINT, of_published BIGINT of all articles of the field, however many rows are asked for
-- parameters: weekday = NULL 1 Monday to 7, NULL for every day; hour = NULL 0 to 23; what = 'read' or 'published'; limit = NULL rows at most
WITH bounds AS MATERIALIZED (
    SELECT coalesce(s.since, CASE WHEN s.until IS NULL THEN t.day - 56 ELSE DATE '1900-01-01' END) AS low,
        least(t.day, CASE WHEN s.until IS NOT NULL THEN s.until - 1 WHEN s.since IS NULL THEN t.day - 1 ELSE t.day END) AS high,
        CAST($what::VARCHAR AS ENUM ('read', 'published'))::VARCHAR AS what
    FROM (SELECT ($selection::selection)['since'] AS since, ($selection::selection)['until'] AS until) AS s
    CROSS JOIN (SELECT max(x.day) AS day FROM as_of($selection::selection) AS x) AS t
),
slots AS MATERIALIZED (
    SELECT k.site, c.from_s, c.to_s
    FROM bounds AS b
    CROSS JOIN clock($selection::selection) AS k
    JOIN calendar AS c ON c.zone = k.zone AND c.day BETWEEN b.low AND b.high
    WHERE ($weekday::INTEGER IS NULL OR c.weekday = $weekday::INTEGER) AND c.hour = $hour::INTEGER
),
gained AS (
    SELECT i.article, sum(gained_within(i.gained, i.from_s, i.to_s, l.from_s, l.to_s)) AS views
    FROM interval AS i
    JOIN article AS b ON b.article = i.article
    JOIN slots AS l ON l.site = b.site AND i.from_s < l.to_s AND i.to_s > l.from_s
    WHERE i.meter = ($selection::selection)['meter'] AND i.gained > 0
        AND i.to_s > (SELECT min(q.from_s) FROM slots AS q) AND i.from_s < (SELECT max(q.to_s) FROM slots AS q)
    GROUP BY i.article
),
listed AS (
    SELECT a.article, a.site, a.article_key, a.url, a.title, a.section, a.language, a.published_local, a.published_day,
        coalesce(g.views, 0) AS views,
        EXISTS (SELECT 1 FROM slots AS l WHERE l.site = a.site AND a.published_s >= l.from_s AND a.published_s < l.to_s)
            AND (($selection::selection)['ends'] IS NULL OR a.published_s < end_of($selection::selection, a.site)['at_s'])
            AS published
    FROM chosen($selection::selection) AS a LEFT JOIN gained AS g ON g.article = a.article
)
SELECT l.* REPLACE (l.views::BIGINT AS views), count(*) OVER () AS of_articles, (sum(l.views) OVER ())::BIGINT AS of_views,
    count(*) FILTER (l.published) OVER () AS of_published
FROM listed AS l CROSS JOIN bounds AS b
WHERE CASE b.what WHEN 'read' THEN l.views > 0 ELSE l.published END
ORDER BY l.views DESC, l.published_day DESC NULLS LAST, l.site, l.article_key
LIMIT $limit::BIGINT
