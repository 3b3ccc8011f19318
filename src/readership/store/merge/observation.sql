-- observation: one row a (article, meter, moment, views); without a moment, one a (article, meter, capture).
MERGE INTO observation AS t
USING (
    SELECT * FROM stage_observation WHERE observed_at IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY article, meter, observed_at, views ORDER BY capture) = 1
) AS s
ON t.article = s.article AND t.observed_at = s.observed_at AND t.views = s.views AND t.meter = s.meter
WHEN NOT MATCHED THEN INSERT (article, meter, observed_at, views, capture, batch)
VALUES (s.article, s.meter, s.observed_at, s.views, s.capture, $batch);

MERGE INTO observation AS t
USING (
    SELECT * FROM stage_observation WHERE observed_at IS NULL
    QUALIFY row_number() OVER (PARTITION BY article, meter, capture ORDER BY views DESC) = 1
) AS s
ON t.article = s.article AND t.meter = s.meter AND t.capture = s.capture AND t.observed_at IS NULL
WHEN NOT MATCHED THEN INSERT (article, meter, observed_at, views, capture, batch)
VALUES (s.article, s.meter, NULL, s.views, s.capture, $batch);
