-- header_trend: the last header figure captured on each of the days before a site's newest capture, for a small line.
-- columns: site; currency; quote; day DATE local; value DECIMAL; a day without a capture has no row
-- parameters: days = 30 how many, the newest included
WITH newest AS (
    SELECT r.site, max(r.captured_at) AS captured_at FROM header_rate AS r
    WHERE site_chosen($selection::selection, r.site) GROUP BY r.site
)
SELECT r.site, r.currency, r.quote, c.day,
    arg_max(r.value, (r.captured_at, r.captures, coalesce(r.example_article, 0), r.value)) AS value
FROM header_rate AS r
JOIN newest AS n ON n.site = r.site AND r.captured_at > n.captured_at - to_days($days::INTEGER)
JOIN site AS z ON z.site = r.site
JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(r.captured_at)::BIGINT + z.phase_s) // z.slot_s
GROUP BY r.site, r.currency, r.quote, c.day
ORDER BY r.site, r.currency, r.quote, c.day
