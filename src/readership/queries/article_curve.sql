-- article_curve: one article's views over its life: a point at each kept reading, and what was gained on the way there.
-- columns: from_at TIMESTAMP start of the interval, NULL for a first reading that no publication bounds; at TIMESTAMP of the reading; total BIGINT V* there; gained BIGINT in the interval; hours DOUBLE its length; spread BOOLEAN longer than an hour; epoch INTEGER; views BIGINT counter as printed; per_hour DOUBLE
-- parameters: article = NULL id
SELECT instant(i.from_s) AS from_at, instant(i.to_s) AS at, i.start_total + i.gained AS total, i.gained,
    (i.to_s - i.from_s) / 3600 AS hours, i.to_s - i.from_s > 3600 AS spread, i.epoch, i.views,
    i.gained * 3600 / nullif(i.to_s - i.from_s, 0) AS per_hour
FROM interval AS i
WHERE i.article = $article::BIGINT AND i.meter = ($selection::selection)['meter']
ORDER BY i.to_s
