-- header_latest: the newest header figure of each site and currency, whatever dates are chosen, with its changes and the official rate of that day.
-- columns: site; captured_at TIMESTAMP, NULL when every capture's moment is unknown; captured_at_basis matched-rates when the moment is unknown and the header fits official days; currency; value DECIMAL quote units per unit; quote; previous DECIMAL of the moment captured before; previous_at TIMESTAMP; change DECIMAL against it; change_percent DOUBLE change / (value - change); day_before DATE the last earlier local day with a capture; day_value DECIMAL last captured then; day_change DECIMAL; day_change_percent DOUBLE; captures BIGINT that print it at that moment; low DECIMAL and high DECIMAL that captures of that moment print; disagree BOOLEAN they differ; labelled BOOLEAN; certain BOOLEAN; position INTEGER in the header; stale BOOLEAN captured more than 48 h before the newest reading, NULL when that is unknown; matched_day DATE closest official day of a capture without a moment; candidates BIGINT official days that fit; first_day DATE; last_day DATE of them; official DECIMAL per unit on the local day of the capture, or on the matched day; official_day DATE; official_source
WITH newest AS (
    SELECT p.*, z.zone, d.day, instant(d.from_s) AS midnight
    FROM (SELECT r.site, r.currency, r.quote, max(r.captured_at) AS captured_at FROM header_rate AS r
        WHERE site_chosen($selection::selection, r.site) GROUP BY ALL) AS p
    JOIN site AS z ON z.site = p.site
    LEFT JOIN calendar_day AS d ON d.zone = z.zone AND epoch(p.captured_at)::BIGINT >= d.from_s
        AND epoch(p.captured_at)::BIGINT < d.to_s
),
moments AS (
    SELECT n.site, n.currency, n.quote, any_value(n.zone) AS zone, any_value(n.day) AS day,
        any_value(n.captured_at) AS captured_at, max(r.captured_at) FILTER (WHERE r.captured_at < n.captured_at) AS before_at,
        max(r.captured_at) FILTER (WHERE r.captured_at < n.midnight) AS day_at
    FROM newest AS n
    JOIN header_rate AS r ON r.site = n.site AND r.currency = n.currency AND r.quote IS NOT DISTINCT FROM n.quote
    GROUP BY n.site, n.currency, n.quote
),
printed AS (
    SELECT k.site, k.currency, k.quote, k.at, r.value, max(r.captured_at_basis) AS basis,
        sum(r.captures)::BIGINT AS captures, min(r.example_article) AS example, bool_and(r.labelled) AS labelled,
        bool_and(r.certain) AS certain, min(r.position) AS position
    FROM (SELECT m.site, m.currency, m.quote, unnest(CASE WHEN m.captured_at IS NULL THEN [NULL::TIMESTAMP]
        ELSE list_distinct([m.captured_at, m.before_at, m.day_at]) END) AS at FROM moments AS m) AS k
    JOIN header_rate AS r ON r.site = k.site AND r.currency = k.currency AND r.quote IS NOT DISTINCT FROM k.quote
        AND r.captured_at IS NOT DISTINCT FROM k.at
    GROUP BY ALL
),
-- The figure of a moment is the one that most of its captures print, of undated ones the latest day that fits.
standing AS (
    SELECT n.site, n.currency, n.quote, n.zone, n.captured_at, n.day, n.before_at, n.day_at,
        min(p.value) FILTER (p.at IS NOT DISTINCT FROM n.captured_at) AS low,
        max(p.value) FILTER (p.at IS NOT DISTINCT FROM n.captured_at) AS high,
        arg_max({'value': p.value, 'basis': p.basis, 'captures': p.captures, 'labelled': p.labelled,
                'certain': p.certain, 'position': p.position, 'day': m.day, 'candidates': m.candidates,
                'first_day': m.first_day, 'last_day': m.last_day}, (coalesce(m.day, DATE '0001-01-01'), p.captures, coalesce(p.example, 0), p.value))
            FILTER (p.at IS NOT DISTINCT FROM n.captured_at) AS now, max(coalesce(n.day, m.day)) AS about,
        arg_max(p.value, (p.captures, coalesce(p.example, 0), p.value)) FILTER (p.at = n.before_at) AS before,
        arg_max(p.value, (p.captures, coalesce(p.example, 0), p.value)) FILTER (p.at = n.day_at) AS day_value
    FROM moments AS n
    JOIN printed AS p ON p.site = n.site AND p.currency = n.currency AND p.quote IS NOT DISTINCT FROM n.quote
    LEFT JOIN (
        SELECT site, quote, currency, value,
            max(day) AS day, arg_max(candidates, day) AS candidates, arg_max(first_day, day) AS first_day,
            arg_max(last_day, day) AS last_day
        FROM (SELECT site, quote, day, candidates, first_day, last_day, unnest(
                [{'currency': 'USD', 'value': usd}, {'currency': 'EUR', 'value': eur}, {'currency': 'RUB', 'value': rub}],
                recursive := true)
            FROM matched_capture WHERE candidates > 0)
        GROUP BY ALL
    ) AS m ON n.captured_at IS NULL AND m.site = p.site AND m.quote = p.quote AND m.currency = p.currency
        AND m.value = p.value
    GROUP BY ALL
),
held AS (
    SELECT s.site, s.currency, s.quote,
        arg_min({'per_unit': (o.value / o.quant)::DECIMAL(18, 6), 'day': o.day, 'source': o.source},
            (-epoch(o.day), CASE WHEN o.source = 'NBK' THEN 0 ELSE 1 END, o.source)) AS held
    FROM standing AS s
    JOIN official_rate AS o ON o.currency = s.currency AND o.quote = s.quote AND o.day <= s.about AND o.day >= s.about - 10
    GROUP BY ALL
)
SELECT s.site, s.captured_at, CASE WHEN s.now.day IS NULL THEN s.now.basis ELSE 'matched-rates' END
    AS captured_at_basis, s.currency, s.now.value AS value, s.quote, s.before AS previous,
    s.before_at AS previous_at, s.now.value - s.before AS change,
    100 * (s.now.value - s.before)::DOUBLE / nullif(s.before::DOUBLE, 0) AS change_percent, b.day AS day_before,
    s.day_value, s.now.value - s.day_value AS day_change,
    100 * (s.now.value - s.day_value)::DOUBLE / nullif(s.day_value::DOUBLE, 0) AS day_change_percent,
    s.now.captures, s.low, s.high, s.low < s.high AS disagree, s.now.labelled, s.now.certain, s.now.position,
    epoch(s.captured_at)::BIGINT < (SELECT max(at_s) FROM newest_reading) - 172800 AS stale,
    s.now.day AS matched_day, s.now.candidates, s.now.first_day, s.now.last_day,
    h.held.per_unit AS official, h.held.day AS official_day, h.held.source AS official_source
FROM standing AS s
LEFT JOIN calendar_day AS b ON b.zone = s.zone AND epoch(s.day_at)::BIGINT >= b.from_s AND epoch(s.day_at)::BIGINT < b.to_s
LEFT JOIN held AS h ON h.site = s.site AND h.currency = s.currency AND h.quote = s.quote
LEFT JOIN (SELECT site, count(*) AS articles FROM article GROUP BY site) AS a ON a.site = s.site
ORDER BY coalesce(a.articles, 0) DESC, s.site, s.now.position, s.currency, s.quote
