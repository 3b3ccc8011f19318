-- article_story: the versions of one article's story, itself among them, each with its views and the views of all added.
-- columns: article BIGINT id; story BIGINT; site; article_key; url; language; title; published_at TIMESTAMP UTC; published_day DATE local; total BIGINT V*; story_views BIGINT sum of V* over all versions; score DOUBLE how surely it belongs, 0..1; is_self BOOLEAN
-- parameters: article = NULL id
SELECT a.article, s.story, a.site, a.article_key, a.url, a.language, a.title, a.published_at, a.published_day, m.total,
    sum(m.total) OVER ()::BIGINT AS story_views, s.score, a.article = $article::BIGINT AS is_self
FROM story AS own
JOIN story AS s ON s.story = own.story
JOIN article AS a ON a.article = s.article
LEFT JOIN article_meter AS m ON m.article = s.article AND m.meter = ($selection::selection)['meter']
WHERE own.article = $article::BIGINT
ORDER BY m.total DESC NULLS LAST, a.article
