-- Header rates by site and moment: captures of one moment that agree are one row with their number, those that disagree
-- stay apart. Of the batches that the edition doesn't know yet (all, when everything is made again); store/changes.py puts
-- them together with what is there. Reads facts, `new_batch`.

CREATE TEMP TABLE fresh_header_rate AS
SELECT h.site, h.captured_at, h.captured_at_basis, h.currency, h.value, h.quote, h.labelled, h.certain,
    min(h.position) AS position, count(*) AS captures, min(c.article) AS example_article
FROM facts.header_rate AS h
JOIN new_batch AS n ON n.batch = h.batch
LEFT JOIN facts.capture AS c ON c.capture = h.capture
GROUP BY h.site, h.captured_at, h.captured_at_basis, h.currency, h.value, h.quote, h.labelled, h.certain;
