-- key_figures: one row: the selection in figures, beside the period of equal length before it (when dates are chosen).
-- columns: articles BIGINT; views BIGINT sum of V* of the articles; views_unknown BIGINT articles never read; moment_unknown_views BIGINT; baseline BIGINT views before first readings; gained BIGINT views gained in the period; newest_published TIMESTAMP; as_of TIMESTAMP newest reading; articles_before BIGINT; gained_before BIGINT; views_before BIGINT; all NULL where unknown
SELECT n.*, b.articles_before, b.views_before, g.gained, g.gained_before
FROM (
    SELECT count(*) AS articles, sum(a.total)::BIGINT AS views, count(*) FILTER (WHERE a.total IS NULL) AS views_unknown,
        sum(a.moment_unknown_views) FILTER (WHERE a.total IS NULL)::BIGINT AS moment_unknown_views,
        sum(a.baseline)::BIGINT AS baseline, max(a.published_at) AS newest_published, instant(max(a.last_s)) AS as_of
    FROM selected_articles($selection::selection) AS a
) AS n
CROSS JOIN (
    SELECT CASE WHEN s.since IS NULL OR s.until IS NULL THEN NULL ELSE count(a.article) END AS articles_before,
        CASE WHEN s.since IS NULL OR s.until IS NULL THEN NULL ELSE sum(a.total)::BIGINT END AS views_before
    FROM (SELECT ($selection::selection)['since'] AS since, ($selection::selection)['until'] AS until) AS s
    LEFT JOIN measured($selection::selection) AS a
        ON a.published_day >= s.since - (s.until - s.since)::INTEGER AND a.published_day < s.since
    GROUP BY s.since, s.until
) AS b
CROSS JOIN (
    SELECT sum(d.views) FILTER (WHERE (($selection::selection)['since'] IS NULL OR d.day >= ($selection::selection)['since'])
            AND (($selection::selection)['until'] IS NULL OR d.day < ($selection::selection)['until']))::BIGINT AS gained,
        CASE WHEN ($selection::selection)['since'] IS NULL OR ($selection::selection)['until'] IS NULL THEN NULL
            ELSE sum(d.views) FILTER (WHERE d.day < ($selection::selection)['since'] AND d.day >= ($selection::selection)['since']
                - (($selection::selection)['until'] - ($selection::selection)['since'])::INTEGER)::BIGINT END AS gained_before
    FROM gained_by_day($selection::selection) AS d
) AS g
