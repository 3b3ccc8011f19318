-- capture: one row a copy of a page at a moment.
MERGE INTO capture AS t
USING (SELECT * FROM stage_capture QUALIFY row_number() OVER (PARTITION BY capture ORDER BY origin) = 1) AS s
ON t.capture = s.capture
WHEN NOT MATCHED THEN INSERT (
    capture, article, revision, url, captured_at, captured_at_basis, content_sha256, bytes, origin, status, layout, batch
) VALUES (
    s.capture, s.article, s.revision, s.url, s.captured_at, s.captured_at_basis, s.content_sha256, s.bytes, s.origin,
    s.status, s.layout, $batch
);
