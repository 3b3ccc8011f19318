-- article_observations: every reading of one article, kept or set aside.
-- columns: observed_at TIMESTAMP, NULL when the moment is unknown; views BIGINT as printed; status kept, suspect, tie or unknown-moment; epoch INTEGER; gained BIGINT since the reading before; total BIGINT V*
-- parameters: article = NULL id
SELECT instant(i.to_s) AS observed_at, i.views, 'kept' AS status, i.epoch, i.gained, i.start_total + i.gained AS total
FROM interval AS i
WHERE i.article = $article::BIGINT AND i.meter = ($selection::selection)['meter']
UNION ALL
SELECT instant(x.at_s), x.views, x.status, NULL, NULL, NULL
FROM aside AS x
WHERE x.article = $article::BIGINT AND x.meter = ($selection::selection)['meter']
ORDER BY observed_at NULLS LAST, views
