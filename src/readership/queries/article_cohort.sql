-- article_cohort: one article beside articles of its kind at the same ages.
-- columns: age_h INTEGER hours since publication, each age of the grid; views BIGINT its own, NULL where unknown; median, q1, q3 BIGINT of the cohort, NULL with fewer than 20 articles; n BIGINT articles in it; basis what they share with it: site, language, section, or fewer when too few share all
-- parameters: article = NULL id
SELECT c.age_h, c.views, c.median, c.q1, c.q3, c.n, c.basis
FROM cohorts($selection::selection, [$article::BIGINT], TRUE) AS c
ORDER BY c.age_h
