-- rate_markers: articles of a topic and their views by day, to lay beside a rate: they stand together, neither causes the other.
-- columns: day DATE; articles BIGINT published that day; gained BIGINT views gained that day by all articles of the topic
-- parameters: topic = 'economy-business-finance' slug
WITH picked AS (
    SELECT a.article, a.published_day FROM chosen($selection::selection) AS a
    JOIN article_topic AS t ON t.article = a.article AND t.topic = $topic::VARCHAR
),
written AS (SELECT published_day AS day, count(*) AS articles FROM picked WHERE published_day IS NOT NULL GROUP BY published_day),
viewed AS (
    SELECT d.day, sum(d.views)::BIGINT AS gained FROM article_day AS d JOIN picked AS p ON p.article = d.article
    WHERE d.meter = ($selection::selection)['meter'] GROUP BY d.day
)
SELECT coalesce(w.day, v.day) AS day, coalesce(w.articles, 0) AS articles, v.gained
FROM written AS w FULL OUTER JOIN viewed AS v ON v.day = w.day
WHERE (($selection::selection)['since'] IS NULL OR coalesce(w.day, v.day) >= ($selection::selection)['since'])
    AND (($selection::selection)['until'] IS NULL OR coalesce(w.day, v.day) < ($selection::selection)['until'])
ORDER BY day
