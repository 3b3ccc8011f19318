-- spikes: articles at most 7 days old that are read faster now than 19 of 20 articles of their section ever were in the last 90 days.
-- columns: article BIGINT id; site; article_key; url; title; section; language; velocity DOUBLE views an hour over the last hour or more of readings; threshold DOUBLE 95th percentile of peak velocities; threshold_basis section or site (when the section has fewer than 20 articles); threshold_articles BIGINT peaks behind it; state rising, strong (over twice the threshold), still-strong (over twice now and six hours ago) or back (above again six hours after it fell); since TIMESTAMP UTC first reading above the threshold since it last was not; published_at TIMESTAMP UTC
-- parameters: limit = NULL rows at most
SELECT a.article, a.site, a.article_key, a.url, a.title, a.section, a.language, t.velocity,
    coalesce(h.threshold, w.threshold) AS threshold,
    CASE WHEN h.threshold IS NOT NULL THEN 'section' ELSE 'site' END AS threshold_basis,
    coalesce(h.articles, w.articles) AS threshold_articles, t.spike_state AS state, instant(t.spike_since_s) AS since,
    a.published_at
FROM chosen($selection::selection) AS a
JOIN article_state AS t ON t.article = a.article AND t.meter = ($selection::selection)['meter']
LEFT JOIN spike_threshold AS h ON h.site = a.site AND h.meter = t.meter AND h.section = a.section
LEFT JOIN spike_threshold AS w ON w.site = a.site AND w.meter = t.meter AND w.section IS NULL
WHERE t.spike_state IS NOT NULL
ORDER BY t.velocity / coalesce(h.threshold, w.threshold) DESC, t.velocity DESC, a.site, a.article_key
LIMIT $limit::BIGINT
