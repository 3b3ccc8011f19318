-- matched_captures: captures without a moment, with the official days that their header's USD, EUR and RUB match within 1 %.
-- columns: article BIGINT; site; article_key; title; url; published_local; usd DECIMAL; eur DECIMAL; rub DECIMAL; quote; candidates BIGINT official days that match, 0 when none does; first_day DATE; last_day DATE; day DATE the closest one, of several equally close the first; deviation_percent DOUBLE largest of the three there; source; captured_at_basis matched-rates or unknown
SELECT m.article, a.site, a.article_key, a.title, a.url, a.published_local, m.usd, m.eur, m.rub, m.quote, m.candidates,
    m.first_day, m.last_day, m.day, 100 * m.deviation AS deviation_percent, m.source,
    CASE WHEN m.candidates > 0 THEN 'matched-rates' ELSE 'unknown' END AS captured_at_basis
FROM matched_capture AS m JOIN chosen($selection::selection) AS a ON a.article = m.article
ORDER BY m.candidates = 0, m.candidates, m.day, a.site, a.article_key, m.capture
