-- volumes: articles that each site publishes a day: the mean of its last 7 whole days beside the usual of the 28 days before them.
-- columns: site; day DATE the last whole local day; mean_7d DOUBLE articles a day; usual_low DOUBLE mean − 1.5 σ of the 28 days before, at least 0; usual_high DOUBLE mean + 2 σ; mean_28d DOUBLE; all four NULL before the site is known for 35 whole days; as_of TIMESTAMP the site's newest reading
WITH newest AS (
    SELECT n.site, max(n.at_s) AS at_s FROM newest_reading AS n
    WHERE n.meter = ($selection::selection)['meter'] AND site_chosen($selection::selection, n.site)
    GROUP BY n.site
),
whole AS (
    SELECT n.site, n.at_s, d.day - 1 AS day
    FROM newest AS n
    JOIN site AS s ON s.site = n.site
    JOIN calendar_day AS d ON d.zone = s.zone AND n.at_s >= d.from_s AND n.at_s < d.to_s
),
days AS (
    SELECT w.site, w.at_s, w.day, w.day - k.n::INTEGER AS one, k.n
    FROM whole AS w, range(35) AS k(n)
),
counted AS (
    SELECT d.site, d.day, d.at_s, d.n, count(a.article) AS articles
    FROM days AS d
    LEFT JOIN chosen($selection::selection) AS a ON a.site = d.site AND a.published_day = d.one
    GROUP BY d.site, d.day, d.at_s, d.n
),
known AS (
    SELECT site, min(published_day) AS first_day FROM chosen($selection::selection) GROUP BY site
),
told AS (
    SELECT site, day, at_s, avg(articles) FILTER (WHERE n < 7) AS week, avg(articles) FILTER (WHERE n >= 7) AS mean,
        sqrt(28 * sum(articles * articles) FILTER (WHERE n >= 7) - pow(sum(articles) FILTER (WHERE n >= 7), 2)) / 28 AS sigma
    FROM counted
    GROUP BY site, day, at_s
)
SELECT t.site, t.day, CASE WHEN k.first_day <= t.day - 34 THEN t.week END AS mean_7d,
    CASE WHEN k.first_day <= t.day - 34 THEN greatest(0, t.mean - 1.5 * t.sigma) END AS usual_low,
    CASE WHEN k.first_day <= t.day - 34 THEN t.mean + 2 * t.sigma END AS usual_high,
    CASE WHEN k.first_day <= t.day - 34 THEN t.mean END AS mean_28d, instant(t.at_s) AS as_of
FROM told AS t
LEFT JOIN known AS k ON k.site = t.site
ORDER BY t.site
