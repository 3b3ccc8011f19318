-- official_rates: official rates by day, as imported.
-- columns: source; day DATE; currency; quote; value DECIMAL quote units for quant units of the currency; quant DECIMAL; per_unit DECIMAL; change DECIMAL as the feed printed it; previous DECIMAL per unit on the official day before; change_percent DOUBLE change / (value - change)
-- parameters: currency = NULL one currency; source = NULL one source
SELECT o.source, o.day, o.currency, o.quote, o.value, o.quant, (o.value / o.quant)::DECIMAL(18, 6) AS per_unit, o.change,
    (lag(o.value / o.quant) OVER w)::DECIMAL(18, 6) AS previous,
    100 * (o.value / o.quant - lag(o.value / o.quant) OVER w)::DOUBLE / nullif((lag(o.value / o.quant) OVER w)::DOUBLE, 0)
        AS change_percent
FROM official_rate AS o
WHERE ($currency::VARCHAR IS NULL OR o.currency = $currency::VARCHAR)
    AND ($source::VARCHAR IS NULL OR o.source = $source::VARCHAR)
WINDOW w AS (PARTITION BY o.source, o.currency, o.quote ORDER BY o.day)
QUALIFY (($selection::selection)['since'] IS NULL OR o.day >= ($selection::selection)['since'])
    AND (($selection::selection)['until'] IS NULL OR o.day < ($selection::selection)['until'])
ORDER BY o.source, o.quote, o.currency, o.day
