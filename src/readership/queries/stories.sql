-- stories: one row a story that several articles of the selection tell, mostly in several languages, with their views added; only these versions count.
-- columns: story BIGINT id of its first article; article BIGINT id of the version with the most views; site; article_key of that version; articles BIGINT; languages VARCHAR joined by "; "; title of that version; titles VARCHAR "language: title", joined by " | "; published_at TIMESTAMP UTC of the first; views BIGINT sum of V* over its articles, NULL when none was read; views_by_language VARCHAR "language: views", joined by "; ", a dash where none was read; unread BIGINT articles never read; score DOUBLE the least sure of its articles, 0..1, NULL for an article that stands alone
-- parameters: alone = 'without' or 'with' articles that are no story with others, each a row; limit = NULL rows at most
WITH told AS (
    SELECT coalesce(s.story, a.article) AS story, s.score, a.article, a.total
    FROM selected_articles($selection::selection) AS a LEFT JOIN story AS s ON s.article = a.article
    WHERE s.story IS NOT NULL OR $alone::VARCHAR = 'with'
),
largest AS (
    SELECT t.story, sum(t.total)::BIGINT AS views
    FROM told AS t
    GROUP BY t.story
    HAVING count(*) > 1 OR $alone::VARCHAR = 'with'
    ORDER BY views DESC NULLS LAST, t.story
    LIMIT $limit::BIGINT
),
spoken AS (
    SELECT t.story, a.language, sum(t.total)::BIGINT AS views
    FROM told AS t JOIN largest AS l ON l.story = t.story JOIN article AS a ON a.article = t.article
    GROUP BY t.story, a.language
),
languages AS (
    SELECT story, string_agg(coalesce(language, '?'), '; ' ORDER BY language) AS languages,
        string_agg(coalesce(language, '?') || ': ' || coalesce(views::VARCHAR, '–'), '; ' ORDER BY language) AS views_by_language
    FROM spoken
    GROUP BY story
)
SELECT t.story, arg_max(t.article, (coalesce(t.total, -1), -t.article)) AS article, min(a.site) AS site,
    arg_max(a.article_key, (coalesce(t.total, -1), -t.article)) AS article_key, count(*) AS articles,
    any_value(g.languages) AS languages, arg_max(a.title, (coalesce(t.total, -1), -t.article)) AS title,
    string_agg(coalesce(a.language, '?') || ': ' || a.title, ' | ' ORDER BY a.language, t.article) AS titles,
    min(a.published_at) AS published_at, any_value(l.views) AS views, any_value(g.views_by_language) AS views_by_language,
    count(*) FILTER (WHERE t.total IS NULL) AS unread, min(t.score) AS score
FROM told AS t
JOIN largest AS l ON l.story = t.story
JOIN languages AS g ON g.story = t.story
JOIN article AS a ON a.article = t.article
GROUP BY t.story
ORDER BY views DESC NULLS LAST, t.story
