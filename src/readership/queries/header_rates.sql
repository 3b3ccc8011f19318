-- header_rates: currency figures as headers printed them, by capture moment, each with its change against the moment captured before.
-- columns: site; captured_at TIMESTAMP, NULL when unknown; captured_at_basis; currency ISO 4217; value DECIMAL quote units per unit; quote; previous DECIMAL; previous_at TIMESTAMP; change DECIMAL; change_percent DOUBLE change / (value - change); captures BIGINT that printed it at that moment; low DECIMAL and high DECIMAL printed by captures of that moment; disagree BOOLEAN they differ; labelled BOOLEAN; certain BOOLEAN; official DECIMAL per unit that held on that local day, when imported; official_day DATE; official_source
-- parameters: currency = NULL one currency; quote = NULL one quote currency, '' for the unknown one; limit = NULL the newest so many rows
WITH figures AS (
    SELECT r.site, r.captured_at, r.currency, r.quote, r.value, max(r.captured_at_basis) AS captured_at_basis,
        sum(r.captures)::BIGINT AS captures, min(r.example_article) AS example, bool_and(r.labelled) AS labelled,
        bool_and(r.certain) AS certain, min(r.position) AS position
    FROM header_rate AS r
    WHERE site_chosen($selection::selection, r.site)
        AND ($currency::VARCHAR IS NULL OR r.currency = $currency::VARCHAR)
        AND ($quote::VARCHAR IS NULL OR r.quote IS NOT DISTINCT FROM nullif($quote::VARCHAR, ''))
    GROUP BY ALL
),
moments AS (
    SELECT f.*, min(f.value) OVER moment AS low, max(f.value) OVER moment AS high,
        row_number() OVER (moment ORDER BY f.captures DESC, f.example DESC NULLS LAST, f.value DESC) = 1 AS stands
    FROM figures AS f
    WINDOW moment AS (PARTITION BY f.site, f.currency, f.quote, f.captured_at)
),
steps AS (
    SELECT m.site, m.currency, m.quote, m.captured_at, lag(m.value) OVER pair AS before,
        lag(m.captured_at) OVER pair AS before_at
    FROM moments AS m WHERE m.stands AND m.captured_at IS NOT NULL
    WINDOW pair AS (PARTITION BY m.site, m.currency, m.quote ORDER BY m.captured_at)
),
local AS (
    SELECT m.*, c.day FROM moments AS m
    JOIN site AS z ON z.site = m.site
    LEFT JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(m.captured_at)::BIGINT + z.phase_s) // z.slot_s
    WHERE (($selection::selection)['since'] IS NULL OR c.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR c.day < ($selection::selection)['until'])
),
held AS (FROM official_on((SELECT list(DISTINCT day) FROM local)))
SELECT l.site, l.captured_at, l.captured_at_basis, l.currency, l.value, l.quote, s.before AS previous,
    s.before_at AS previous_at, l.value - s.before AS change,
    100 * (l.value - s.before)::DOUBLE / nullif(s.before::DOUBLE, 0) AS change_percent, l.captures, l.low, l.high,
    l.low < l.high AND l.captured_at IS NOT NULL AS disagree, l.labelled, l.certain, h.per_unit AS official,
    h.official_day, h.source AS official_source
FROM local AS l
LEFT JOIN steps AS s ON s.site = l.site AND s.currency = l.currency AND s.quote IS NOT DISTINCT FROM l.quote
    AND s.captured_at = l.captured_at
LEFT JOIN held AS h ON h.for_day = l.day AND h.currency = l.currency AND h.quote = l.quote
ORDER BY l.captured_at DESC NULLS LAST, l.site, l.position, l.currency, l.quote, l.captures DESC, l.value
LIMIT $limit::BIGINT
