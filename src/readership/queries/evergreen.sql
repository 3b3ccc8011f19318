-- evergreen: older articles that are still read well for what they once were.
-- columns: article BIGINT id; site; article_key; url; title; section; language; published_day DATE local; views_7d BIGINT gained in the last 7 days; threshold DOUBLE 0.3·A^0.7, NULL where unknown; best_day_mean DOUBLE A: mean views of its best days, max(5, a tenth of its days), read at least every 48 hours; live_days BIGINT; state evergreen, candidate (8 to 20 days old) or unknown (too few days were read closely)
-- parameters: limit = NULL rows at most
SELECT a.article, a.site, a.article_key, a.url, a.title, a.section, a.language, a.published_day, t.gained_7d AS views_7d,
    0.3 * pow(t.best_day_mean, 0.7) AS threshold, t.best_day_mean, t.live_days, t.evergreen_state AS state
FROM chosen($selection::selection) AS a
JOIN article_state AS t ON t.article = a.article AND t.meter = ($selection::selection)['meter']
WHERE t.evergreen_state IN ('evergreen', 'candidate', 'unknown')
ORDER BY list_position(['evergreen', 'candidate', 'unknown'], t.evergreen_state), t.gained_7d DESC, a.site, a.article_key
LIMIT $limit::BIGINT
