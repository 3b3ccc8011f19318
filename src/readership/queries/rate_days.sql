-- rate_days: one row a local day, site and pair: the last header figure captured that day beside the official rate that held.
-- columns: day DATE; site NULL for a pair that no header prints; currency; quote; header DECIMAL last captured that day, NULL when none was; captured_at TIMESTAMP; captures BIGINT that day; figures BIGINT different ones that day; certain BOOLEAN; official DECIMAL; official_day DATE it is from, at most ten days earlier; source; difference DECIMAL header - official; difference_percent DOUBLE of the official rate, whatever the base
-- parameters: currency = NULL one currency; quote = NULL one quote currency, '' for the unknown one; base = 'quote' or 'unit', 'index': quote units per unit, units per quote unit, or 100 on the first of these days with a figure
WITH printed AS (
    SELECT c.day, r.site, r.currency, r.quote,
        arg_max(r.value, (r.captured_at, r.captures, coalesce(r.example_article, 0), r.value)) AS value,
        max(r.captured_at) AS captured_at, sum(r.captures)::BIGINT AS captures, count(DISTINCT r.value) AS figures,
        bool_and(r.certain) AS certain
    FROM header_rate AS r
    JOIN site AS z ON z.site = r.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(r.captured_at)::BIGINT + z.phase_s) // z.slot_s
    WHERE site_chosen($selection::selection, r.site) AND ($currency::VARCHAR IS NULL OR r.currency = $currency::VARCHAR)
        AND ($quote::VARCHAR IS NULL OR r.quote IS NOT DISTINCT FROM nullif($quote::VARCHAR, ''))
        AND (($selection::selection)['since'] IS NULL OR c.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR c.day < ($selection::selection)['until'])
    GROUP BY c.day, r.site, r.currency, r.quote
),
published AS (
    SELECT DISTINCT o.day, o.currency, o.quote FROM official_pick AS o
    WHERE ($currency::VARCHAR IS NULL OR o.currency = $currency::VARCHAR)
        AND ($quote::VARCHAR IS NULL OR o.quote = $quote::VARCHAR)
        AND (($selection::selection)['since'] IS NULL OR o.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR o.day < ($selection::selection)['until'])
),
pairs AS (
    SELECT DISTINCT site, currency, quote FROM printed
    UNION
    SELECT NULL, o.currency, o.quote FROM published AS o
    WHERE NOT EXISTS (SELECT 1 FROM printed AS p WHERE p.currency = o.currency AND p.quote = o.quote)
),
wanted AS (
    SELECT site, currency, quote, day FROM printed
    UNION
    SELECT q.site, q.currency, q.quote, o.day FROM pairs AS q
    JOIN published AS o ON o.currency = q.currency AND o.quote = q.quote
),
held AS (
    FROM official_on((SELECT list(DISTINCT day) FROM wanted)) AS o
    WHERE ($currency::VARCHAR IS NULL OR o.currency = $currency::VARCHAR)
        AND ($quote::VARCHAR IS NULL OR o.quote = $quote::VARCHAR)
),
known AS (
    SELECT w.day, w.site, w.currency, w.quote, p.value, p.captured_at, p.captures, p.figures, p.certain, h.per_unit,
        h.official_day, h.source, first_value(p.value IGNORE NULLS) OVER pair AS value_0,
        first_value(h.per_unit IGNORE NULLS) OVER pair AS per_unit_0
    FROM wanted AS w
    LEFT JOIN printed AS p ON p.day = w.day AND p.site = w.site AND p.currency = w.currency
        AND p.quote IS NOT DISTINCT FROM w.quote
    LEFT JOIN held AS h ON h.for_day = w.day AND h.currency = w.currency AND h.quote = w.quote
    WINDOW pair AS (PARTITION BY w.site, w.currency, w.quote ORDER BY w.day
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
based AS (
    SELECT k.*,
        CASE $base::ENUM('quote', 'unit', 'index') WHEN 'quote' THEN k.value WHEN 'unit' THEN 1 / nullif(k.value, 0)
            ELSE 100 * k.value / nullif(k.value_0, 0) END::DECIMAL(24, 9) AS header,
        CASE $base::ENUM('quote', 'unit', 'index') WHEN 'quote' THEN k.per_unit WHEN 'unit' THEN 1 / nullif(k.per_unit, 0)
            ELSE 100 * k.per_unit / nullif(k.per_unit_0, 0) END::DECIMAL(24, 9) AS official
    FROM known AS k
)
SELECT day, site, currency, quote, header, captured_at, captures, figures, certain, official, official_day, source,
    header - official AS difference,
    100 * (value - per_unit)::DOUBLE / nullif(per_unit::DOUBLE, 0) AS difference_percent
FROM based
ORDER BY currency, quote, site NULLS FIRST, day
