-- reject: one row a (batch, origin, row, reason).
MERGE INTO reject AS t
USING (
    SELECT * FROM stage_reject
    QUALIFY row_number() OVER (PARTITION BY origin, row_number, reason ORDER BY sha256) = 1
) AS s
ON t.batch = $batch AND t.origin = s.origin AND t.reason = s.reason AND t.row_number IS NOT DISTINCT FROM s.row_number
WHEN NOT MATCHED THEN INSERT (batch, origin, row_number, reason, hint, sha256)
VALUES ($batch, s.origin, s.row_number, s.reason, s.hint, s.sha256);
