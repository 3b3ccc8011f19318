-- header_latest: the newest header figure of each site and currency, whatever dates are chosen, with its change against the captured one before.
-- columns: site; captured_at TIMESTAMP, NULL when every capture's moment is unknown; captured_at_basis; currency; value DECIMAL; quote; previous DECIMAL; change DECIMAL; change_percent DOUBLE; captures BIGINT; disagree BOOLEAN; labelled BOOLEAN; certain BOOLEAN; position INTEGER in the header
WITH ordered AS (
    SELECT r.*,
        count(*) OVER (PARTITION BY r.site, r.currency, r.captured_at) > 1 AS disagree,
        lag(r.value) OVER (PARTITION BY r.site, r.currency ORDER BY r.captured_at NULLS FIRST, r.captures, r.value) AS before,
        lag(r.captured_at) OVER (PARTITION BY r.site, r.currency ORDER BY r.captured_at NULLS FIRST, r.captures, r.value) AS before_at
    FROM header_rate AS r
    WHERE site_chosen($selection::selection, r.site)
)
SELECT o.site, o.captured_at, o.captured_at_basis, o.currency, o.value, o.quote,
    CASE WHEN o.before_at IS NOT NULL THEN o.before END AS previous,
    CASE WHEN o.before_at IS NOT NULL THEN o.value - o.before END AS change,
    CASE WHEN o.before_at IS NOT NULL THEN 100 * (o.value - o.before)::DOUBLE / nullif(o.before::DOUBLE, 0) END AS change_percent,
    o.captures, o.disagree, o.labelled, o.certain, o.position
FROM ordered AS o
QUALIFY row_number() OVER (PARTITION BY o.site, o.currency ORDER BY o.captured_at DESC NULLS LAST, o.captures DESC, o.value DESC) = 1
ORDER BY count(*) OVER (PARTITION BY o.site) DESC, o.site, o.position, o.currency
