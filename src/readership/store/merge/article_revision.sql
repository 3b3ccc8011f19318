-- article_revision: one row a distinct content of an article.
MERGE INTO article_revision AS t
USING (
    SELECT * FROM stage_article_revision
    QUALIFY row_number() OVER (PARTITION BY article, revision ORDER BY provenance) = 1
) AS s
ON t.article = s.article AND t.revision = s.revision
WHEN NOT MATCHED THEN INSERT (
    article, revision, url, language, section, title, lead, body, body_sha256, photo_credit, credit_org, cited_source,
    source_org, published_at, published_day, published_local, published_precision, published_ambiguous, provenance, batch
) VALUES (
    s.article, s.revision, s.url, s.language, s.section, s.title, s.lead, s.body, s.body_sha256, s.photo_credit,
    s.credit_org, s.cited_source, s.source_org, s.published_at, s.published_day, s.published_local,
    s.published_precision, s.published_ambiguous, s.provenance, $batch
);
