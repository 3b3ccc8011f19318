-- Pieces: the whole views of each interval of `moving`, by the hour slot they fall in. F(x) = ⌊gained·(x − from)/length⌋;
-- a slot's views are F(end) − F(start), clipped to the interval. An interval with fewer views than slots is walked by its
-- views instead (view j falls at from + ⌈j·length/gained⌉): the same whole numbers from fewer rows. No sum is lost:
-- the pieces of an interval add up to `gained`, exactly. Reads `moving`, `ladder` (n < 2^rung for each rung), `site`,
-- `newsroom`, `calendar`, `calendar_week`, `moving_dimension`; fills `piece` and its sums. A series is a site and a meter, as a number: whole numbers are
-- joined and grouped much faster than names.

CREATE TEMP TABLE series AS
SELECT row_number() OVER (ORDER BY m.site, m.meter) AS series, m.site, m.meter, s.zone, s.week_start, s.phase_s, s.slot_s,
    n.is_shared AND n.zone = s.zone AND n.week_start = s.week_start AS on_shared,
    n.is_shared AND (n.zone <> s.zone OR n.week_start <> s.week_start) AS is_apart
FROM (SELECT DISTINCT site, meter FROM moving) AS m
JOIN site AS s ON s.site = m.site
CROSS JOIN newsroom AS n;

-- The slots of each series on its own clock, and on the newsroom's where that is another one and sites have several.
CREATE TEMP TABLE clock_slot AS
SELECT k.series, k.on_own, k.on_shared, c.slot, c.day, c.hour_s, c.day_s, w.week_s, c.month_s
FROM (
    SELECT series, zone, week_start, TRUE AS on_own, on_shared FROM series
    UNION ALL
    SELECT r.series, n.zone, n.week_start, FALSE AS on_own, TRUE AS on_shared
    FROM series AS r CROSS JOIN newsroom AS n
    WHERE r.is_apart
) AS k
JOIN calendar AS c ON c.zone = k.zone
JOIN calendar_week AS w ON w.zone = c.zone AND w.week_start = k.week_start AND w.day = c.day;

