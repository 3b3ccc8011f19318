-- hour_weekday: when we are read and when we publish, by local weekday and hour; without dates over the 8 whole weeks before the day of the newest reading.
-- columns: weekday INTEGER 1 Monday to 7; hour INTEGER 0 to 23; views BIGINT gained, NULL where nothing was being read; articles_published BIGINT with a known time of day; buckets BIGINT such hours in the range, up to the newest reading; observed_hours BIGINT of these, hours in which readings cover some time; views_per_hour DOUBLE a mean observed hour; observed_share DOUBLE part of the views from readings no further apart than an hour, NULL where views are 0
WITH reach AS MATERIALIZED (
    SELECT coalesce(s.since, CASE WHEN s.until IS NULL THEN t.day - 56 ELSE DATE '1900-01-01' END) AS low,
        least(t.day, CASE WHEN s.until IS NOT NULL THEN s.until - 1 WHEN s.since IS NULL THEN t.day - 1 ELSE t.day END) AS high
    FROM (SELECT ($selection::selection)['since'] AS since, ($selection::selection)['until'] AS until) AS s
    CROSS JOIN (SELECT max(x.day) AS day FROM as_of($selection::selection) AS x) AS t
),
slots AS (
    SELECT c.weekday, c.hour, c.local_hour, c.label,
        bool_or(EXISTS (SELECT 1 FROM read_span AS r WHERE r.site = t.site AND r.meter = ($selection::selection)['meter']
            AND r.from_s < c.to_s AND r.to_s > c.from_s)) AS is_observed
    FROM as_of($selection::selection) AS t
    JOIN (SELECT r.site, min(r.from_s) AS from_s FROM read_span AS r
        WHERE r.meter = ($selection::selection)['meter'] GROUP BY r.site) AS f ON f.site = t.site
    JOIN calendar AS c ON c.zone = t.zone
    WHERE c.day BETWEEN (SELECT r.low FROM reach AS r) AND (SELECT r.high FROM reach AS r)
        AND c.from_s < t.at_s AND c.to_s > f.from_s
        AND (($selection::selection)['ends'] IS NULL OR c.from_s < end_of($selection::selection, t.site)['at_s'])
    GROUP BY ALL
),
counted AS (
    SELECT weekday, hour, count(*) AS buckets, count(*) FILTER (is_observed) AS observed_hours FROM slots GROUP BY ALL
),
gained AS (
    SELECT c.weekday, c.hour, sum(g.views)::BIGINT AS views, sum(g.observed)::BIGINT AS observed
    FROM gained_by_site_hour($selection::selection, (SELECT r.low FROM reach AS r), (SELECT r.high FROM reach AS r)) AS g
    JOIN clock($selection::selection) AS z ON z.site = g.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = g.slot
    WHERE ($selection::selection)['ends'] IS NULL
    GROUP BY c.weekday, c.hour
    UNION ALL
    -- Of a selection that ends at a moment: by the twin of this macro, up to that moment.
    SELECT c.weekday, c.hour, sum(g.views)::BIGINT AS views, sum(g.observed)::BIGINT AS observed
    FROM gained_by_slot($selection::selection) AS g
    JOIN calendar AS c ON c.zone = g.zone AND c.slot = g.slot
    WHERE ($selection::selection)['ends'] IS NOT NULL
    GROUP BY c.weekday, c.hour
),
published AS (
    SELECT c.weekday, c.hour, sum(p.articles) AS articles
    FROM (
        SELECT z.zone, (a.published_s + z.phase_s) // z.slot_s AS slot, count(*) AS articles
        FROM chosen($selection::selection) AS a
        JOIN clock($selection::selection) AS z ON z.site = a.site
        WHERE a.published_day BETWEEN (SELECT r.low FROM reach AS r) AND (SELECT r.high FROM reach AS r)
            AND (($selection::selection)['ends'] IS NULL OR a.published_s < end_of($selection::selection, a.site)['at_s'])
        GROUP BY ALL
    ) AS p
    JOIN calendar AS c ON c.zone = p.zone AND c.slot = p.slot
    GROUP BY ALL
)
SELECT w.weekday::INTEGER AS weekday, h.hour::INTEGER AS hour,
    CASE WHEN n.observed_hours > 0 THEN coalesce(g.views, 0) END AS views, coalesce(p.articles, 0) AS articles_published,
    coalesce(n.buckets, 0) AS buckets, coalesce(n.observed_hours, 0) AS observed_hours,
    CASE WHEN n.observed_hours > 0 THEN coalesce(g.views, 0) / n.observed_hours END AS views_per_hour,
    g.observed / nullif(g.views, 0) AS observed_share
FROM range(1, 8) AS w(weekday) CROSS JOIN range(0, 24) AS h(hour)
LEFT JOIN counted AS n ON n.weekday = w.weekday AND n.hour = h.hour
LEFT JOIN gained AS g ON g.weekday = w.weekday AND g.hour = h.hour
LEFT JOIN published AS p ON p.weekday = w.weekday AND p.hour = h.hour
ORDER BY w.weekday, h.hour
