-- Readings of the articles of `reread`, one a moment (of two the larger), and the counters that ever fell: only these need
-- the walk of DEFINITIONS (store/walk.py), which fills `verdict`. Reads facts, `reread`.

CREATE TEMP TABLE observed AS
SELECT o.article, o.meter, o.observed_at, o.views, o.capture
FROM facts.observation AS o JOIN reread AS t ON t.article = o.article;

CREATE TEMP VIEW reading AS
SELECT o.article, o.meter, CAST(epoch(o.observed_at) AS BIGINT) AS at_s, max(o.views) AS views
FROM observed AS o
WHERE o.observed_at IS NOT NULL
GROUP BY o.article, o.meter, CAST(epoch(o.observed_at) AS BIGINT);

CREATE TEMP TABLE stepped AS
SELECT article, meter, at_s, views,
    lag(at_s) OVER (PARTITION BY article, meter ORDER BY at_s) AS before_s,
    lag(views) OVER (PARTITION BY article, meter ORDER BY at_s) AS before
FROM reading;

CREATE TEMP TABLE irregular AS SELECT DISTINCT article, meter FROM stepped WHERE views < before;

CREATE TEMP TABLE verdict (article BIGINT, meter VARCHAR, at_s BIGINT, kept BOOLEAN, epoch INTEGER);
