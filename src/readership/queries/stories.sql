-- stories: one row a story that several articles of the selection tell, mostly in several languages, with their views added.
-- columns: story BIGINT id of its first article; site; articles BIGINT; languages VARCHAR joined by "; "; title of the article with the most views; titles VARCHAR "language: title", joined by " | "; published_at TIMESTAMP UTC of the first; views BIGINT sum of V* over its articles, NULL when none was read; views_by_language VARCHAR "language: views", joined by "; "; unread BIGINT articles never read; score DOUBLE the least sure of its articles, 0..1
-- parameters: limit = NULL rows at most
WITH told AS (
    SELECT s.story, s.score, a.article, a.site, a.language, a.title, a.published_at, a.total
    FROM story AS s JOIN selected_articles($selection::selection) AS a ON a.article = s.article
)
SELECT t.story, min(t.site) AS site, count(*) AS articles,
    string_agg(DISTINCT t.language, '; ' ORDER BY t.language) AS languages,
    arg_max(t.title, coalesce(t.total, -1)) AS title,
    string_agg(coalesce(t.language, '?') || ': ' || t.title, ' | ' ORDER BY t.language, t.article) AS titles,
    min(t.published_at) AS published_at, sum(t.total)::BIGINT AS views,
    string_agg(coalesce(t.language, '?') || ': ' || t.total, '; ' ORDER BY t.language, t.article) AS views_by_language,
    count(*) FILTER (WHERE t.total IS NULL) AS unread, min(t.score) AS score
FROM told AS t
GROUP BY t.story
HAVING count(*) > 1
ORDER BY views DESC NULLS LAST, t.story
LIMIT $limit::BIGINT
