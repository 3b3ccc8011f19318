-- articles_with_rates: the articles of the selection, each with the official rate that held on its publication day, in its site's quote currency.
-- columns: article BIGINT id; site; article_key; url; language; section; title; authors names joined by "; "; published_at TIMESTAMP UTC; published_day DATE local; published_local as printed with its offset; observed_at TIMESTAMP of the last reading; views BIGINT counter at the last reading (moment unknown when observed_at is NULL); total BIGINT V*; baseline BIGINT views before the first reading; readings BIGINT; photo_credit; cited_source; revisions BIGINT; vanished_at TIMESTAMP; currency; official DECIMAL quote units per unit, NULL when unknown; quote; official_day DATE the rate is from, at most ten days before the publication day; official_source
-- parameters: currency = 'USD' ISO 4217; limit = NULL rows at most; order = 'published' or 'views', 'title', 'read'
SELECT a.article, a.site, a.article_key, a.url, a.language, a.section, a.title, a.authors, a.published_at,
    a.published_day, a.published_local, instant(a.last_s) AS observed_at,
    coalesce(a.views, a.moment_unknown_views) AS views, a.total, a.baseline, coalesce(a.readings, 0) AS readings,
    a.photo_credit, a.cited_source, a.revisions, a.vanished_at, $currency::VARCHAR AS currency,
    CASE WHEN o.day >= a.published_day - 10 THEN o.per_unit END AS official, z.quote_currency AS quote,
    CASE WHEN o.day >= a.published_day - 10 THEN o.day END AS official_day,
    CASE WHEN o.day >= a.published_day - 10 THEN o.source END AS official_source
FROM selected_articles($selection::selection) AS a
LEFT JOIN site AS z ON z.site = a.site
ASOF LEFT JOIN (FROM official_pick WHERE currency = $currency::VARCHAR) AS o
    ON o.quote = z.quote_currency AND o.day <= a.published_day
ORDER BY
    CASE WHEN $order::VARCHAR = 'views' THEN coalesce(a.views, a.moment_unknown_views) END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'read' THEN a.last_s END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'title' THEN a.title END NULLS LAST,
    coalesce(a.published_at, a.published_day::TIMESTAMP) DESC NULLS LAST, a.site, a.article_key
LIMIT $limit::BIGINT
