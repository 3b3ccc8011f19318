-- header_rate: one row a (capture, currency, position).
MERGE INTO header_rate AS t
USING (
    SELECT * FROM stage_header_rate
    QUALIFY row_number() OVER (PARTITION BY capture, currency, position ORDER BY value) = 1
) AS s
ON t.capture = s.capture AND t.currency = s.currency AND t.position = s.position
WHEN NOT MATCHED THEN INSERT (
    capture, site, captured_at, captured_at_basis, currency, value, quote, labelled, certain, position, batch
) VALUES (
    s.capture, s.site, s.captured_at, s.captured_at_basis, s.currency, s.value, s.quote, s.labelled, s.certain,
    s.position, $batch
);
