-- rate_markers: articles of a topic and their views by day, beside a rate: they stand together, neither is said to cause the other.
-- columns: day DATE; articles BIGINT published that day; gained BIGINT views gained that day by all articles of the topic, NULL when none was counted; header DECIMAL last captured that day; official DECIMAL per unit that held; official_day DATE; source
-- parameters: topic = 'economy-business-finance' slug; currency = NULL of the rate; quote = NULL of the rate, '' for the unknown one
WITH picked AS (
    SELECT a.article, a.published_day FROM chosen($selection::selection) AS a
    JOIN article_topic AS t ON t.article = a.article AND t.topic = $topic::VARCHAR
),
written AS (SELECT published_day AS day, count(*) AS articles FROM picked WHERE published_day IS NOT NULL GROUP BY published_day),
viewed AS (
    SELECT d.day, sum(d.views)::BIGINT AS gained FROM article_days($selection::selection) AS d JOIN picked AS p ON p.article = d.article
    WHERE d.meter = ($selection::selection)['meter'] GROUP BY d.day
),
printed AS (
    SELECT c.day, arg_max(r.value, (r.captured_at, r.captures, coalesce(r.example_article, 0), r.value)) AS header
    FROM header_rate AS r
    JOIN clock($selection::selection) AS z ON z.site = r.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = (epoch(r.captured_at)::BIGINT + z.phase_s) // z.slot_s
    WHERE site_chosen($selection::selection, r.site) AND r.currency = $currency::VARCHAR AND r.quote IS NOT DISTINCT FROM nullif($quote::VARCHAR, '')
    GROUP BY c.day
),
days AS (
    SELECT day FROM (SELECT day FROM written UNION SELECT day FROM viewed UNION SELECT day FROM printed
        UNION SELECT day FROM official_pick WHERE currency = $currency::VARCHAR AND quote = $quote::VARCHAR)
    WHERE (($selection::selection)['since'] IS NULL OR day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR day < ($selection::selection)['until'])
),
held AS (
    FROM official_on((SELECT list(DISTINCT day) FROM days)) AS o
    WHERE o.currency = $currency::VARCHAR AND o.quote = $quote::VARCHAR
)
SELECT d.day, coalesce(w.articles, 0) AS articles, v.gained, p.header, h.per_unit AS official, h.official_day, h.source
FROM days AS d
LEFT JOIN written AS w ON w.day = d.day
LEFT JOIN viewed AS v ON v.day = d.day
LEFT JOIN printed AS p ON p.day = d.day
LEFT JOIN held AS h ON h.for_day = d.day
ORDER BY d.day
