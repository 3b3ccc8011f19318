-- rate_clashes: captures of a known moment whose header lies more than 1 % off the official rates of that day: a cached header or a wrong clock.
-- columns: site; captured_at TIMESTAMP; captured_at_basis; day DATE local; currency with the largest difference; value DECIMAL printed; official DECIMAL; official_day DATE; difference_percent DOUBLE; captures BIGINT; example BIGINT an article of such a capture; title of it
-- parameters: limit = 200 rows at most
WITH printed AS (
    SELECT r.*, c.day FROM header_rate AS r
    JOIN site AS z ON z.site = r.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(r.captured_at)::BIGINT + z.phase_s) // 3600
    WHERE site_chosen($selection::selection, r.site) AND r.currency IN ('USD', 'EUR', 'RUB')
),
held AS (FROM official_on((SELECT list(DISTINCT day) FROM printed)))
SELECT p.site, p.captured_at, p.captured_at_basis, p.day, p.currency, p.value, h.per_unit AS official, h.official_day,
    100 * (p.value - h.per_unit)::DOUBLE / nullif(h.per_unit::DOUBLE, 0) AS difference_percent, p.captures,
    p.example_article AS example, a.title
FROM printed AS p
JOIN held AS h ON h.for_day = p.day AND h.currency = p.currency AND h.quote = p.quote
LEFT JOIN article AS a ON a.article = p.example_article
WHERE abs(p.value - h.per_unit) * 100 > h.per_unit
QUALIFY row_number() OVER (PARTITION BY p.site, p.captured_at
    ORDER BY abs(p.value - h.per_unit) / h.per_unit DESC, p.currency, p.value) = 1
ORDER BY abs(difference_percent) DESC, p.captured_at DESC, p.site
LIMIT $limit::BIGINT
