-- convert: an amount of one currency in another at the official rates that held on a day, through a third currency if need be.
-- columns: amount DOUBLE; from_currency; to_currency; day DATE asked for; official_day DATE the older of the rates used; via the currency passed through, NULL when the pair itself is official; source names joined by ", "; rate DOUBLE units of to_currency for one of from_currency; result DOUBLE; no row when a rate is unknown
-- parameters: amount = 1 how much; from_currency = 'USD' ISO 4217; to_currency = 'KZT' ISO 4217; day = NULL the newest official day when left out
WITH asked AS (
    SELECT coalesce($day::DATE, (SELECT max(day) FROM official_pick)) AS day, $amount::DOUBLE AS amount
),
held AS (FROM official_on([(SELECT day FROM asked)])),
sides AS (
    SELECT currency, quote, per_unit::DOUBLE AS rate, official_day, source FROM held
    UNION ALL
    SELECT quote, currency, 1 / nullif(per_unit::DOUBLE, 0), official_day, source FROM held
),
ways AS (
    SELECT x.rate, x.official_day, NULL AS via, x.source, 1 AS steps FROM sides AS x
    WHERE x.currency = $from_currency::VARCHAR AND x.quote = $to_currency::VARCHAR
    UNION ALL
    SELECT x.rate * y.rate, least(x.official_day, y.official_day), x.quote,
        CASE WHEN x.source = y.source THEN x.source ELSE concat_ws(', ', x.source, y.source) END, 2
    FROM sides AS x JOIN sides AS y ON y.currency = x.quote
    WHERE x.currency = $from_currency::VARCHAR AND y.quote = $to_currency::VARCHAR
        AND x.quote NOT IN ($from_currency::VARCHAR, $to_currency::VARCHAR)
)
SELECT a.amount, $from_currency::VARCHAR AS from_currency, $to_currency::VARCHAR AS to_currency, a.day, w.official_day,
    w.via, w.source, w.rate, a.amount * w.rate AS result
FROM asked AS a JOIN ways AS w ON w.rate IS NOT NULL
WHERE $from_currency::VARCHAR <> $to_currency::VARCHAR
QUALIFY row_number() OVER (ORDER BY w.official_day DESC, w.source = 'NBK' DESC, w.steps, w.source, w.via, w.rate) = 1
