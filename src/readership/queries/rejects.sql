-- rejects: inputs and rows that were not taken, each with its reason; their bytes are in quarantine.
-- columns: batch; origin; row_number BIGINT of a table's row; reason; hint what to do; sha256 of the bytes in quarantine
-- parameters: batch = NULL one batch; limit = NULL rows at most
SELECT r.batch, r.origin, r.row_number, r.reason, r.hint, r.sha256
FROM reject AS r JOIN batch AS b ON b.batch = r.batch
WHERE $batch::VARCHAR IS NULL OR r.batch = $batch::VARCHAR
ORDER BY b.started_at DESC, r.origin, r.row_number
LIMIT $limit::BIGINT
