-- rate_clashes: captures of a known moment whose header lies more than 1 % off the official rates of that day and of the days before and after it: a cached header, a wrong clock, or wrong labels.
-- columns: site; captured_at TIMESTAMP; captured_at_basis; day DATE local; currency with the largest difference; value DECIMAL printed; official DECIMAL that held on that day; official_day DATE; difference_percent DOUBLE; certain BOOLEAN; captures BIGINT; example BIGINT an article of such a capture; article_key; title of it
-- parameters: limit = 200 rows at most
WITH printed AS (
    SELECT r.*, c.day, CASE WHEN round(r.value, 0) = r.value THEN 0.5 WHEN round(r.value, 1) = r.value THEN 0.05
        WHEN round(r.value, 2) = r.value THEN 0.005 ELSE 0 END AS rounding
    FROM header_rate AS r
    JOIN site AS z ON z.site = r.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(r.captured_at)::BIGINT + z.phase_s) // z.slot_s
    WHERE site_chosen($selection::selection, r.site) AND r.currency IN ('USD', 'EUR', 'RUB')
        AND (($selection::selection)['since'] IS NULL OR c.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR c.day < ($selection::selection)['until'])
),
near AS (SELECT DISTINCT p.day, p.day + s.shift AS near_day FROM printed AS p CROSS JOIN (VALUES (-1), (0), (1)) AS s (shift)),
held AS MATERIALIZED (FROM official_on((SELECT list(DISTINCT near_day) FROM near))),
fitting AS (
    SELECT DISTINCT p.currency, p.quote, p.day, p.value FROM printed AS p
    JOIN near AS n ON n.day = p.day
    JOIN held AS h ON h.for_day = n.near_day AND h.currency = p.currency AND h.quote = p.quote
    WHERE abs(p.value - h.per_unit) * 100 <= h.per_unit OR abs(p.value - h.per_unit) <= p.rounding
)
SELECT p.site, p.captured_at, p.captured_at_basis, p.day, p.currency, p.value, h.per_unit AS official, h.official_day,
    100 * (p.value - h.per_unit)::DOUBLE / nullif(h.per_unit::DOUBLE, 0) AS difference_percent, p.certain, p.captures,
    p.example_article AS example, a.article_key, a.title
FROM printed AS p
JOIN held AS h ON h.for_day = p.day AND h.currency = p.currency AND h.quote = p.quote
LEFT JOIN article AS a ON a.article = p.example_article
WHERE (p.currency, p.quote, p.day, p.value) NOT IN (FROM fitting)
QUALIFY row_number() OVER (PARTITION BY p.site, p.captured_at
    ORDER BY abs(p.value - h.per_unit) / h.per_unit DESC, p.currency, p.value) = 1
ORDER BY abs(difference_percent) DESC, p.captured_at DESC, p.site
LIMIT $limit::BIGINT
