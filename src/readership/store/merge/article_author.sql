-- article_author: one row a (article, revision, author).
MERGE INTO article_author AS t
USING (
    SELECT * FROM stage_article_author
    QUALIFY row_number() OVER (PARTITION BY article, revision, author ORDER BY printed, ordinal) = 1
) AS s
ON t.article = s.article AND t.revision = s.revision AND t.author = s.author
WHEN NOT MATCHED THEN INSERT (article, revision, author, printed, ordinal, batch)
VALUES (s.article, s.revision, s.author, s.printed, s.ordinal, $batch);
