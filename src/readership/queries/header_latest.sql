-- header_latest: the newest header figure of each site and currency, whatever dates are chosen, with its changes and the official rate of that day.
-- columns: site; captured_at TIMESTAMP, NULL when every capture's moment is unknown; captured_at_basis matched-rates when the moment is unknown and the header fits official days; currency; value DECIMAL quote units per unit; quote; previous DECIMAL of the moment captured before; previous_at TIMESTAMP; change DECIMAL against it; change_percent DOUBLE change / (value - change); day_before DATE the last earlier local day with a capture; day_value DECIMAL last captured then; day_change DECIMAL; day_change_percent DOUBLE; captures BIGINT that print it at that moment; low DECIMAL and high DECIMAL that captures of that moment print; disagree BOOLEAN they differ; labelled BOOLEAN; certain BOOLEAN; position INTEGER in the header; stale BOOLEAN captured more than 48 h before the newest reading, NULL when that is unknown; matched_day DATE closest official day of a capture without a moment; candidates BIGINT official days that fit; first_day DATE; last_day DATE of them; official DECIMAL per unit on the local day of the capture, or on the matched day; official_day DATE; official_source
WITH pairs AS (
    SELECT r.site, r.currency, r.quote, max(r.captured_at) AS captured_at FROM header_rate AS r
    WHERE site_chosen($selection::selection, r.site) GROUP BY ALL
),
dated AS (
    SELECT site, quote, currency, value, max(day) AS day, arg_max(candidates, day) AS candidates,
        arg_max(first_day, day) AS first_day, arg_max(last_day, day) AS last_day
    FROM (
        SELECT site, quote, 'USD' AS currency, usd AS value, day, candidates, first_day, last_day FROM matched_capture
        UNION ALL SELECT site, quote, 'EUR', eur, day, candidates, first_day, last_day FROM matched_capture
        UNION ALL SELECT site, quote, 'RUB', rub, day, candidates, first_day, last_day FROM matched_capture
    )
    WHERE candidates > 0 GROUP BY ALL
),
seen AS (
    SELECT p.site, p.currency, p.quote, p.captured_at, r.value, max(r.captured_at_basis) AS captured_at_basis,
        sum(r.captures)::BIGINT AS captures, min(r.example_article) AS example, bool_and(r.labelled) AS labelled,
        bool_and(r.certain) AS certain, min(r.position) AS position
    FROM pairs AS p
    JOIN header_rate AS r ON r.site = p.site AND r.currency = p.currency AND r.quote IS NOT DISTINCT FROM p.quote
        AND r.captured_at IS NOT DISTINCT FROM p.captured_at
    GROUP BY ALL
),
newest AS (
    SELECT s.*, min(s.value) OVER pair AS low, max(s.value) OVER pair AS high, m.day AS matched_day, m.candidates,
        m.first_day, m.last_day
    FROM seen AS s
    LEFT JOIN dated AS m ON s.captured_at IS NULL AND m.site = s.site AND m.quote = s.quote AND m.currency = s.currency
        AND m.value = s.value
    WINDOW pair AS (PARTITION BY s.site, s.currency, s.quote)
    QUALIFY row_number() OVER (PARTITION BY s.site, s.currency, s.quote
        ORDER BY m.day DESC NULLS LAST, s.captures DESC, s.example DESC NULLS LAST, s.value DESC) = 1
),
placed AS (
    SELECT n.*, d.day, instant(d.from_s) AS midnight
    FROM newest AS n
    JOIN site AS z ON z.site = n.site
    LEFT JOIN calendar_day AS d ON d.zone = z.zone AND epoch(n.captured_at)::BIGINT >= d.from_s
        AND epoch(n.captured_at)::BIGINT < d.to_s
),
moments AS (
    SELECT p.site, p.currency, p.quote, max(r.captured_at) AS before_at,
        max(r.captured_at) FILTER (WHERE r.captured_at < p.midnight) AS day_at
    FROM placed AS p
    JOIN header_rate AS r ON r.site = p.site AND r.currency = p.currency AND r.quote IS NOT DISTINCT FROM p.quote
        AND r.captured_at < p.captured_at
    GROUP BY ALL
),
earlier AS (
    SELECT m.site, m.currency, m.quote, m.before_at, m.day_at,
        arg_max(r.value, (r.captures, coalesce(r.example_article, 0), r.value)) FILTER (WHERE r.captured_at = m.before_at) AS before,
        arg_max(r.value, (r.captures, coalesce(r.example_article, 0), r.value)) FILTER (WHERE r.captured_at = m.day_at) AS day_value
    FROM moments AS m
    JOIN header_rate AS r ON r.site = m.site AND r.currency = m.currency AND r.quote IS NOT DISTINCT FROM m.quote
        AND r.captured_at IN (m.before_at, m.day_at)
    GROUP BY ALL
),
held AS (FROM official_on((SELECT list(DISTINCT coalesce(day, matched_day)) FROM placed)))
SELECT p.site, p.captured_at, CASE WHEN p.matched_day IS NULL THEN p.captured_at_basis ELSE 'matched-rates' END
    AS captured_at_basis, p.currency, p.value, p.quote, e.before AS previous, e.before_at AS previous_at,
    p.value - e.before AS change, 100 * (p.value - e.before)::DOUBLE / nullif(e.before::DOUBLE, 0) AS change_percent,
    b.day AS day_before, e.day_value, p.value - e.day_value AS day_change,
    100 * (p.value - e.day_value)::DOUBLE / nullif(e.day_value::DOUBLE, 0) AS day_change_percent, p.captures, p.low,
    p.high, p.low < p.high AS disagree, p.labelled, p.certain, p.position,
    epoch(p.captured_at)::BIGINT < (SELECT max(at_s) FROM newest_reading) - 172800 AS stale, p.matched_day,
    p.candidates, p.first_day, p.last_day, h.per_unit AS official, h.official_day, h.source AS official_source
FROM placed AS p
LEFT JOIN earlier AS e ON e.site = p.site AND e.currency = p.currency AND e.quote IS NOT DISTINCT FROM p.quote
LEFT JOIN site AS z ON z.site = p.site
LEFT JOIN calendar_day AS b ON b.zone = z.zone AND epoch(e.day_at)::BIGINT >= b.from_s AND epoch(e.day_at)::BIGINT < b.to_s
LEFT JOIN held AS h ON h.for_day = coalesce(p.day, p.matched_day) AND h.currency = p.currency AND h.quote = p.quote
ORDER BY (SELECT count(*) FROM article AS a WHERE a.site = p.site) DESC, p.site, p.position, p.currency, p.quote
