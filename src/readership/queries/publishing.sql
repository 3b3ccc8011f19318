-- publishing: what we publish against what is read, by section, language, weekday or hour of publication.
-- columns: value VARCHAR section or language, weekday 1 Monday to 7, hour 0 to 23, NULL where it is unknown; articles BIGINT; views BIGINT sum of V*, NULL when none of them was ever read; views_unknown BIGINT articles never read; median_24h BIGINT views at the age of 24 hours, of the articles for which they are known; articles_known_24h BIGINT these; share_of_articles, share_of_views DOUBLE of all articles of the selection and their views, NULL when there are none
-- parameters: by = 'section' or 'language', 'weekday', 'hour'
WITH grouped AS (
    SELECT CASE CAST($by::VARCHAR AS ENUM ('section', 'language', 'weekday', 'hour'))::VARCHAR
            WHEN 'section' THEN a.section WHEN 'language' THEN a.language
            WHEN 'weekday' THEN isodow(a.published_day)::VARCHAR ELSE c.hour::VARCHAR END AS value,
        a.total, v.views
    FROM selected_articles($selection::selection) AS a
    JOIN clock($selection::selection) AS z ON z.site = a.site
    LEFT JOIN calendar AS c ON $by::VARCHAR = 'hour' AND c.zone = z.zone AND c.slot = (a.published_s + z.phase_s) // z.slot_s
    LEFT JOIN article_age AS v ON v.article = a.article AND v.meter = ($selection::selection)['meter'] AND v.age_h = 24
)
SELECT value, count(*) AS articles, sum(total)::BIGINT AS views, count(*) FILTER (WHERE total IS NULL) AS views_unknown,
    quantile_of(views, 50) AS median_24h, count(views) AS articles_known_24h,
    count(*) / sum(count(*)) OVER () AS share_of_articles, sum(total) / nullif(sum(sum(total)) OVER (), 0) AS share_of_views
FROM grouped
GROUP BY value
ORDER BY CASE WHEN $by::VARCHAR IN ('weekday', 'hour') THEN value::INTEGER END NULLS LAST, sum(total) DESC NULLS LAST, value
