-- header_latest: the newest header figure of each site and currency, whatever dates are chosen, with its change against the captured one before.
-- columns: official DECIMAL per unit that held on the local day of the capture, and official_day, official_source; previous_at TIMESTAMP; site; captured_at TIMESTAMP, NULL when every capture's moment is unknown; captured_at_basis; currency; value DECIMAL; quote; previous DECIMAL; change DECIMAL; change_percent DOUBLE; captures BIGINT; disagree BOOLEAN; labelled BOOLEAN; certain BOOLEAN; position INTEGER in the header
WITH ordered AS (
    SELECT r.*,
        count(*) OVER (PARTITION BY r.site, r.currency, r.captured_at) > 1 AS disagree,
        lag(r.value) OVER (PARTITION BY r.site, r.currency ORDER BY r.captured_at NULLS FIRST, r.captures, r.value) AS before,
        lag(r.captured_at) OVER (PARTITION BY r.site, r.currency ORDER BY r.captured_at NULLS FIRST, r.captures, r.value) AS before_at
    FROM header_rate AS r
    WHERE site_chosen($selection::selection, r.site)
),
newest AS (
    SELECT o.*, c.day
    FROM ordered AS o
    JOIN site AS z ON z.site = o.site
    LEFT JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(o.captured_at)::BIGINT + z.phase_s) // 3600
    QUALIFY row_number() OVER (PARTITION BY o.site, o.currency
        ORDER BY o.captured_at DESC NULLS LAST, o.captures DESC, o.value DESC) = 1
),
held AS (FROM official_on((SELECT list(DISTINCT day) FROM newest)))
SELECT o.site, o.captured_at, o.captured_at_basis, o.currency, o.value, o.quote,
    CASE WHEN o.before_at IS NOT NULL THEN o.before END AS previous,
    CASE WHEN o.before_at IS NOT NULL THEN o.value - o.before END AS change,
    CASE WHEN o.before_at IS NOT NULL THEN 100 * (o.value - o.before)::DOUBLE / nullif(o.before::DOUBLE, 0) END AS change_percent,
    o.captures, o.disagree, o.labelled, o.certain, o.position, o.before_at AS previous_at, h.per_unit AS official,
    h.official_day, h.source AS official_source
FROM newest AS o
LEFT JOIN held AS h ON h.for_day = o.day AND h.currency = o.currency AND h.quote = o.quote
ORDER BY (SELECT count(*) FROM article AS b WHERE b.site = o.site) DESC, o.site, o.position, o.currency
