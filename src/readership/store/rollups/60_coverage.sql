-- Coverage by site and hour: of the time since each read article's first moment, how much lies inside its observed span.
-- An article's intervals are contiguous, so its span tells it. `possible_s` runs to the end of the slot of the last reading.
-- Reads `article_meter`, `article`, `site`, `calendar`.

CREATE TEMP TABLE span AS
SELECT a.site, m.meter, m.start_s, m.last_s, s.phase_s,
    (m.start_s + s.phase_s) // 3600 AS first_slot, (m.last_s + s.phase_s - 1) // 3600 AS last_slot
FROM article_meter AS m
JOIN article AS a ON a.article = m.article
JOIN site AS s ON s.site = a.site
WHERE m.last_s > m.start_s;

-- Slots wholly inside a span, by running sum of how many spans open and close.
CREATE TEMP TABLE span_edge AS
SELECT site, meter, first_slot + 1 AS slot, count(*) AS opened FROM span WHERE last_slot > first_slot GROUP BY site, meter, first_slot
UNION ALL SELECT site, meter, last_slot AS slot, -count(*) FROM span WHERE last_slot > first_slot
GROUP BY site, meter, last_slot;

CREATE TEMP TABLE partial_edge AS
SELECT site, meter, first_slot AS slot,
    least((first_slot + 1) * 3600 - phase_s, last_s) - start_s AS covered_s,
    (first_slot + 1) * 3600 - phase_s - start_s AS possible_s
FROM span
UNION ALL
SELECT site, meter, last_slot, last_s - (last_slot * 3600 - phase_s), 3600 FROM span WHERE last_slot > first_slot;

CREATE TEMP TABLE open_spans AS
SELECT site, meter, slot,
    sum(opened) OVER (PARTITION BY site, meter ORDER BY slot ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running,
    lead(slot) OVER (PARTITION BY site, meter ORDER BY slot) AS next_slot
FROM (SELECT site, meter, slot, sum(opened) AS opened FROM span_edge GROUP BY site, meter, slot) AS e;

CREATE TEMP TABLE fresh_coverage_hour AS
SELECT site, meter, slot, CAST(sum(covered_s) AS BIGINT) AS covered_s, CAST(sum(possible_s) AS BIGINT) AS possible_s
FROM (
    SELECT site, meter, slot, covered_s, possible_s FROM partial_edge
    UNION ALL
    SELECT o.site, o.meter, c.slot, o.running * 3600, o.running * 3600
    FROM open_spans AS o
    JOIN site AS s ON s.site = o.site
    JOIN calendar AS c ON c.zone = s.zone AND c.slot >= o.slot AND c.slot < o.next_slot
    WHERE o.running > 0
) AS part
GROUP BY site, meter, slot;
