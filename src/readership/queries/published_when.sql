-- published_when: the articles behind one weekday or hour of publishing, with the views that they are counted with there.
-- columns: article BIGINT id; site; article_key; url; title; section; language; published_local as printed with its offset; published_day DATE local; views BIGINT V* to date, NULL where unknown; of_articles BIGINT, of_views BIGINT of all these articles, however many rows are asked for
-- parameters: weekday = NULL 1 Monday to 7, NULL for every day; hour = NULL 0 to 23, NULL for every hour and none; limit = NULL rows at most
WITH published AS (
    SELECT a.*
    FROM selected_articles($selection::selection) AS a
    JOIN clock($selection::selection) AS z ON z.site = a.site
    LEFT JOIN calendar AS c ON c.zone = z.zone AND c.slot = (a.published_s + z.phase_s) // z.slot_s
    WHERE ($weekday::INTEGER IS NULL OR isodow(a.published_day) = $weekday::INTEGER)
        AND ($hour::INTEGER IS NULL OR c.hour = $hour::INTEGER)
)
SELECT article, site, article_key, url, title, section, language, published_local, published_day, total::BIGINT AS views,
    count(*) OVER () AS of_articles, (sum(total) OVER ())::BIGINT AS of_views
FROM published
ORDER BY total DESC NULLS LAST, published_local DESC NULLS LAST, site, article_key
LIMIT $limit::BIGINT
