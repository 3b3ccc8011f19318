-- article_stats: one article in figures: its views beside articles of its kind at the same age, its speed and its states.
-- columns: article BIGINT id; age_h INTEGER largest age of the grid at which its views are known; views_at_age BIGINT; cohort_median, cohort_q1, cohort_q3 BIGINT at that age, NULL with fewer than 20 articles; cohort_n BIGINT; cohort_basis what the cohort shares with it: site, language, section, or fewer when too few share all; index DOUBLE its views over the median; percentile DOUBLE 0 to 1, share of the cohort below it, half of the equal counted; age_class new (48 hours at most), recent (7 days at most) or archive; velocity DOUBLE views an hour, NULL unless read in the last 3 hours with 20 views; peak_velocity DOUBLE its largest in the last 90 days; spike_state rising, strong, still-strong or back, NULL for none; evergreen_state evergreen, candidate, unknown or no, NULL without a publication time; gained_24h BIGINT; gained_7d BIGINT; observed_share DOUBLE part of its views from readings no further apart than a day, NULL where it gained none
-- parameters: article = NULL id
WITH reach AS (
    SELECT instant(min(m.start_s))::DATE - 1 AS low, instant(max(m.last_s))::DATE + 1 AS high
    FROM article_meter AS m WHERE m.article = $article::BIGINT AND m.meter = ($selection::selection)['meter']
)
SELECT a.article, c.age_h, c.views AS views_at_age, c.median AS cohort_median, c.q1 AS cohort_q1, c.q3 AS cohort_q3,
    c.n AS cohort_n, c.basis AS cohort_basis, c.index, c.percentile, age_class(a.published_s, n.at_s) AS age_class,
    t.velocity, t.peak_velocity, t.spike_state,
    CASE WHEN a.published_s IS NOT NULL AND n.at_s IS NOT NULL THEN coalesce(t.evergreen_state, 'no') END AS evergreen_state,
    t.gained_24h, t.gained_7d, d.observed / nullif(d.views, 0) AS observed_share
FROM article AS a
LEFT JOIN newest_reading AS n ON n.site = a.site AND n.meter = ($selection::selection)['meter']
LEFT JOIN article_state AS t ON t.article = a.article AND t.meter = ($selection::selection)['meter']
LEFT JOIN cohorts($selection::selection, [$article::BIGINT], FALSE) AS c ON c.article = a.article
CROSS JOIN (
    SELECT sum(g.views) AS views, sum(g.observed) AS observed FROM article_day AS g
    WHERE g.article = $article::BIGINT AND g.meter = ($selection::selection)['meter']
        AND g.day BETWEEN (SELECT r.low FROM reach AS r) AND (SELECT r.high FROM reach AS r)
) AS d
WHERE a.article = $article::BIGINT
