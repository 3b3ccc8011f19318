-- freshness: what the edition holds of each site, and how new it is.
-- columns: site; zone; articles BIGINT; captures BIGINT; readings BIGINT kept; suspect BIGINT; moment_unknown BIGINT articles with views of unknown moment; newest_capture TIMESTAMP; newest_reading TIMESTAMP; newest_published TIMESTAMP; languages
SELECT a.site, any_value(z.zone) AS zone, count(*) AS articles, coalesce(sum(a.captures), 0)::BIGINT AS captures,
    coalesce(sum(a.readings), 0)::BIGINT AS readings, coalesce(sum(a.suspect), 0)::BIGINT AS suspect,
    count(a.moment_unknown_views) AS moment_unknown, max(a.captured_at) AS newest_capture,
    instant(max(a.last_s)) AS newest_reading, max(a.published_at) AS newest_published,
    string_agg(DISTINCT a.language, ', ' ORDER BY a.language) AS languages
FROM measured($selection::selection) AS a JOIN site AS z ON z.site = a.site
GROUP BY a.site
ORDER BY articles DESC, a.site
