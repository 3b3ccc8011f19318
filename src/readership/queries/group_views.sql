-- group_views: one row a topic (of the second level: `subtopic`), country, author, source, credit, section or language: output and result, full and divided among an article's groups.
-- columns: value of the dimension; articles BIGINT; articles_fractional DOUBLE each divided by its number of groups; share_of_articles DOUBLE of the selection's articles; views_full BIGINT sum of V*; views_fractional DOUBLE V* divided by the article's number of groups; share_of_views DOUBLE full, of the distinct total; views_unknown BIGINT articles never read; median_views BIGINT of V*; gained BIGINT views gained in the dates; about BIGINT articles that are about it (countries); in_title BIGINT articles that name it in the title (countries)
-- parameters: dimension = 'topic' or 'subtopic', 'country', 'author', 'source', 'credit', 'section', 'language'; home = 'with' or 'without' the sites' home countries; under = NULL only topics below this one; limit = NULL rows at most
WITH bounds AS (
    SELECT k.zone, min(k.from_s) FILTER (k.day >= ($selection::selection)['since']) AS low,
        min(k.from_s) FILTER (k.day >= ($selection::selection)['until']) AS high
    FROM calendar_day AS k
    GROUP BY k.zone
),
-- What an article gained in the dates is its whole gain when it was read in them alone; else its days are added up.
picked AS MATERIALIZED (
    SELECT a.article, a.site, a.total, nullif(a.total - coalesce(a.baseline, 0), 0) AS gained,
        coalesce(a.start_s < b.low OR a.last_s > least(b.high, end_of($selection::selection, a.site)['at_s']), FALSE) AS partly
    FROM selected_articles($selection::selection) AS a
    JOIN clock($selection::selection) AS z ON z.site = a.site
    JOIN bounds AS b ON b.zone = z.zone
),
in_part AS (
    SELECT g.article, sum(g.views) AS gained
    FROM gained_by_article($selection::selection) AS g
    WHERE g.article IN (SELECT p.article FROM picked AS p WHERE p.partly)
    GROUP BY g.article
),
member AS MATERIALIZED (
    SELECT d.article, d.value, p.total, p.partly, p.gained
    FROM article_dimension AS d
    JOIN picked AS p ON p.article = d.article
    JOIN site AS z ON z.site = p.site
    WHERE d.dimension = $dimension::VARCHAR AND ($under::VARCHAR IS NULL OR starts_with(d.value, $under::VARCHAR || '/'))
        AND NOT (d.dimension = 'country' AND $home::VARCHAR = 'without' AND d.value = coalesce(z.home_country, ''))
),
sized AS (SELECT article, count(*) AS groups FROM member GROUP BY article),
whole AS (SELECT count(*) AS articles, sum(total) AS views FROM picked),
medians AS (SELECT value, quantile_disc(total, 0.5) AS median_views FROM member GROUP BY value),
-- Whole numbers first, then one division for each number of groups in order: a sum of fractions depends on its order.
by_size AS (
    SELECT m.value, n.groups, count(*) AS articles, sum(m.total)::BIGINT AS views,
        count(*) FILTER (m.total IS NULL) AS views_unknown,
        sum(CASE WHEN m.partly THEN i.gained ELSE m.gained END)::BIGINT AS gained
    FROM member AS m
    JOIN sized AS n ON n.article = m.article
    LEFT JOIN in_part AS i ON i.article = m.article
    GROUP BY m.value, n.groups
),
summed AS (
    SELECT value, sum(articles)::BIGINT AS articles, sum(views)::BIGINT AS views_full,
        sum(articles / groups ORDER BY groups) AS articles_fractional, sum(views / groups ORDER BY groups) AS views_fractional,
        sum(views_unknown)::BIGINT AS views_unknown, sum(gained)::BIGINT AS gained
    FROM by_size
    GROUP BY value
),
named AS (
    SELECT c.country AS value, count(*) FILTER (WHERE c.about) AS about, count(*) FILTER (WHERE c.in_title) AS in_title
    FROM article_country AS c
    WHERE $dimension::VARCHAR = 'country' AND c.article IN (SELECT article FROM picked)
    GROUP BY c.country
)
SELECT s.value, s.articles, s.articles_fractional, s.articles / nullif(w.articles, 0) AS share_of_articles, s.views_full,
    s.views_fractional, s.views_full / nullif(w.views, 0) AS share_of_views, s.views_unknown, m.median_views, s.gained,
    n.about, n.in_title
FROM summed AS s
JOIN medians AS m ON m.value = s.value
CROSS JOIN whole AS w
LEFT JOIN named AS n ON n.value = s.value
ORDER BY s.views_full DESC NULLS LAST, s.articles DESC, s.value
LIMIT $limit::BIGINT
