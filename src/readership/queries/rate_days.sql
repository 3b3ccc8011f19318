-- rate_days: one row a local day, site and currency: the last header figure captured that day beside the official rate that held.
-- columns: day DATE; site; currency; quote; header DECIMAL last captured that day, NULL when none was; captured_at TIMESTAMP; captures BIGINT that day; values BIGINT different figures that day; official DECIMAL per unit; official_day DATE it is from, at most ten days earlier; source; difference DECIMAL header - official; difference_percent DOUBLE of the official rate
-- parameters: currency = NULL one currency
WITH printed AS (
    SELECT c.day, r.site, r.currency, r.quote, arg_max(r.value, (r.captured_at, r.captures, r.value)) AS header,
        max(r.captured_at) AS captured_at, sum(r.captures)::BIGINT AS captures, count(DISTINCT r.value) AS values
    FROM header_rate AS r
    JOIN site AS z ON z.site = r.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(r.captured_at)::BIGINT + z.phase_s) // 3600
    WHERE site_chosen($selection::selection, r.site) AND ($currency::VARCHAR IS NULL OR r.currency = $currency::VARCHAR)
    GROUP BY c.day, r.site, r.currency, r.quote
),
days AS (SELECT DISTINCT day FROM printed UNION SELECT DISTINCT day FROM official_pick),
held AS (FROM official_on((SELECT list(day) FROM days))),
quoted AS (SELECT DISTINCT site, currency, quote FROM printed)
SELECT d.day, q.site, q.currency, q.quote, p.header, p.captured_at, p.captures, p.values, h.per_unit AS official,
    h.official_day, h.source, p.header - h.per_unit AS difference,
    100 * (p.header - h.per_unit)::DOUBLE / nullif(h.per_unit::DOUBLE, 0) AS difference_percent
FROM days AS d
CROSS JOIN quoted AS q
LEFT JOIN printed AS p ON p.day = d.day AND p.site = q.site AND p.currency = q.currency
    AND p.quote IS NOT DISTINCT FROM q.quote
LEFT JOIN held AS h ON h.for_day = d.day AND h.currency = q.currency AND h.quote = q.quote
WHERE (p.header IS NOT NULL OR h.per_unit IS NOT NULL)
    AND (($selection::selection)['since'] IS NULL OR d.day >= ($selection::selection)['since'])
    AND (($selection::selection)['until'] IS NULL OR d.day < ($selection::selection)['until'])
ORDER BY q.site, q.currency, d.day
