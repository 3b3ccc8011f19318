-- compare_ends: where another period ends at each site so that it is as long as the selection's own, which may still run: at the wall-clock time of the site's newest reading.
-- columns: site; day DATE the days before it count whole; from_s BIGINT, at_s BIGINT epoch seconds of what counts of that day, equal when nothing does
-- parameters: other_since = NULL first day of the other period, by default the selection's own; other_until = NULL day after its last; days = NULL by which it lies before, NULL to count from its first day; months = '0' by which it lies before
WITH newest AS MATERIALIZED (
    SELECT x.site, x.day, x.hour, x.into_s, x.at_s FROM as_of($selection::selection) AS x
),
last AS MATERIALIZED (SELECT * FROM newest ORDER BY day DESC, hour DESC, into_s DESC, site LIMIT 1),
place AS (
    SELECT z.site, z.zone, coalesce(t.day, l.day) AS day, coalesce(t.hour, l.hour) AS hour, coalesce(t.into_s, l.into_s) AS into_s,
        s.since, coalesce(s.until, l.day + 1) AS until, $other_since::DATE IS NULL AS is_own, t.at_s,
        coalesce($other_since::DATE, s.since) AS low, coalesce($other_until::DATE, s.until, l.day + 1) AS high
    FROM last AS l
    CROSS JOIN (SELECT ($selection::selection)['since'] AS since, ($selection::selection)['until'] AS until) AS s
    CROSS JOIN clock($selection::selection) AS z
    LEFT JOIN newest AS t ON t.site = z.site
    WHERE site_chosen($selection::selection, z.site)
),
ending AS (
    SELECT *, day < until AS cut,
        CASE WHEN day >= until - 1 THEN high - 1
            WHEN is_own THEN day
            WHEN $days::INTEGER IS NULL THEN least(high - 1, low + (day - since)::INTEGER)
            ELSE least(high - 1, (day - $days::INTEGER - to_months($months::INTEGER))::DATE) END AS last_day
    FROM place
),
side AS (
    SELECT e.site, e.last_day, e.cut, min(c.from_s) AS from_s, max(c.to_s) AS to_s,
        CASE WHEN e.is_own AND e.at_s IS NOT NULL THEN e.at_s
            ELSE least(max(c.to_s), min(c.from_s) FILTER (c.hour >= e.hour) + e.into_s) END AS cut_s
    FROM ending AS e JOIN calendar AS c ON c.zone = e.zone AND c.day = e.last_day
    GROUP BY e.site, e.last_day, e.cut, e.hour, e.into_s, e.is_own, e.at_s
)
SELECT site, CASE WHEN cut THEN last_day ELSE last_day + 1 END AS day, CASE WHEN cut THEN from_s ELSE to_s END AS from_s,
    CASE WHEN cut THEN cut_s ELSE to_s END AS at_s
FROM side
ORDER BY site
