-- articles: one row an article of the selection, with its latest counter and when it was read.
-- columns: article BIGINT id; site; article_key; url; language; section; title; authors names joined by "; "; published_at TIMESTAMP UTC; published_day DATE local; published_local as printed with its offset; observed_at TIMESTAMP of the last reading; views BIGINT counter at the last reading (moment unknown when observed_at is NULL); total BIGINT V*; baseline BIGINT views before the first reading; readings BIGINT; photo_credit; cited_source; revisions BIGINT; vanished_at TIMESTAMP
-- parameters: limit = NULL rows at most; order = 'published' or 'views', 'title', 'read'
SELECT a.article, a.site, a.article_key, a.url, a.language, a.section, a.title, a.authors, a.published_at,
    a.published_day, a.published_local, instant(a.last_s) AS observed_at,
    coalesce(a.views, a.moment_unknown_views) AS views, a.total, a.baseline, coalesce(a.readings, 0) AS readings,
    a.photo_credit, a.cited_source, a.revisions, a.vanished_at
FROM selected_articles($selection::selection) AS a
ORDER BY
    CASE WHEN $order::VARCHAR = 'views' THEN coalesce(a.views, a.moment_unknown_views) END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'read' THEN a.last_s END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'title' THEN a.title END NULLS LAST,
    coalesce(a.published_at, a.published_day::TIMESTAMP) DESC NULLS LAST, a.site, a.article_key
LIMIT $limit::BIGINT
