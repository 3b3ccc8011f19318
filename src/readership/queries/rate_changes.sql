-- rate_changes: each rate now and its change over a day, a week, a month and a year, header and official apart.
-- columns: kind header or official; site or source; currency; quote; day DATE of the newest figure; value DECIMAL; over day, week, month or year; before_day DATE; before DECIMAL; change DECIMAL; change_percent DOUBLE change / (value - change), NULL as before and change where no figure is at most a week older than the day compared with
-- parameters: currency = NULL one currency; quote = NULL one quote currency, '' for the unknown one
WITH figures AS (
    SELECT 'header' AS kind, r.site, r.currency, r.quote, c.day,
        arg_max(r.value, (r.captured_at, r.captures, coalesce(r.example_article, 0), r.value)) AS value
    FROM header_rate AS r
    JOIN site AS z ON z.site = r.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(r.captured_at)::BIGINT + z.phase_s) // z.slot_s
    WHERE site_chosen($selection::selection, r.site) AND ($currency::VARCHAR IS NULL OR r.currency = $currency::VARCHAR)
        AND ($quote::VARCHAR IS NULL OR r.quote IS NOT DISTINCT FROM nullif($quote::VARCHAR, ''))
    GROUP BY ALL
    UNION ALL
    SELECT 'official', o.source, o.currency, o.quote, o.day, (o.value / o.quant)::DECIMAL(18, 6) FROM official_rate AS o
    WHERE ($currency::VARCHAR IS NULL OR o.currency = $currency::VARCHAR)
        AND ($quote::VARCHAR IS NULL OR o.quote = $quote::VARCHAR)
),
newest AS (
    SELECT kind, site, currency, quote, max(day) AS day, arg_max(value, day) AS value
    FROM figures GROUP BY ALL
),
asked AS (
    SELECT n.*, o.over, o.position, CASE o.over WHEN 'day' THEN n.day - 1 WHEN 'week' THEN n.day - 7
        WHEN 'month' THEN (n.day - INTERVAL 1 MONTH)::DATE ELSE (n.day - INTERVAL 1 YEAR)::DATE END AS goal
    FROM newest AS n
    CROSS JOIN (VALUES ('day', 1), ('week', 2), ('month', 3), ('year', 4)) AS o (over, position)
),
found AS (
    SELECT a.kind, a.site, a.currency, a.quote, a.over, max(f.day) AS before_day, arg_max(f.value, f.day) AS before
    FROM asked AS a
    JOIN figures AS f ON f.kind = a.kind AND f.site = a.site AND f.currency = a.currency
        AND f.quote IS NOT DISTINCT FROM a.quote AND f.day <= a.goal AND f.day >= a.goal - 7
    GROUP BY ALL
)
SELECT a.kind, a.site, a.currency, a.quote, a.day, a.value, a.over, f.before_day, f.before,
    (a.value - f.before) AS change, 100 * (a.value - f.before)::DOUBLE / nullif(f.before::DOUBLE, 0) AS change_percent
FROM asked AS a
LEFT JOIN found AS f ON f.kind = a.kind AND f.site = a.site AND f.currency = a.currency
    AND f.quote IS NOT DISTINCT FROM a.quote AND f.over = a.over
ORDER BY a.kind, a.site, a.currency, a.quote, a.position
