-- compare_newest: where each selected site stands: the local day of its newest reading, and from when on anything of it is known.
-- columns: site; day DATE local of the newest reading, of the selection's newest one for a site never read; hour INTEGER its wall-clock hour; into_s BIGINT seconds into that hour; read_since DATE local day of its first reading, NULL when never read; written_since DATE day of its oldest article, NULL when none has one
WITH newest AS MATERIALIZED (
    SELECT x.site, x.day, x.hour, x.into_s FROM as_of($selection::selection) AS x
),
last AS (SELECT * FROM newest ORDER BY day DESC, hour DESC, into_s DESC, site LIMIT 1)
SELECT z.site, coalesce(t.day, l.day) AS day, coalesce(t.hour, l.hour)::INTEGER AS hour, coalesce(t.into_s, l.into_s) AS into_s,
    r.day AS read_since, f.day AS written_since
FROM last AS l
CROSS JOIN clock($selection::selection) AS z
LEFT JOIN newest AS t ON t.site = z.site
LEFT JOIN (
    SELECT s.site, min(y.day) AS day
    FROM (SELECT site, min(from_s) AS from_s FROM read_span WHERE meter = ($selection::selection)['meter'] GROUP BY site) AS s
    JOIN clock($selection::selection) AS k ON k.site = s.site
    JOIN calendar_day AS y ON y.zone = k.zone AND y.to_s > s.from_s
    GROUP BY s.site
) AS r ON r.site = z.site
LEFT JOIN (SELECT a.site, min(a.published_day) AS day FROM article AS a GROUP BY a.site) AS f ON f.site = z.site
WHERE site_chosen($selection::selection, z.site)
ORDER BY z.site
