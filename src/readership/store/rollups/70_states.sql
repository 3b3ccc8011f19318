-- What depends on T, the newest reading of each site and meter, for articles read in the 90 days before T. Rows of a site
-- and meter that nothing new was read of (not `stirred`) stay; so do, of an article that nothing new was read of, its peak
-- while that lies in the window, and the mean of its best days while as many of them are asked for. Reads facts.gain (meters
-- that count events have no first reading), `touched`, `stirred`, `span`, `latest`, `article_meter`, `article`, `interval`, `site`,
-- `calendar`, `calendar_day`, and the edition's own `article_state`, `newest_reading`, `spike_threshold` as they were.
-- Seconds throughout: 3600 an hour, 10800 three, 21600 six, 86400 a day, 172800 48 h, 604800 a week, 691200 8 days,
-- 1728000 20, 7776000 90.

CREATE TEMP TABLE fresh_newest_reading AS
SELECT site, meter, max(last_s) AS at_s
FROM latest
WHERE last_s IS NOT NULL
GROUP BY site, meter;

-- When anything of a site was being read: the observed spans of its articles, merged.
CREATE TEMP TABLE reached AS
SELECT site, meter, start_s, last_s,
    max(last_s) OVER (PARTITION BY site, meter ORDER BY start_s, last_s
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached_s,
    row_number() OVER (PARTITION BY site, meter ORDER BY start_s, last_s) AS position
FROM (SELECT DISTINCT site, meter, start_s, last_s FROM span WHERE last_s > start_s) AS s;

CREATE TEMP TABLE fresh_read_span AS
SELECT site, meter, min(start_s) AS from_s, max(last_s) AS to_s
FROM (
    SELECT site, meter, start_s, last_s,
        sum(CASE WHEN start_s <= reached_s THEN 0 ELSE 1 END) OVER (PARTITION BY site, meter ORDER BY position
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
    FROM reached
) AS marked
GROUP BY site, meter, island;

-- Articles read in the last 90 days.
CREATE TEMP TABLE lately AS
SELECT m.article, m.meter, a.site, a.section, a.published_s, m.first_s, m.last_s, n.at_s AS now_s
FROM article_meter AS m
JOIN article AS a ON a.article = m.article
JOIN fresh_newest_reading AS n ON n.site = a.site AND n.meter = m.meter
JOIN stirred AS t ON t.site = a.site AND t.meter = m.meter
WHERE m.last_s > n.at_s - 7776000 AND m.last_s > (SELECT min(at_s) - 7776000 FROM fresh_newest_reading);

-- What is known of those that nothing new was read of.
CREATE TEMP TABLE standing AS
SELECT h.article, h.meter, h.velocity, h.peak_velocity, h.peak_s, h.best_day_mean, h.live_days
FROM article_state AS h
JOIN lately AS l ON l.article = h.article AND l.meter = h.meter
JOIN newest_reading AS n ON n.site = l.site AND n.meter = l.meter AND n.at_s <= l.now_s
LEFT JOIN touched AS t ON t.article = h.article
WHERE t.article IS NULL;

-- Articles whose velocities are looked at: read anew, young, or with a peak that left the window; and their intervals of the
-- 90 days (and the hour before, for runs that reach back).
CREATE TEMP TABLE followed AS
SELECT l.*
FROM lately AS l LEFT JOIN standing AS s ON s.article = l.article AND s.meter = l.meter
WHERE s.article IS NULL OR s.peak_s <= l.now_s - 7776000 OR l.published_s >= l.now_s - 604800;

CREATE TEMP TABLE followed_interval AS
SELECT i.article, i.meter, i.to_s, i.gained, i.to_s - i.from_s AS length_s, f.now_s
FROM interval AS i JOIN followed AS f ON f.article = i.article AND f.meter = i.meter
WHERE i.from_s IS NOT NULL AND i.to_s > i.from_s AND i.to_s > f.now_s - 7779600;

-- Gains of the last day, the day before and the week, by F; and how much of each day is covered.
CREATE TEMP TABLE lately_gain AS
SELECT article, meter,
    CAST(sum(CASE WHEN to_s > now_s - 86400
        THEN gained - (gained * (greatest(now_s - 86400, from_s) - from_s)) // nullif(length_s, 0) END) AS BIGINT) AS gained_24h,
    CAST(sum(CASE WHEN to_s > now_s - 86400 THEN to_s - greatest(now_s - 86400, from_s) ELSE 0 END) AS BIGINT) AS covered_24h_s,
    CAST(sum(CASE WHEN to_s > now_s - 172800 AND from_s < now_s - 86400
        THEN (gained * (least(now_s - 86400, to_s) - from_s)) // nullif(length_s, 0)
            - (gained * (greatest(now_s - 172800, from_s) - from_s)) // nullif(length_s, 0) END) AS BIGINT) AS gained_before,
    CAST(sum(CASE WHEN to_s > now_s - 172800 AND from_s < now_s - 86400
        THEN least(now_s - 86400, to_s) - greatest(now_s - 172800, from_s) ELSE 0 END) AS BIGINT) AS covered_before_s,
    CAST(sum(gained - (gained * (greatest(now_s - 604800, from_s) - from_s)) // nullif(length_s, 0)) AS BIGINT) AS gained_7d
FROM (
    SELECT i.article, i.meter, i.from_s, i.to_s, i.gained, i.to_s - i.from_s AS length_s, l.now_s
    FROM (
        SELECT article, meter, from_s, to_s, gained FROM interval
        WHERE from_s IS NOT NULL AND to_s > from_s AND to_s > (SELECT min(now_s) - 604800 FROM lately)
    ) AS i
    JOIN lately AS l ON l.article = i.article AND l.meter = i.meter
    WHERE i.to_s > l.now_s - 604800
) AS week
GROUP BY article, meter;

-- Velocity at each reading: gain over the shortest run of intervals that ends there and lasts an hour or more.
CREATE TEMP TABLE run AS
SELECT article, meter, to_s, now_s,
    CAST(sum(length_s) OVER (PARTITION BY article, meter ORDER BY to_s
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS seconds,
    CAST(sum(gained) OVER (PARTITION BY article, meter ORDER BY to_s
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS views
FROM followed_interval;

CREATE TEMP TABLE speed AS
SELECT article, meter, to_s, now_s, run_views, CAST(run_views * 3600 AS DOUBLE) / nullif(run_s, 0) AS velocity
FROM (
    SELECT article, meter, to_s, now_s, seconds,
        views - coalesce(max(views) OVER (PARTITION BY article, meter ORDER BY seconds
            RANGE BETWEEN UNBOUNDED PRECEDING AND 3600 PRECEDING), 0) AS run_views,
        seconds - coalesce(max(seconds) OVER (PARTITION BY article, meter ORDER BY seconds
            RANGE BETWEEN UNBOUNDED PRECEDING AND 3600 PRECEDING), 0) AS run_s
    FROM run
) AS measured
WHERE seconds >= 3600;

CREATE TEMP TABLE height AS
SELECT article, meter, max(velocity) AS velocity
FROM speed
WHERE run_views >= 20 AND to_s > now_s - 7776000
GROUP BY article, meter;

CREATE TEMP TABLE peak AS
SELECT l.article, l.meter, l.site, l.section, p.peak_velocity, p.peak_s
FROM (
    SELECT h.article, h.meter, h.velocity AS peak_velocity, max(s.to_s) AS peak_s
    FROM height AS h
    JOIN speed AS s ON s.article = h.article AND s.meter = h.meter AND s.velocity = h.velocity AND s.run_views >= 20
    GROUP BY h.article, h.meter, h.velocity
    UNION ALL
    SELECT s.article, s.meter, s.peak_velocity, s.peak_s
    FROM standing AS s LEFT JOIN followed AS f ON f.article = s.article AND f.meter = s.meter
    WHERE f.article IS NULL AND s.peak_velocity IS NOT NULL
) AS p
JOIN lately AS l ON l.article = p.article AND l.meter = p.meter;

-- The 95th percentile of these peaks: of a section, and of the site (section NULL), each from 20 articles on.
CREATE TEMP TABLE fresh_spike_threshold AS
SELECT site, meter, section, peak_velocity AS threshold, articles
FROM (
    SELECT site, meter, section, peak_velocity,
        row_number() OVER (PARTITION BY site, meter, section ORDER BY peak_velocity) AS rank,
        count(*) OVER (PARTITION BY site, meter, section) AS articles
    FROM (
        SELECT site, meter, section, peak_velocity FROM peak WHERE section IS NOT NULL
        UNION ALL SELECT site, meter, NULL, peak_velocity FROM peak
    ) AS grouped
) AS ranked_peak
WHERE articles >= 20 AND rank = (95 * articles + 99) // 100
UNION ALL
SELECT h.site, h.meter, h.section, h.threshold, h.articles
FROM spike_threshold AS h LEFT JOIN stirred AS t ON t.site = h.site AND t.meter = h.meter
WHERE t.site IS NULL;

-- Spikes: articles at most 7 days old that are faster than their threshold now, with what their velocity did before.
CREATE TEMP TABLE young AS
SELECT s.article, s.meter, s.to_s, s.velocity, s.run_views, l.last_s, l.now_s, coalesce(t.threshold, u.threshold) AS threshold
FROM lately AS l
JOIN speed AS s ON s.article = l.article AND s.meter = l.meter
LEFT JOIN fresh_spike_threshold AS t ON t.site = l.site AND t.meter = l.meter AND t.section = l.section
LEFT JOIN fresh_spike_threshold AS u ON u.site = l.site AND u.meter = l.meter AND u.section IS NULL
WHERE l.published_s <= l.now_s AND l.published_s >= l.now_s - 604800;

CREATE TEMP TABLE spiking AS
SELECT y.article, y.meter, y.last_s, y.velocity, y.threshold, max(b.to_s) AS fell_s
FROM young AS y
LEFT JOIN young AS b ON b.article = y.article AND b.meter = y.meter AND b.to_s < y.last_s AND b.velocity <= y.threshold
WHERE y.to_s = y.last_s AND y.last_s >= y.now_s - 10800 AND y.run_views >= 20 AND y.velocity > y.threshold
GROUP BY y.article, y.meter, y.last_s, y.velocity, y.threshold;

CREATE TEMP TABLE spike_past AS
SELECT k.article, k.meter, k.last_s, k.velocity, k.threshold, k.fell_s,
    min(CASE WHEN b.velocity > k.threshold AND b.to_s > coalesce(k.fell_s, b.to_s - 1) THEN b.to_s END) AS since_s,
    max(CASE WHEN b.velocity > k.threshold AND b.to_s < k.fell_s THEN b.to_s END) AS rose_s,
    max(CASE WHEN b.velocity > 2 * k.threshold AND b.to_s <= k.last_s - 21600
        AND b.to_s > coalesce(k.fell_s, b.to_s - 1) THEN 1 ELSE 0 END) AS strong_before
FROM spiking AS k JOIN young AS b ON b.article = k.article AND b.meter = k.meter
GROUP BY k.article, k.meter, k.last_s, k.velocity, k.threshold, k.fell_s;

-- `back` when the last stretch at or below the threshold, after one above, began six hours ago or more.
CREATE TEMP TABLE spike AS
SELECT p.article, p.meter, p.since_s,
    CASE WHEN p.velocity > 2 * p.threshold AND p.strong_before = 1 THEN 'still-strong'
        WHEN p.rose_s IS NOT NULL AND p.last_s - min(b.to_s) >= 21600 THEN 'back'
        WHEN p.velocity > 2 * p.threshold THEN 'strong' ELSE 'rising' END AS state
FROM spike_past AS p
LEFT JOIN young AS b ON b.article = p.article AND b.meter = p.meter AND b.to_s > p.rose_s AND b.to_s <= p.fell_s
GROUP BY p.article, p.meter, p.since_s, p.velocity, p.threshold, p.strong_before, p.rose_s, p.last_s;

-- Evergreen: articles of 8 days and older with 20 views in a week; their best days from intervals of at most 48 h, which
-- touch four local days at most.
CREATE TEMP TABLE lasting AS
SELECT l.article, l.meter, s.zone, s.phase_s, s.slot_s, l.now_s, g.gained_7d, (l.now_s - l.published_s) // 86400 AS live_days,
    l.now_s - l.published_s AS age_s, greatest(5, ((l.now_s - l.published_s) // 86400 + 9) // 10) AS wanted
FROM lately AS l
JOIN lately_gain AS g ON g.article = l.article AND g.meter = l.meter
JOIN site AS s ON s.site = l.site
WHERE l.published_s <= l.now_s - 691200 AND l.last_s >= l.now_s - 604800 AND g.gained_7d >= 20;

CREATE TEMP TABLE weighed AS
SELECT l.article, l.meter, l.zone, l.phase_s, l.slot_s, l.wanted
FROM lasting AS l LEFT JOIN standing AS s ON s.article = l.article AND s.meter = l.meter
WHERE s.live_days IS NULL OR greatest(5, (s.live_days + 9) // 10) <> l.wanted;

CREATE TEMP TABLE numbered_day AS
SELECT zone, day, from_s, to_s, row_number() OVER (PARTITION BY zone ORDER BY from_s) AS number FROM calendar_day;

-- The four days from the one of each slot: a small table to meet the intervals by equality.
CREATE TEMP TABLE further_day AS
SELECT d.zone, d.number, d.from_s, d.to_s, d.number - n.further AS since
FROM numbered_day AS d
CROSS JOIN (SELECT 0 AS further UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS n;

CREATE TEMP TABLE day_ahead AS
SELECT c.zone, c.slot, d.number, d.from_s, d.to_s
FROM calendar AS c
JOIN numbered_day AS f ON f.zone = c.zone AND f.day = c.day
JOIN further_day AS d ON d.zone = f.zone AND d.since = f.number;

CREATE TEMP TABLE short_interval AS
SELECT i.article, i.meter, i.from_s, i.to_s, i.gained, l.zone, (i.from_s + l.phase_s) // nullif(l.slot_s, 0) AS slot
FROM interval AS i JOIN weighed AS l ON l.article = i.article AND l.meter = i.meter
WHERE i.from_s IS NOT NULL AND i.to_s > i.from_s AND i.to_s - i.from_s <= 172800;

CREATE TEMP TABLE watched_day AS
SELECT i.article, i.meter, d.number,
    CAST(sum((i.gained * (least(d.to_s, i.to_s) - i.from_s)) // nullif(i.to_s - i.from_s, 0)
        - (i.gained * (greatest(d.from_s, i.from_s) - i.from_s)) // nullif(i.to_s - i.from_s, 0)) AS BIGINT) AS views
FROM short_interval AS i JOIN day_ahead AS d ON d.zone = i.zone AND d.slot = i.slot
WHERE d.from_s < i.to_s
GROUP BY i.article, i.meter, d.number;

CREATE TEMP TABLE best_days AS
SELECT article, meter, count(*) AS days, sum(views) AS views
FROM (
    SELECT w.article, w.meter, w.views, l.wanted,
        row_number() OVER (PARTITION BY w.article, w.meter ORDER BY w.views DESC, w.number) AS rank
    FROM watched_day AS w JOIN weighed AS l ON l.article = w.article AND l.meter = w.meter
) AS ranked_day
WHERE rank <= wanted
GROUP BY article, meter;

CREATE TEMP TABLE endurance AS
SELECT l.article, l.meter, l.gained_7d, l.live_days, l.age_s,
    CASE WHEN w.article IS NULL THEN s.best_day_mean
        WHEN b.days = l.wanted THEN CAST(b.views AS DOUBLE) / nullif(b.days, 0) END AS best_day_mean
FROM lasting AS l
LEFT JOIN weighed AS w ON w.article = l.article AND w.meter = l.meter
LEFT JOIN best_days AS b ON b.article = l.article AND b.meter = l.meter
LEFT JOIN standing AS s ON s.article = l.article AND s.meter = l.meter;

CREATE TEMP TABLE fresh_article_state AS
SELECT l.article, l.meter, g.gained_24h, coalesce(g.covered_24h_s, 0) AS covered_24h_s, g.gained_before,
    coalesce(g.covered_before_s, 0) AS covered_before_s, g.gained_7d,
    CASE WHEN x.meter IS NULL THEN l.first_s > l.now_s - 86400 ELSE FALSE END AS is_new,
    CASE WHEN f.article IS NOT NULL THEN v.velocity WHEN l.last_s >= l.now_s - 10800 THEN s.velocity END AS velocity,
    p.peak_velocity, p.peak_s, k.state AS spike_state, k.since_s AS spike_since_s,
    CASE WHEN l.published_s IS NULL THEN NULL
        WHEN e.article IS NULL THEN 'no'
        WHEN e.best_day_mean IS NULL THEN 'unknown'
        WHEN e.gained_7d < 0.3 * power(e.best_day_mean, 0.7) THEN 'no'
        WHEN e.age_s > 1728000 THEN 'evergreen' ELSE 'candidate' END AS evergreen_state,
    e.best_day_mean, e.live_days
FROM lately AS l
LEFT JOIN lately_gain AS g ON g.article = l.article AND g.meter = l.meter
LEFT JOIN standing AS s ON s.article = l.article AND s.meter = l.meter
LEFT JOIN followed AS f ON f.article = l.article AND f.meter = l.meter
LEFT JOIN speed AS v ON v.article = l.article AND v.meter = l.meter AND v.to_s = l.last_s
    AND v.run_views >= 20 AND l.last_s >= l.now_s - 10800
LEFT JOIN peak AS p ON p.article = l.article AND p.meter = l.meter
LEFT JOIN spike AS k ON k.article = l.article AND k.meter = l.meter
LEFT JOIN endurance AS e ON e.article = l.article AND e.meter = l.meter
LEFT JOIN (SELECT DISTINCT meter FROM facts.gain) AS x ON x.meter = l.meter
UNION ALL
SELECT h.article, h.meter, h.gained_24h, h.covered_24h_s, h.gained_before, h.covered_before_s, h.gained_7d, h.is_new,
    h.velocity, h.peak_velocity, h.peak_s, h.spike_state, h.spike_since_s, h.evergreen_state, h.best_day_mean, h.live_days
FROM article_state AS h
JOIN article AS a ON a.article = h.article
LEFT JOIN stirred AS t ON t.site = a.site AND t.meter = h.meter
WHERE t.site IS NULL;
