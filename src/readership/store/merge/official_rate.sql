-- official_rate: one row a (source, day, currency, quote, value, quant); of two values of one day the later batch is read.
MERGE INTO official_rate AS t
USING (
    SELECT * FROM stage_official_rate
    QUALIFY row_number() OVER (PARTITION BY source, day, currency, quote, value, quant ORDER BY change) = 1
) AS s
ON t.source = s.source AND t.day = s.day AND t.currency = s.currency AND t.quote = s.quote
    AND t.value = s.value AND t.quant = s.quant
WHEN NOT MATCHED THEN INSERT (source, day, currency, quote, value, quant, change, batch)
VALUES (s.source, s.day, s.currency, s.quote, s.value, s.quant, s.change, $batch);
