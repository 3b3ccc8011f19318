-- within: whether one article is of the selection: its row when it is, none when it isn't.
-- columns: article BIGINT id; site; article_key
-- parameters: article = NULL id; site = NULL of the article; article_key = NULL of the article
SELECT a.article, a.site, a.article_key
FROM selected_articles($selection::selection) AS a
WHERE a.article = $article::BIGINT OR (a.site = $site::VARCHAR AND a.article_key = $article_key::VARCHAR)
