-- key_figures: one row: the selection in figures.
-- columns: articles BIGINT; views BIGINT sum of V* of the articles; views_unknown BIGINT articles never read; moment_unknown_views BIGINT; baseline BIGINT views before first readings; gained BIGINT views gained in the period; newest_published TIMESTAMP; as_of TIMESTAMP newest reading; all NULL where unknown
-- Over all dates what was gained is all that came after the first readings: no day is lost.
SELECT n.* EXCLUDE (whole),
    CASE WHEN ($selection::selection)['since'] IS NULL AND ($selection::selection)['until'] IS NULL
        AND ($selection::selection)['ends'] IS NULL THEN nullif(n.whole, 0) ELSE g.gained END AS gained
FROM (
    SELECT count(*) AS articles, sum(a.total)::BIGINT AS views, count(*) FILTER (WHERE a.total IS NULL) AS views_unknown,
        sum(a.moment_unknown_views) FILTER (WHERE a.total IS NULL)::BIGINT AS moment_unknown_views,
        sum(a.baseline)::BIGINT AS baseline, max(a.published_at) AS newest_published, instant(max(a.last_s)) AS as_of,
        sum(a.total - coalesce(a.baseline, 0))::BIGINT AS whole
    FROM selected_articles($selection::selection) AS a
) AS n
CROSS JOIN (
    SELECT sum(d.views)::BIGINT AS gained
    FROM gained_by_day($selection::selection) AS d
    WHERE (($selection::selection)['since'] IS NOT NULL OR ($selection::selection)['until'] IS NOT NULL
            OR ($selection::selection)['ends'] IS NOT NULL)
        AND (($selection::selection)['since'] IS NULL OR d.day >= ($selection::selection)['since'])
        AND (($selection::selection)['until'] IS NULL OR d.day < ($selection::selection)['until'])
) AS g
