-- article_country: one row a (article, revision, country).
MERGE INTO article_country AS t
USING (
    SELECT * FROM stage_article_country
    QUALIFY row_number() OVER (PARTITION BY article, revision, country ORDER BY mentions) = 1
) AS s
ON t.article = s.article AND t.revision = s.revision AND t.country = s.country
WHEN NOT MATCHED THEN INSERT (article, revision, country, mentions, in_title, first_position, salience, about, words, batch)
VALUES (s.article, s.revision, s.country, s.mentions, s.in_title, s.first_position, s.salience, s.about, s.words, $batch);
