-- compare: the selection's period beside another one, both cut at the wall-clock time of the newest reading when the period's last day is its day. One row a measure.
-- columns: measure articles (published), gained (views gained in the period) or views (V* of the articles published in it); value DOUBLE; other DOUBLE, NULL where unknown: nothing is known from before that period began; change DOUBLE; change_percent DOUBLE, NULL against 0 or the unknown; note new (the other is 0) or partial (some of the sites were not read yet); since, until DATE local half-open, up to the newest reading; other_since, other_until DATE of the other period (the nearest of 4); cut_at TIMESTAMP local wall clock at which both are cut, NULL when not cut. Articles without a time of day are left out on a cut day
-- parameters: against = 'previous' (of equal length, ending where it starts) or 'weekday' (whole weeks before), 'month', 'year' (364 days), 'year-calendar', 'mean4' (mean of the last 4 by weekday), 'custom'; other_since = NULL day, for custom; other_until = NULL day after the last, for custom
WITH newest AS MATERIALIZED (
    SELECT x.site, x.day, x.hour, x.into_s, x.at_s FROM as_of($selection::selection) AS x
),
last AS MATERIALIZED (SELECT * FROM newest ORDER BY day DESC, hour DESC, into_s DESC, site LIMIT 1),
asked AS MATERIALIZED (
    SELECT *, (until - since)::INTEGER AS n, greatest(1, datediff('month', since, until))::INTEGER AS months,
        CASE against WHEN 'mean4' THEN 'weekday' ELSE against END AS kind, CASE against WHEN 'mean4' THEN 4 ELSE 1 END AS times
    FROM (
        SELECT CAST($against::VARCHAR AS ENUM ('previous', 'weekday', 'month', 'year', 'year-calendar', 'mean4', 'custom'))::VARCHAR AS against,
            ($selection::selection)['since'] AS since, coalesce(($selection::selection)['until'], l.day + 1) AS until,
            l.day AS newest_day, l.hour, l.into_s
        FROM last AS l
    ) AS given
),
-- The period (k = 0) and those beside it: by how many days or months each lies before.
shifted AS (
    SELECT b.*, r.k::INTEGER AS k,
        r.k::INTEGER * CASE b.kind WHEN 'year' THEN 364 WHEN 'weekday' THEN 7 * ((b.n + 6) // 7) WHEN 'previous' THEN b.n ELSE 0 END AS days,
        to_months(r.k::INTEGER * CASE b.kind WHEN 'year-calendar' THEN 12 WHEN 'month' THEN b.months ELSE 0 END) AS shift
    FROM asked AS b, range(0, b.times + 1) AS r(k)
),
period AS MATERIALIZED (
    SELECT *, CASE WHEN k = 0 THEN since WHEN kind = 'custom' THEN $other_since::DATE ELSE (since - days - shift)::DATE END AS low,
        CASE WHEN k = 0 THEN until WHEN kind = 'custom' THEN $other_until::DATE ELSE (until - days - shift)::DATE END AS high
    FROM shifted
),
-- For each site the last day of each period, and whether it is cut: the day of its newest reading, and its place in the others.
ending AS MATERIALIZED (
    SELECT p.k, z.site, z.zone, p.low, coalesce(t.day, p.newest_day) < p.until AS cut, coalesce(t.hour, p.hour) AS hour,
        coalesce(t.into_s, p.into_s) AS into_s, CASE WHEN p.k = 0 THEN t.at_s END AS at_s,
        CASE WHEN coalesce(t.day, p.newest_day) >= p.until - 1 THEN p.high - 1
            WHEN p.k = 0 THEN coalesce(t.day, p.newest_day)
            WHEN p.kind = 'custom' THEN least(p.high - 1, p.low + (coalesce(t.day, p.newest_day) - p.since)::INTEGER)
            ELSE least(p.high - 1, (coalesce(t.day, p.newest_day) - p.days - p.shift)::DATE) END AS last_day
    FROM period AS p CROSS JOIN clock($selection::selection) AS z LEFT JOIN newest AS t ON t.site = z.site
    WHERE site_chosen($selection::selection, z.site)
),
side AS MATERIALIZED (
    SELECT e.k, e.site, e.low, e.cut, e.last_day,
        CASE WHEN e.cut THEN coalesce(any_value(e.at_s),
            least(max(c.to_s), min(c.from_s) FILTER (c.hour >= e.hour) + e.into_s)) ELSE max(c.to_s) END AS end_s
    FROM ending AS e JOIN calendar AS c ON c.zone = e.zone AND c.day = e.last_day
    GROUP BY e.k, e.site, e.low, e.cut, e.last_day, e.hour, e.into_s
),
reach AS MATERIALIZED (
    SELECT coalesce(min(p.low), DATE '1900-01-01') AS low, max(p.high) AS high,
        (SELECT min(x.last_day) FROM side AS x WHERE x.cut) AS cut_low
    FROM period AS p
),
-- From when on each site is known: the day it was first read, and the day of its oldest article.
known AS (
    SELECT e.k, bool_or(r.day <= CASE WHEN e.k = 0 THEN e.last_day ELSE e.low END) AS gained_known,
        count(*) FILTER (r.day <= e.low) < count(r.day) AS gained_partly, bool_or(e.k = 0 OR f.day <= e.low) AS published_known
    FROM ending AS e
    LEFT JOIN (
        SELECT s.site, min(y.day) AS day
        FROM (SELECT site, min(from_s) AS from_s FROM read_span WHERE meter = ($selection::selection)['meter'] GROUP BY site) AS s
        JOIN clock($selection::selection) AS z ON z.site = s.site
        JOIN calendar_day AS y ON y.zone = z.zone AND y.to_s > s.from_s
        GROUP BY s.site
    ) AS r ON r.site = e.site
    LEFT JOIN (SELECT a.site, min(a.published_day) AS day FROM article AS a GROUP BY a.site) AS f ON f.site = e.site
    GROUP BY e.k
),
published AS (
    SELECT d.k, count(*) AS articles, sum(a.total) AS views
    FROM side AS d
    JOIN measured($selection::selection) AS a ON a.site = d.site AND a.published_day <= d.last_day
        AND (d.low IS NULL OR a.published_day >= d.low)
        AND (NOT d.cut OR a.published_day < d.last_day OR a.published_s < d.end_s)
    GROUP BY d.k
),
gained AS (
    SELECT k, sum(views) AS views
    FROM (
        SELECT d.k, g.views
        FROM side AS d
        JOIN gained_by_site_day($selection::selection, (SELECT r.low FROM reach AS r), (SELECT r.high FROM reach AS r)) AS g ON g.site = d.site
            AND (d.low IS NULL OR g.day >= d.low) AND g.day <= d.last_day AND NOT (d.cut AND g.day = d.last_day)
        UNION ALL
        SELECT d.k, g.views
        FROM side AS d
        JOIN gained_to_cut($selection::selection, (SELECT list(DISTINCT x.last_day) FROM side AS x WHERE x.cut),
            (SELECT r.cut_low FROM reach AS r), (SELECT r.high FROM reach AS r)) AS g
            ON g.site = d.site AND g.day = d.last_day AND d.cut AND (d.low IS NULL OR g.day >= d.low)
    ) AS part
    GROUP BY k
),
figure AS (
    SELECT p.k, p.times, m.measure, w.gained_partly AND m.measure = 'gained' AS partly,
        CASE WHEN p.k > 0 AND p.low IS NULL THEN NULL
            WHEN m.measure = 'gained' THEN CASE WHEN w.gained_known THEN coalesce(g.views, 0) END
            WHEN NOT w.published_known THEN NULL
            WHEN m.measure = 'articles' THEN coalesce(x.articles, 0)
            WHEN x.articles IS NULL THEN 0 ELSE x.views END AS value
    FROM period AS p
    CROSS JOIN (SELECT unnest(['articles', 'gained', 'views']) AS measure) AS m
    JOIN known AS w ON w.k = p.k
    LEFT JOIN published AS x ON x.k = p.k
    LEFT JOIN gained AS g ON g.k = p.k
),
pair AS (
    SELECT measure, max(value) FILTER (k = 0)::DOUBLE AS value,
        CASE WHEN count(value) FILTER (k > 0) = any_value(times) THEN avg(value) FILTER (k > 0) END AS other,
        bool_or(partly) FILTER (k > 0) AS partly
    FROM figure
    GROUP BY measure
)
SELECT r.measure, r.value, r.other, r.value - r.other AS change, 100 * (r.value - r.other) / nullif(r.other, 0) AS change_percent,
    CASE WHEN r.other = 0 THEN 'new' WHEN r.partly AND r.other IS NOT NULL THEN 'partial' END AS note,
    b.since, least(b.until, b.newest_day + 1) AS until, p.low AS other_since,
    (SELECT max(e.last_day) + 1 FROM ending AS e WHERE e.k = 1) AS other_until,
    CASE WHEN b.newest_day < b.until THEN b.newest_day::TIMESTAMP + to_seconds(b.hour * 3600 + b.into_s) END AS cut_at
FROM pair AS r CROSS JOIN asked AS b JOIN period AS p ON p.k = 1
ORDER BY list_position(['articles', 'gained', 'views'], r.measure)
