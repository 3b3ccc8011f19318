-- band: views of each local day beside the same weekday of the 8 weeks before; by the hour, one day's views so far beside those days' views by then.
-- columns: day DATE local; hour INTEGER of the day, NULL by the day; views BIGINT gained from midnight to cut_at, NULL where nothing was being read or the hour is still to come; median, q1, q3 BIGINT of the weeks found up to the same wall-clock time, NULL with fewer than 4; n BIGINT weeks found, those in which anything was being read by then; cut_at TIMESTAMP local wall clock up to which all are counted: that of the newest reading on its day, else the end of the day or hour
-- parameters: grain = 'day' or 'hour' (of one day, from midnight); day = NULL only this local day, or by the hour that of the newest reading
WITH newest AS MATERIALIZED (
    SELECT x.site, x.day, x.hour, x.into_s, (x.day, x.hour, x.into_s) = max((x.day, x.hour, x.into_s)) OVER () AS is_last
    FROM as_of($selection::selection) AS x
),
asked AS MATERIALIZED (
    SELECT t.hourly, t.day AS as_of_day, t.hour, t.into_s,
        coalesce($day::DATE, CASE WHEN t.hourly THEN t.day END, ($selection::selection)['since'], t.first_day) AS low,
        coalesce($day::DATE, CASE WHEN t.hourly THEN t.day END, least(($selection::selection)['until'] - 1, t.day)) AS high
    FROM (
        SELECT any_value(n.day) AS day, any_value(n.hour) AS hour, any_value(n.into_s) AS into_s,
            CAST($grain::VARCHAR AS ENUM ('day', 'hour')) = 'hour' AS hourly,
            (SELECT instant(min(f.from_s))::DATE FROM read_span AS f
                WHERE f.meter = ($selection::selection)['meter'] AND site_chosen($selection::selection, f.site)) AS first_day
        FROM newest AS n WHERE n.is_last
    ) AS t
),
reach AS MATERIALIZED (SELECT b.low - 56 AS low, b.high FROM asked AS b),
days AS MATERIALIZED (
    SELECT k.site, k.day, k.from_s, k.to_s, k.cut_s, k.as_of_day
    FROM day_cuts($selection::selection) AS k
    WHERE k.day BETWEEN (SELECT r.low FROM reach AS r) AND (SELECT r.high FROM reach AS r)
),
-- One row a site, day, week back (0 is the day itself) and hour; `cut` where it ends at the wall-clock time of the site's newest reading.
wanted AS MATERIALIZED (
    SELECT d.site, d.day, d.week, d.at_day, h.hour, e.from_s,
        d.day = d.as_of_day AND ($grain::VARCHAR <> 'hour'
            OR (h.hour >= n.hour AND (h.hour <= b.hour OR d.day < b.as_of_day))) AS cut,
        CASE WHEN d.day = d.as_of_day THEN e.cut_s ELSE e.to_s END AS day_end_s
    FROM (
        SELECT k.site, k.day, k.as_of_day, k.week, k.day - (7 * k.week)::INTEGER AS at_day
        FROM (SELECT site, day, as_of_day, unnest(range(0, 9)) AS week FROM days) AS k
        WHERE k.day >= (SELECT b.low FROM asked AS b)
    ) AS d
    JOIN days AS e ON e.site = d.site AND e.day = d.at_day
    JOIN newest AS n ON n.site = d.site
    CROSS JOIN asked AS b
    CROSS JOIN (
        SELECT r.hour FROM range(0, 24) AS r(hour) WHERE $grain::VARCHAR = 'hour'
        UNION ALL SELECT NULL AS hour WHERE $grain::VARCHAR <> 'hour'
    ) AS h
),
gained_hour AS MATERIALIZED (
    SELECT g.site, c.day, c.hour, sum(g.views)::BIGINT AS views
    FROM gained_by_site_hour($selection::selection, (SELECT r.low FROM reach AS r), (SELECT r.high FROM reach AS r)) AS g
    JOIN clock($selection::selection) AS z ON z.site = g.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = g.slot
    GROUP BY ALL
),
gained AS (
    SELECT w.site, w.at_day, w.hour, TRUE AS cut, g.views
    FROM (SELECT DISTINCT v.site, v.at_day, v.hour FROM wanted AS v WHERE v.cut) AS w
    JOIN gained_to_cut($selection::selection, (SELECT list(DISTINCT v.at_day) FROM wanted AS v WHERE v.cut),
        (SELECT r.high FROM reach AS r) - 58, (SELECT r.high FROM reach AS r)) AS g
        ON g.site = w.site AND g.day = w.at_day
    UNION ALL
    SELECT g.site, g.day, NULL AS hour, FALSE AS cut, g.views
    FROM gained_by_site_day($selection::selection, (SELECT r.low FROM reach AS r), (SELECT r.high FROM reach AS r)) AS g
    WHERE $grain::VARCHAR <> 'hour'
    UNION ALL
    SELECT w.site, w.at_day, w.hour, FALSE, sum(g.views)::BIGINT
    FROM (SELECT DISTINCT v.site, v.at_day, v.hour FROM wanted AS v WHERE NOT v.cut AND v.hour IS NOT NULL) AS w
    JOIN gained_hour AS g ON g.site = w.site AND g.day = w.at_day AND g.hour <= w.hour
    WHERE $grain::VARCHAR = 'hour'
    GROUP BY ALL
),
hour_end AS (
    SELECT c.zone, c.day, c.hour, max(c.to_s) AS end_s FROM calendar AS c
    WHERE c.day IN (SELECT v.at_day FROM wanted AS v WHERE v.hour IS NOT NULL)
    GROUP BY ALL
),
ended AS (
    SELECT w.*, CASE WHEN w.cut OR w.hour IS NULL THEN w.day_end_s ELSE h.end_s END AS end_s
    FROM wanted AS w
    JOIN clock($selection::selection) AS z ON z.site = w.site
    LEFT JOIN hour_end AS h ON h.zone = z.zone AND h.day = w.at_day AND h.hour = w.hour
),
valued AS (
    SELECT e.day, e.hour, e.week, sum(coalesce(g.views, 0))::BIGINT AS views
    FROM ended AS e
    LEFT JOIN gained AS g ON g.site = e.site AND g.at_day = e.at_day AND g.cut = e.cut
        AND g.hour IS NOT DISTINCT FROM e.hour
    GROUP BY e.day, e.hour, e.week
    HAVING bool_or(EXISTS (SELECT 1 FROM read_span AS r WHERE r.site = e.site
        AND r.meter = ($selection::selection)['meter'] AND r.from_s < e.end_s AND r.to_s > e.from_s AND e.end_s > e.from_s))
),
banded AS (
    SELECT day, hour, max(views) FILTER (week = 0) AS views, count(*) FILTER (week > 0) AS n,
        quantile_of(CASE WHEN week > 0 THEN views END, 50) AS median,
        quantile_of(CASE WHEN week > 0 THEN views END, 25) AS q1, quantile_of(CASE WHEN week > 0 THEN views END, 75) AS q3
    FROM valued
    GROUP BY day, hour
)
SELECT d.day, d.hour::INTEGER AS hour,
    CASE WHEN d.day < b.as_of_day OR d.hour IS NULL OR d.hour <= b.hour THEN v.views END AS views,
    CASE WHEN v.n >= 4 THEN v.median END AS median, CASE WHEN v.n >= 4 THEN v.q1 END AS q1,
    CASE WHEN v.n >= 4 THEN v.q3 END AS q3, coalesce(v.n, 0) AS n,
    CASE WHEN d.day = b.as_of_day AND coalesce(d.hour, b.hour) = b.hour
        THEN d.day::TIMESTAMP + to_seconds(b.hour * 3600 + b.into_s)
        ELSE d.day::TIMESTAMP + to_hours(coalesce(d.hour, 23) + 1) END AS cut_at
FROM (SELECT DISTINCT day, hour FROM wanted) AS d
CROSS JOIN asked AS b
LEFT JOIN banded AS v ON v.day = d.day AND v.hour IS NOT DISTINCT FROM d.hour
ORDER BY d.day, d.hour
