-- silences: sections with nothing new for longer than nearly always before: the time since the last article beside the gaps of the 8 weeks before it.
-- columns: site; section; last_at TIMESTAMP publication of its newest article; articles BIGINT of those 8 weeks; silent_h DOUBLE hours from then to the site's newest reading; usual_h DOUBLE 95th percentile of its gaps in hours, NULL with fewer than 20 gaps; as_of TIMESTAMP the site's newest reading
WITH newest AS (
    SELECT site, max(at_s) AS at_s FROM newest_reading WHERE meter = ($selection::selection)['meter'] GROUP BY site
),
published AS (
    SELECT a.site, a.section, a.published_s,
        max(a.published_s) OVER (PARTITION BY a.site, a.section) AS last_s
    FROM chosen($selection::selection) AS a
    JOIN newest AS n ON n.site = a.site
    WHERE a.section IS NOT NULL AND a.published_s IS NOT NULL AND a.published_s <= n.at_s
),
gaps AS (
    SELECT site, section, last_s, published_s,
        published_s - lag(published_s) OVER (PARTITION BY site, section ORDER BY published_s) AS gap_s
    FROM published
    WHERE published_s >= last_s - 56 * 86400
),
known AS (
    SELECT site, section, any_value(last_s) AS last_s, count(*) AS articles, count(gap_s) AS gaps,
        quantile_of(gap_s, 95) AS usual_s
    FROM gaps
    GROUP BY site, section
)
SELECT k.site, k.section, instant(k.last_s) AS last_at, k.articles, (n.at_s - k.last_s) / 3600 AS silent_h,
    CASE WHEN k.gaps >= 20 THEN k.usual_s / 3600 END AS usual_h, instant(n.at_s) AS as_of
FROM known AS k
JOIN newest AS n ON n.site = k.site
ORDER BY (n.at_s - k.last_s) / nullif(k.usual_s, 0) DESC NULLS LAST, k.site, k.section
