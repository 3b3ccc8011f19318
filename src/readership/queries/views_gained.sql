-- views_gained: views gained in each bucket of the period, from differences between readings; what was there before the first reading stands apart as baseline.
-- columns: bucket TIMESTAMP local start; label hour with its offset when the hour comes twice, else the day; views BIGINT, NULL where nothing was being read; observed_share DOUBLE part of the views from readings no further apart than the bucket, NULL where views are 0; covered_share DOUBLE part of the time covered by readings; baseline BIGINT views before first readings that fell in the bucket; complete BOOLEAN the bucket ended before the newest reading
-- parameters: grain = 'day' or 'hour', 'week', 'month'
WITH slots AS (
    SELECT c.zone, c.slot, c.day, c.to_s,
        CASE $grain::VARCHAR WHEN 'hour' THEN c.local_hour WHEN 'week' THEN c.week::TIMESTAMP
            WHEN 'month' THEN c.month::TIMESTAMP ELSE c.day::TIMESTAMP END AS bucket,
        CASE WHEN $grain::VARCHAR = 'hour' THEN c.label ELSE '' END AS label
    FROM calendar AS c
    WHERE c.zone IN (SELECT z.zone FROM site AS z WHERE site_chosen($selection::selection, z.site))
        AND (($selection::selection)['since'] IS NULL OR c.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR c.day < ($selection::selection)['until'])
),
covered AS (
    SELECT l.bucket, l.label, sum(v.covered_s) AS covered_s, sum(v.possible_s) AS possible_s
    FROM slots AS l JOIN covered_slots($selection::selection) AS v ON v.zone = l.zone AND v.slot = l.slot
    GROUP BY ALL
),
gained AS (
    SELECT l.bucket, l.label, sum(g.views) AS views, sum(g.observed) AS observed
    FROM slots AS l JOIN gained_by_slot($selection::selection) AS g ON g.zone = l.zone AND g.slot = l.slot
    WHERE $grain::VARCHAR = 'hour'
    GROUP BY ALL
    UNION ALL
    SELECT l.bucket, '', sum(g.views),
        sum(CASE $grain::VARCHAR WHEN 'week' THEN g.observed_week WHEN 'month' THEN g.observed_month
            ELSE g.observed_day END)
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
            OR to_s - 3600 <= (SELECT max(m.last_s) FROM article_meter AS m WHERE m.meter = ($selection::selection)['meter']))
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
