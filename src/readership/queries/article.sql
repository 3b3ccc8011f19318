-- article: everything known of one article.
-- columns: all fields of the edition's article table and the figures of the meter; body; views BIGINT counter at the last reading; observed_at TIMESTAMP
-- parameters: site = NULL name of the site; article_key = NULL key in its URL
SELECT a.*, t.body, instant(a.last_s) AS observed_at
FROM measured($selection::selection) AS a LEFT JOIN article_text AS t ON t.article = a.article
WHERE a.site = $site::VARCHAR AND a.article_key = $article_key::VARCHAR
