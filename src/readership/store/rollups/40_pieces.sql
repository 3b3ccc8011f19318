-- Pieces: the whole views of each interval of `moving`, by the hour slot they fall in. F(x) = ⌊gained·(x − from)/length⌋;
-- a slot's views are F(end) − F(start), clipped to the interval. An interval with fewer views than slots is walked by its
-- views instead (view j falls at from + ⌈j·length/gained⌉): the same whole numbers from fewer rows. No sum is lost:
-- the pieces of an interval add up to `gained`, exactly. Reads `moving`, `ladder` (n < 2^rung for each rung), `site`,
-- `calendar`, `moving_dimension`; fills `piece` and its sums.

CREATE TEMP TABLE stretch AS
SELECT m.article, m.meter, m.site, m.from_s, m.gained, m.to_s - m.from_s AS length_s, m.phase_s,
    (m.from_s + m.phase_s) // 3600 AS slot,
    (m.to_s + m.phase_s - 1) // 3600 - (m.from_s + m.phase_s) // 3600 + 1 AS slots,
    least((m.to_s + m.phase_s - 1) // 3600 - (m.from_s + m.phase_s) // 3600 + 1, m.gained) AS steps
FROM moving AS m
WHERE m.gained > 0 AND m.from_s IS NOT NULL AND m.to_s > m.from_s;

CREATE TEMP TABLE many AS
SELECT s.*, CAST(ceil(log2(s.steps) + 0.000000001) AS INTEGER) AS rung FROM stretch AS s WHERE s.slots > 1;

CREATE TEMP TABLE piece AS
SELECT article, meter, site, slot, gained AS views, length_s FROM stretch WHERE slots = 1
UNION ALL
SELECT s.article, s.meter, s.site, s.slot + l.n AS slot,
    (s.gained * (least((s.slot + l.n + 1) * 3600 - s.phase_s, s.from_s + s.length_s) - s.from_s)) // nullif(s.length_s, 0)
    - (s.gained * (greatest((s.slot + l.n) * 3600 - s.phase_s, s.from_s) - s.from_s)) // nullif(s.length_s, 0) AS views,
    s.length_s
FROM many AS s JOIN ladder AS l ON l.rung = s.rung
WHERE l.n < s.steps AND s.gained >= s.slots
UNION ALL
SELECT s.article, s.meter, s.site,
    (s.from_s + ((l.n + 1) * s.length_s + s.gained - 1) // nullif(s.gained, 0) + s.phase_s - 1) // 3600 AS slot,
    1 AS views, s.length_s
FROM many AS s JOIN ladder AS l ON l.rung = s.rung
WHERE l.n < s.steps AND s.gained < s.slots;

CREATE TEMP TABLE day_piece AS
SELECT p.article, p.meter, p.site, c.day,
    CAST(sum(p.views) AS BIGINT) AS views,
    CAST(sum(CASE WHEN p.length_s <= c.day_s THEN p.views ELSE 0 END) AS BIGINT) AS observed,
    CAST(sum(CASE WHEN p.length_s <= c.week_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_week,
    CAST(sum(CASE WHEN p.length_s <= c.month_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_month
FROM piece AS p
JOIN site AS s ON s.site = p.site
JOIN calendar AS c ON c.zone = s.zone AND c.slot = p.slot
GROUP BY p.article, p.meter, p.site, c.day;

CREATE TEMP TABLE hour_piece AS
SELECT p.site, p.meter, p.slot, CAST(sum(p.views) AS BIGINT) AS views,
    CAST(sum(CASE WHEN p.length_s <= 3600 THEN p.views ELSE 0 END) AS BIGINT) AS observed,
    CAST(sum(CASE WHEN p.length_s <= c.day_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_day,
    CAST(sum(CASE WHEN p.length_s <= c.week_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_week,
    CAST(sum(CASE WHEN p.length_s <= c.month_s THEN p.views ELSE 0 END) AS BIGINT) AS observed_month
FROM piece AS p
JOIN site AS s ON s.site = p.site
JOIN calendar AS c ON c.zone = s.zone AND c.slot = p.slot
GROUP BY p.site, p.meter, p.slot;

CREATE TEMP TABLE dimension_piece AS
SELECT p.site, p.meter, d.dimension, d.value, p.day, CAST(sum(p.views) AS BIGINT) AS views,
    CAST(sum(p.observed) AS BIGINT) AS observed, CAST(sum(p.observed_week) AS BIGINT) AS observed_week,
    CAST(sum(p.observed_month) AS BIGINT) AS observed_month
FROM day_piece AS p JOIN moving_dimension AS d ON d.article = p.article
GROUP BY p.site, p.meter, d.dimension, d.value, p.day;
