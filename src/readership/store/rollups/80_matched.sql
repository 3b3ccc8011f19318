-- Captures without a moment, matched to official days by their header (DEFINITIONS, Rates): days whose USD, EUR and RUB all
-- lie within 1 % of the header's (deviation as a share of the official rate); of days equally near, as those a rate is
-- carried to, the first. Reads facts.capture, facts.header_rate, `official_rate`, `site`.

CREATE TEMP TABLE header_triple AS
SELECT h.capture, c.article, h.site, h.quote, c.captured_at,
    max(CASE WHEN h.currency = 'USD' THEN h.value END) AS usd,
    max(CASE WHEN h.currency = 'EUR' THEN h.value END) AS eur,
    max(CASE WHEN h.currency = 'RUB' THEN h.value END) AS rub
FROM facts.header_rate AS h JOIN facts.capture AS c ON c.capture = h.capture
WHERE h.currency IN ('USD', 'EUR', 'RUB') AND c.captured_at IS NULL
GROUP BY h.capture, c.article, h.site, h.quote, c.captured_at;

CREATE TEMP TABLE official_triple AS
SELECT source, day, quote,
    max(CASE WHEN currency = 'USD' THEN value / nullif(quant, 0) END) AS usd,
    max(CASE WHEN currency = 'EUR' THEN value / nullif(quant, 0) END) AS eur,
    max(CASE WHEN currency = 'RUB' THEN value / nullif(quant, 0) END) AS rub
FROM official_rate
WHERE currency IN ('USD', 'EUR', 'RUB')
GROUP BY source, day, quote;

CREATE TEMP TABLE candidate AS
SELECT h.capture, o.source, o.day,
    greatest(abs(o.usd - h.usd) / nullif(o.usd, 0), abs(o.eur - h.eur) / nullif(o.eur, 0),
        abs(o.rub - h.rub) / nullif(o.rub, 0)) AS deviation
FROM header_triple AS h
JOIN official_triple AS o ON o.quote = h.quote
WHERE h.captured_at IS NULL
    AND abs(o.usd - h.usd) * 100 <= o.usd AND abs(o.eur - h.eur) * 100 <= o.eur AND abs(o.rub - h.rub) * 100 <= o.rub;

CREATE TEMP TABLE fresh_matched_capture AS
SELECT h.capture, h.article, h.site, h.quote, h.usd, h.eur, h.rub, m.source, coalesce(m.candidates, 0) AS candidates,
    m.first_day, m.last_day, m.day, m.deviation
FROM header_triple AS h
LEFT JOIN (
    SELECT capture, source, count(*) AS candidates, min(day) AS first_day, max(day) AS last_day,
        min(CASE WHEN deviation = least_deviation THEN day END) AS day, CAST(min(deviation) AS DOUBLE) AS deviation
    FROM (SELECT *, min(deviation) OVER (PARTITION BY capture, source) AS least_deviation FROM candidate) AS c
    GROUP BY capture, source
    QUALIFY row_number() OVER (PARTITION BY capture ORDER BY CASE WHEN source = 'NBK' THEN 0 ELSE 1 END, source) = 1
) AS m ON m.capture = h.capture
WHERE h.captured_at IS NULL AND h.usd IS NOT NULL AND h.eur IS NOT NULL AND h.rub IS NOT NULL;
