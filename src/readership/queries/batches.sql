-- batches: the ingest runs whose data this edition holds, newest first.
-- columns: batch id; started_at TIMESTAMP; finished_at TIMESTAMP; command; inputs BIGINT; bytes BIGINT; accepted BIGINT; rejected BIGINT; duplicates BIGINT rows that were there already; demo BOOLEAN
SELECT batch, started_at, finished_at, command, inputs, bytes, accepted, rejected, duplicates, demo
FROM batch ORDER BY started_at DESC, batch DESC
