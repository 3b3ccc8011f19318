-- views_gained: views gained in each bucket of the period, from differences between readings; what was there before the first reading stands apart as baseline.
-- columns: bucket TIMESTAMP local start; label hour with its offset when the hour comes twice, else the day; views BIGINT, NULL where nothing was being read; observed_share DOUBLE part of the views from readings no further apart than the bucket, NULL where views are 0; covered_share DOUBLE part of the bucket's time in which anything of the sites was being read; baseline BIGINT views before first readings that fell in the bucket; complete BOOLEAN the bucket ended before the newest reading
-- parameters: grain = 'day' or 'hour', 'week', 'month'
WITH slots AS (
    SELECT c.zone, c.slot, c.day, c.from_s, c.to_s,
        CASE $grain::VARCHAR WHEN 'hour' THEN c.local_hour WHEN 'week' THEN week_of(c.day, z.week_start)::TIMESTAMP
            WHEN 'month' THEN c.month::TIMESTAMP ELSE c.day::TIMESTAMP END AS bucket,
        CASE WHEN $grain::VARCHAR = 'hour' THEN c.label ELSE '' END AS label
    FROM (SELECT DISTINCT k.zone, k.week_start FROM clock($selection::selection) AS k) AS z
    JOIN calendar AS c ON c.zone = z.zone
    WHERE (($selection::selection)['since'] IS NULL OR c.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR c.day < ($selection::selection)['until'])
        AND (($selection::selection)['ends'] IS NULL
            OR c.from_s < list_max(list_transform(($selection::selection)['ends'], lambda e: e['at_s'])))
),
covered AS (
    SELECT bucket, label, sum(covered_s) AS covered_s, sum(to_s - from_s) AS possible_s
    FROM (
        SELECT l.bucket, l.label, l.from_s, l.to_s,
            max(CASE WHEN r.site IS NOT NULL THEN least(l.to_s, r.to_s) - greatest(l.from_s, r.from_s) ELSE 0 END)
                AS covered_s
        FROM slots AS l
        JOIN clock($selection::selection) AS z ON z.zone = l.zone
            AND z.site IN (SELECT w.site FROM read_span AS w WHERE w.meter = ($selection::selection)['meter'])
        LEFT JOIN read_span AS r ON r.site = z.site AND r.meter = ($selection::selection)['meter']
            AND r.from_s < l.to_s AND r.to_s > l.from_s
        GROUP BY ALL
    ) AS part
    GROUP BY bucket, label
),
gained AS (
    SELECT l.bucket, l.label, sum(g.views) AS views, sum(g.observed) AS observed
    FROM slots AS l JOIN gained_by_slot($selection::selection) AS g ON g.zone = l.zone AND g.slot = l.slot
    WHERE $grain::VARCHAR = 'hour'
    GROUP BY ALL
    UNION ALL
    SELECT l.bucket, '' AS label, sum(g.views) AS views,
        sum(CASE $grain::VARCHAR WHEN 'week' THEN g.observed_week WHEN 'month' THEN g.observed_month
            ELSE g.observed_day END) AS observed
    FROM gained_by_day($selection::selection) AS g
    JOIN (SELECT DISTINCT day, bucket FROM slots) AS l ON l.day = g.day
    WHERE $grain::VARCHAR <> 'hour'
    GROUP BY l.bucket
),
baselines AS (
    SELECT l.bucket, l.label, sum(b.baseline) AS baseline
    FROM slots AS l JOIN baseline_by_slot($selection::selection) AS b ON b.zone = l.zone AND b.slot = l.slot
    GROUP BY ALL
),
buckets AS (
    SELECT bucket, label, max(to_s) AS to_s FROM slots
    WHERE to_s > coalesce((SELECT min(m.start_s) FROM article_meter AS m WHERE m.meter = ($selection::selection)['meter']), to_s)
        AND (($selection::selection)['until'] IS NOT NULL
            OR from_s <= (SELECT max(m.last_s) FROM article_meter AS m WHERE m.meter = ($selection::selection)['meter']))
    GROUP BY bucket, label
)
SELECT k.bucket, k.label,
    CASE WHEN g.views IS NOT NULL THEN g.views::BIGINT WHEN v.covered_s > 0 THEN 0 END AS views,
    CASE WHEN g.views > 0 THEN g.observed / g.views END AS observed_share,
    v.covered_s / nullif(v.possible_s, 0) AS covered_share,
    coalesce(b.baseline, 0)::BIGINT AS baseline,
    k.to_s <= (SELECT max(m.last_s) FROM article_meter AS m WHERE m.meter = ($selection::selection)['meter']) AS complete
FROM buckets AS k
LEFT JOIN gained AS g ON g.bucket = k.bucket AND g.label = k.label
LEFT JOIN covered AS v ON v.bucket = k.bucket AND v.label = k.label
LEFT JOIN baselines AS b ON b.bucket = k.bucket AND b.label = k.label
ORDER BY k.bucket, k.to_s
