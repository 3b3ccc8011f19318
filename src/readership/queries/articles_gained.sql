-- articles_gained: one row an article of the selection, with the views that it gained in the dates: what an article is compared by.
-- columns: article BIGINT id; site; article_key; url; language; section; title; authors names joined by "; "; published_day DATE local; published_local as printed with its offset; gained BIGINT views gained in the dates, NULL for an article never read; total BIGINT V* to date; known_from DATE local day before which its views are not known, NULL when its first reading found none that were not; read_to DATE local day of its last reading; of_articles BIGINT, of_gained BIGINT of all these articles, however many rows are asked for
-- parameters: limit = NULL rows at most; order = 'gained' or 'published', 'views', 'title', 'read'; articles = NULL only the rows of these ids, between commas
WITH gained AS (
    SELECT g.article, sum(g.views)::BIGINT AS gained FROM gained_by_article($selection::selection) AS g GROUP BY g.article
),
listed AS (
    SELECT a.*, CASE WHEN a.readings > 0 THEN coalesce(g.gained, 0) END AS gained, z.zone,
        (a.first_s - 1 + z.phase_s) // z.slot_s AS first_slot, (a.last_s - 1 + z.phase_s) // z.slot_s AS last_slot
    FROM selected_articles($selection::selection) AS a
    JOIN clock($selection::selection) AS z ON z.site = a.site
    LEFT JOIN gained AS g ON g.article = a.article
),
counted AS (SELECT *, count(*) OVER () AS of_articles, (sum(gained) OVER ())::BIGINT AS of_gained FROM listed)
SELECT l.article, l.site, l.article_key, l.url, l.language, l.section, l.title, l.authors, l.published_day, l.published_local,
    l.gained, l.total, CASE WHEN l.baseline > 0 THEN f.day END AS known_from, t.day AS read_to, l.of_articles, l.of_gained
FROM counted AS l
LEFT JOIN calendar AS f ON f.zone = l.zone AND f.slot = l.first_slot
LEFT JOIN calendar AS t ON t.zone = l.zone AND t.slot = l.last_slot
WHERE $articles::VARCHAR IS NULL OR list_contains(string_split($articles::VARCHAR, ',')::BIGINT[], l.article)
ORDER BY
    CASE WHEN $order::VARCHAR = 'gained' THEN l.gained END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'views' THEN coalesce(l.views, l.moment_unknown_views) END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'read' THEN l.last_s END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'title' THEN l.title END NULLS LAST,
    coalesce(l.published_at, l.published_day::TIMESTAMP) DESC NULLS LAST, l.site, l.article_key
LIMIT $limit::BIGINT
