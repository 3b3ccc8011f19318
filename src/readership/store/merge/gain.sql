-- gain: one row a (article, meter, from, to, views); of two imports of one stretch the later batch is read.
MERGE INTO gain AS t
USING (
    SELECT * FROM stage_gain
    QUALIFY row_number() OVER (PARTITION BY article, meter, from_at, to_at ORDER BY views DESC) = 1
) AS s
ON t.article = s.article AND t.meter = s.meter AND t.from_at = s.from_at AND t.to_at = s.to_at AND t.views = s.views
WHEN NOT MATCHED THEN INSERT (article, meter, from_at, to_at, views, batch)
VALUES (s.article, s.meter, s.from_at, s.to_at, s.views, $batch);
