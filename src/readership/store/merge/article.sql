-- article: one row a (site, article_key).
MERGE INTO article AS t
USING (
    SELECT article, site, article_key FROM stage_article
    QUALIFY row_number() OVER (PARTITION BY article ORDER BY site, article_key) = 1
) AS s
ON t.article = s.article
WHEN NOT MATCHED THEN INSERT (article, site, article_key, batch) VALUES (s.article, s.site, s.article_key, $batch);