CREATE TEMP TABLE stretch AS
SELECT m.article, r.series, m.from_s, m.gained, m.to_s - m.from_s AS length_s, r.phase_s, r.slot_s,
    (m.from_s + r.phase_s) // nullif(r.slot_s, 0) AS slot,
    (m.to_s + r.phase_s - 1) // nullif(r.slot_s, 0) - (m.from_s + r.phase_s) // nullif(r.slot_s, 0) + 1 AS slots,
    least((m.to_s + r.phase_s - 1) // nullif(r.slot_s, 0) - (m.from_s + r.phase_s) // nullif(r.slot_s, 0) + 1, m.gained)
        AS steps
FROM moving AS m JOIN series AS r ON r.site = m.site AND r.meter = m.meter
WHERE m.gained > 0 AND m.from_s IS NOT NULL AND m.to_s > m.from_s;

CREATE TEMP TABLE many AS
SELECT s.*, CAST(ceil(log2(s.steps) + 0.000000001) AS INTEGER) AS rung FROM stretch AS s WHERE s.slots > 1;

CREATE TEMP TABLE piece AS
SELECT article, series, slot, gained AS views, length_s FROM stretch WHERE slots = 1
UNION ALL
SELECT s.article, s.series, s.slot + l.n AS slot,
    (s.gained * (least((s.slot + l.n + 1) * s.slot_s - s.phase_s, s.from_s + s.length_s) - s.from_s)) // nullif(s.length_s, 0)
    - (s.gained * (greatest((s.slot + l.n) * s.slot_s - s.phase_s, s.from_s) - s.from_s)) // nullif(s.length_s, 0) AS views,
    s.length_s
FROM many AS s JOIN ladder AS l ON l.rung = s.rung
WHERE l.n < s.steps AND s.gained >= s.slots
UNION ALL
SELECT s.article, s.series,
    (s.from_s + ((l.n + 1) * s.length_s + s.gained - 1) // nullif(s.gained, 0) + s.phase_s - 1) // nullif(s.slot_s, 0)
        AS slot,
    1 AS views, s.length_s
FROM many AS s JOIN ladder AS l ON l.rung = s.rung
WHERE l.n < s.steps AND s.gained < s.slots;

CREATE TEMP TABLE article_piece AS
SELECT p.article, p.series, c.day, c.on_own, c.on_shared,
    CAST(sum(p.views) AS BIGINT) AS views,
    CAST(sum(CASE WHEN p.length_s <= c.day_s THEN p.views ELSE 0 END) AS BIGINT) AS observed,
    CAST(sum(CASE WHEN p.length_s <= c.week_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_week,
    CAST(sum(CASE WHEN p.length_s <= c.month_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_month
FROM piece AS p JOIN clock_slot AS c ON c.series = p.series AND c.slot = p.slot
GROUP BY p.article, p.series, c.day, c.on_own, c.on_shared;

CREATE TEMP VIEW day_piece AS
SELECT p.article, r.meter, p.day, p.on_own, p.on_shared, p.views, p.observed, p.observed_week, p.observed_month
FROM article_piece AS p JOIN series AS r ON r.series = p.series;

CREATE TEMP TABLE clock_piece AS
SELECT p.series, p.slot, c.on_own, c.on_shared, CAST(sum(p.views) AS BIGINT) AS views,
    CAST(sum(CASE WHEN p.length_s <= c.hour_s THEN p.views ELSE 0 END) AS BIGINT) AS observed,
    CAST(sum(CASE WHEN p.length_s <= c.day_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_day,
    CAST(sum(CASE WHEN p.length_s <= c.week_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_week,
    CAST(sum(CASE WHEN p.length_s <= c.month_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_month
FROM piece AS p JOIN clock_slot AS c ON c.series = p.series AND c.slot = p.slot
GROUP BY p.series, p.slot, c.on_own, c.on_shared;

CREATE TEMP VIEW hour_piece AS
SELECT r.site, r.meter, h.slot, h.views, h.observed, h.observed_day, h.observed_week, h.observed_month
FROM clock_piece AS h JOIN series AS r ON r.series = h.series
WHERE h.on_own;

CREATE TEMP VIEW shared_hour_piece AS
SELECT r.site, r.meter, h.slot, h.views, h.observed, h.observed_day, h.observed_week, h.observed_month
FROM clock_piece AS h JOIN series AS r ON r.series = h.series
WHERE h.on_shared;

CREATE TEMP TABLE dimension_value AS
SELECT row_number() OVER (ORDER BY dimension, value) AS number, dimension, value
FROM (SELECT DISTINCT dimension, value FROM moving_dimension) AS d;

CREATE TEMP TABLE dimension_of AS
SELECT m.article, v.number
FROM moving_dimension AS m JOIN dimension_value AS v ON v.dimension = m.dimension AND v.value = m.value;

CREATE TEMP VIEW dimension_piece AS
SELECT r.site, r.meter, v.dimension, v.value, g.day, g.on_own, g.on_shared, g.views, g.observed, g.observed_week,
    g.observed_month
FROM (
    SELECT p.series, d.number, p.day, p.on_own, p.on_shared, CAST(sum(p.views) AS BIGINT) AS views,
        CAST(sum(p.observed) AS BIGINT) AS observed, CAST(sum(p.observed_week) AS BIGINT) AS observed_week,
        CAST(sum(p.observed_month) AS BIGINT) AS observed_month
    FROM article_piece AS p JOIN dimension_of AS d ON d.article = p.article
    GROUP BY p.series, d.number, p.day, p.on_own, p.on_shared
) AS g
JOIN series AS r ON r.series = g.series
JOIN dimension_value AS v ON v.number = g.number;

-- By hour only for what has few values: of authors and sources there are many, and few are asked for by the hour.
CREATE TEMP TABLE hourly_of AS
SELECT d.article, d.number
FROM dimension_of AS d JOIN dimension_value AS v ON v.number = d.number
WHERE v.dimension IN ('section', 'language', 'topic', 'subtopic', 'country');

CREATE TEMP VIEW dimension_hour_piece AS
SELECT r.site, r.meter, v.dimension, v.value, g.slot, g.on_own, g.on_shared, g.views, g.observed
FROM (
    SELECT p.series, d.number, p.slot, c.on_own, c.on_shared, CAST(sum(p.views) AS BIGINT) AS views,
        CAST(sum(CASE WHEN p.length_s <= c.hour_s THEN p.views ELSE 0 END) AS BIGINT) AS observed
    FROM piece AS p
    JOIN clock_slot AS c ON c.series = p.series AND c.slot = p.slot
    JOIN hourly_of AS d ON d.article = p.article
    GROUP BY p.series, d.number, p.slot, c.on_own, c.on_shared
) AS g
JOIN series AS r ON r.series = g.series
JOIN dimension_value AS v ON v.number = g.number;
