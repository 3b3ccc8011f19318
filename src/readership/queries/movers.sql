-- movers: articles whose views of the last 24 hours differ most from those of the 24 hours before, articles read for the first time in them, and articles that are gone.
-- columns: article BIGINT id; site; article_key; url; title; section; language; gained_24h BIGINT views in the 24 hours before the site's newest reading, NULL where no reading tells; gained_before BIGINT in the 24 hours before those; change BIGINT only where covered; change_percent DOUBLE only where covered, NULL when gained_before is 0; kind rising or falling, new, vanished; covered BOOLEAN readings cover at least half of both days; vanished_at TIMESTAMP UTC of the first capture with status 404 or 410
-- parameters: limit = 10 rows at most of each kind
WITH moved AS (
    SELECT a.article, a.site, a.article_key, a.url, a.title, a.section, a.language, t.gained_24h, t.gained_before,
        coalesce(2 * t.covered_24h_s >= 86400 AND 2 * t.covered_before_s >= 86400, FALSE) AS covered,
        CASE WHEN epoch(a.vanished_at) > coalesce(n.at_s, m.at_s) - 86400
                AND coalesce(epoch(a.vanished_at) > f.last_s, TRUE) THEN a.vanished_at END AS vanished_at,
        coalesce(t.is_new, FALSE) AS is_new
    FROM chosen($selection::selection) AS a
    LEFT JOIN newest_reading AS n ON n.site = a.site AND n.meter = ($selection::selection)['meter']
    LEFT JOIN article_meter AS f ON f.article = a.article AND f.meter = ($selection::selection)['meter']
    LEFT JOIN article_state AS t ON t.article = a.article AND t.meter = ($selection::selection)['meter']
    CROSS JOIN (
        SELECT max(r.at_s) AS at_s FROM newest_reading AS r WHERE r.meter = ($selection::selection)['meter']
    ) AS m
    WHERE t.article IS NOT NULL OR a.vanished_at IS NOT NULL
),
told AS (
    SELECT *, CASE WHEN covered THEN gained_24h - gained_before END AS change,
        CASE WHEN vanished_at IS NOT NULL THEN 'vanished' WHEN is_new THEN 'new'
            WHEN covered AND gained_24h > gained_before THEN 'rising'
            WHEN covered AND gained_24h < gained_before THEN 'falling' END AS kind
    FROM moved
)
SELECT article, site, article_key, url, title, section, language, gained_24h, gained_before, change,
    100 * change / nullif(gained_before, 0) AS change_percent, kind, covered, vanished_at
FROM told
WHERE kind IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY kind ORDER BY CASE kind WHEN 'vanished' THEN epoch(vanished_at)
    WHEN 'new' THEN gained_24h ELSE abs(change) END DESC NULLS LAST, site, article_key) <= $limit::BIGINT
ORDER BY list_position(['rising', 'falling', 'new', 'vanished'], kind),
    CASE kind WHEN 'vanished' THEN epoch(vanished_at) WHEN 'new' THEN gained_24h ELSE abs(change) END DESC NULLS LAST,
    site, article_key
