-- header_rates: currency figures as headers printed them, by capture moment, each with its change against the captured one before.
-- columns: site; captured_at TIMESTAMP, NULL when unknown; captured_at_basis; currency ISO 4217; value DECIMAL quote units per unit; quote; previous DECIMAL; change DECIMAL; change_percent DOUBLE change / (value - change); captures BIGINT that printed it at that moment; disagree BOOLEAN another figure was captured at that moment; labelled BOOLEAN; certain BOOLEAN; official DECIMAL per unit on that local day, when imported; official_source
-- parameters: currency = NULL one currency
WITH moments AS (
    SELECT r.site, r.captured_at, r.captured_at_basis, r.currency, r.quote, r.value, r.labelled, r.certain, r.captures,
        count(*) OVER (PARTITION BY r.site, r.currency, r.captured_at) > 1 AND r.captured_at IS NOT NULL AS disagree,
        min(r.position) OVER (PARTITION BY r.site, r.currency) AS position
    FROM header_rate AS r
    WHERE site_chosen($selection::selection, r.site)
        AND ($currency::VARCHAR IS NULL OR r.currency = $currency::VARCHAR)
),
stepped AS (
    SELECT m.*, CASE WHEN m.captured_at IS NOT NULL THEN
        lag(m.value) OVER (PARTITION BY m.site, m.currency ORDER BY m.captured_at NULLS FIRST, m.captures, m.value) END AS before,
        lag(m.captured_at) OVER (PARTITION BY m.site, m.currency ORDER BY m.captured_at NULLS FIRST, m.captures, m.value) AS before_at
    FROM moments AS m
),
local AS (
    SELECT s.*, c.day FROM stepped AS s
    JOIN site AS z ON z.site = s.site
    LEFT JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(s.captured_at)::BIGINT + z.phase_s) // 3600
)
SELECT l.site, l.captured_at, l.captured_at_basis, l.currency, l.value, l.quote,
    CASE WHEN l.before_at IS NOT NULL THEN l.before END AS previous,
    CASE WHEN l.before_at IS NOT NULL THEN l.value - l.before END AS change,
    CASE WHEN l.before_at IS NOT NULL THEN 100 * (l.value - l.before)::DOUBLE / nullif(l.before::DOUBLE, 0) END AS change_percent,
    l.captures, l.disagree, l.labelled, l.certain, o.per_unit AS official, o.source AS official_source
FROM local AS l
LEFT JOIN official_pick AS o ON o.currency = l.currency AND o.quote = l.quote AND o.day = l.day
WHERE (($selection::selection)['since'] IS NULL OR l.day >= ($selection::selection)['since'])
    AND (($selection::selection)['until'] IS NULL OR l.day < ($selection::selection)['until'])
ORDER BY l.site, l.position, l.currency, l.captured_at NULLS FIRST, l.value
