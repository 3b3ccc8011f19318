-- rate_pairs: the currency pairs there are figures of, printed by headers or imported from official feeds.
-- columns: currency; quote NULL when the site's quote currency is not known; captures BIGINT whose header prints it; sites BIGINT; official_days BIGINT; sources names joined by ", "; first_day DATE; last_day DATE of the official ones
WITH printed AS (
    SELECT r.currency, r.quote, sum(r.captures)::BIGINT AS captures, count(DISTINCT r.site) AS sites,
        min(r.position) AS position
    FROM header_rate AS r WHERE site_chosen($selection::selection, r.site) GROUP BY r.currency, r.quote
),
published AS (
    SELECT currency, quote, count(*) AS official_days, string_agg(DISTINCT source, ', ' ORDER BY source) AS sources,
        min(day) AS first_day, max(day) AS last_day
    FROM official_pick GROUP BY currency, quote
)
SELECT coalesce(p.currency, o.currency) AS currency, coalesce(p.quote, o.quote) AS quote,
    coalesce(p.captures, 0) AS captures, coalesce(p.sites, 0) AS sites, coalesce(o.official_days, 0) AS official_days,
    o.sources, o.first_day, o.last_day
FROM printed AS p FULL OUTER JOIN published AS o ON o.currency = p.currency AND o.quote = p.quote
ORDER BY coalesce(p.captures, 0) = 0, sum(coalesce(p.captures, 0)) OVER (PARTITION BY coalesce(p.quote, o.quote)) DESC, 2,
    p.position, 1
