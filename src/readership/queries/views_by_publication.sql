-- views_by_publication: articles by the bucket in which they were published, with all views they have had by their last readings.
-- columns: bucket DATE local; articles BIGINT; views BIGINT sum of V*, NULL when none of them was ever read; views_unknown BIGINT articles never read at a known moment; moment_unknown_views BIGINT of these; oldest_reading TIMESTAMP the oldest of their last readings
-- parameters: grain = 'day' or 'week', 'month'
SELECT CASE $grain::VARCHAR WHEN 'month' THEN date_trunc('month', a.published_day)::DATE
        WHEN 'week' THEN week_of(a.published_day, z.week_start)
        ELSE a.published_day END AS bucket,
    count(*) AS articles, sum(a.total)::BIGINT AS views, count(*) FILTER (WHERE a.total IS NULL) AS views_unknown,
    sum(a.moment_unknown_views) FILTER (WHERE a.total IS NULL)::BIGINT AS moment_unknown_views,
    instant(min(a.last_s)) AS oldest_reading
FROM measured($selection::selection) AS a
JOIN clock($selection::selection) AS z ON z.site = a.site
WHERE a.published_day IS NOT NULL
    AND (($selection::selection)['since'] IS NULL OR a.published_day >= ($selection::selection)['since'])
    AND (($selection::selection)['until'] IS NULL OR a.published_day < ($selection::selection)['until'])
GROUP BY bucket
ORDER BY bucket
