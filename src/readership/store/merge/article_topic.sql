-- article_topic: one row a (article, revision, topic).
MERGE INTO article_topic AS t
USING (
    SELECT * FROM stage_article_topic
    QUALIFY row_number() OVER (PARTITION BY article, revision, topic ORDER BY score, words) = 1
) AS s
ON t.article = s.article AND t.revision = s.revision AND t.topic = s.topic
WHEN NOT MATCHED THEN INSERT (article, revision, topic, score, words, batch)
VALUES (s.article, s.revision, s.topic, s.score, s.words, $batch);
