-- states: how each article of the selection stands: its age class, spike and evergreen state, and its views beside articles of its kind at the same age. Rows and order are those of `articles`.
-- columns: article BIGINT id; age_class new (48 hours at most), recent (7 days at most) or archive, NULL without a publication time; velocity DOUBLE views an hour, NULL unless read in the last 3 hours with 20 views; spike_state rising, strong, still-strong or back; evergreen_state evergreen, candidate or unknown; age_h INTEGER age at which it is compared; index DOUBLE its views over the cohort's median; percentile DOUBLE share of the cohort below it, half of the equal counted; cohort_n BIGINT; cohort_basis
-- parameters: limit = 200 rows at most; order = 'published' or 'views', 'title', 'read'
WITH listed AS MATERIALIZED (
    SELECT a.article, a.site, a.article_key, a.published_at, a.published_s, a.published_day, a.title, a.last_s, a.views,
        a.moment_unknown_views
    FROM selected_articles($selection::selection) AS a
    ORDER BY
        CASE WHEN $order::VARCHAR = 'views' THEN coalesce(a.views, a.moment_unknown_views) END DESC NULLS LAST,
        CASE WHEN $order::VARCHAR = 'read' THEN a.last_s END DESC NULLS LAST,
        CASE WHEN $order::VARCHAR = 'title' THEN a.title END NULLS LAST,
        coalesce(a.published_at, a.published_day::TIMESTAMP) DESC NULLS LAST, a.site, a.article_key
    LIMIT $limit::BIGINT
)
SELECT a.article, age_class(a.published_s, n.at_s) AS age_class, t.velocity, t.spike_state,
    nullif(t.evergreen_state, 'no') AS evergreen_state, c.age_h, c.index, c.percentile, c.n AS cohort_n,
    c.basis AS cohort_basis
FROM listed AS a
LEFT JOIN newest_reading AS n ON n.site = a.site AND n.meter = ($selection::selection)['meter']
LEFT JOIN article_state AS t ON t.article = a.article AND t.meter = ($selection::selection)['meter']
LEFT JOIN cohorts($selection::selection, (SELECT list(l.article) FROM listed AS l), FALSE) AS c ON c.article = a.article
ORDER BY
    CASE WHEN $order::VARCHAR = 'views' THEN coalesce(a.views, a.moment_unknown_views) END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'read' THEN a.last_s END DESC NULLS LAST,
    CASE WHEN $order::VARCHAR = 'title' THEN a.title END NULLS LAST,
    coalesce(a.published_at, a.published_day::TIMESTAMP) DESC NULLS LAST, a.site, a.article_key
