-- convert: an amount of one currency in another at the official rates that held on a day, through the quote currency if need be.
-- columns: amount DOUBLE; from_currency; to_currency; day DATE asked for; official_day DATE the older of the rates used; quote currency passed through; rate DOUBLE; result DOUBLE; no row when a rate is unknown
-- parameters: amount = 1 how much; from_currency = 'USD' ISO 4217; to_currency = 'KZT' ISO 4217; day = NULL the newest official day when left out
WITH asked AS (
    SELECT coalesce($day::DATE, (SELECT max(day) FROM official_pick)) AS day, $amount::DOUBLE AS amount
),
held AS (FROM official_on([(SELECT day FROM asked)])),
sides AS (
    SELECT currency, quote, per_unit::DOUBLE AS per_unit, official_day FROM held
    UNION SELECT quote, quote, 1.0, NULL FROM held
)
SELECT a.amount, x.currency AS from_currency, y.currency AS to_currency, a.day,
    least(coalesce(x.official_day, y.official_day), coalesce(y.official_day, x.official_day)) AS official_day, x.quote,
    x.per_unit / nullif(y.per_unit, 0) AS rate, a.amount * x.per_unit / nullif(y.per_unit, 0) AS result
FROM asked AS a
JOIN sides AS x ON x.currency = $from_currency::VARCHAR
JOIN sides AS y ON y.currency = $to_currency::VARCHAR AND y.quote = x.quote
QUALIFY row_number() OVER (ORDER BY coalesce(x.official_day, y.official_day) DESC NULLS LAST, x.quote) = 1
