-- Mentions and derived columns of every text, as staged, in the place of the stored ones; the batch of a text stays.

DELETE FROM article_author;
INSERT INTO article_author
SELECT s.article, s.revision, s.author, s.printed, s.ordinal, r.batch
FROM stage_article_author AS s JOIN article_revision AS r ON r.article = s.article AND r.revision = s.revision
QUALIFY row_number() OVER (PARTITION BY s.article, s.revision, s.author ORDER BY s.ordinal) = 1;

DELETE FROM article_topic;
INSERT INTO article_topic
SELECT s.article, s.revision, s.topic, s.score, s.words, r.batch
FROM stage_article_topic AS s JOIN article_revision AS r ON r.article = s.article AND r.revision = s.revision;

DELETE FROM article_country;
INSERT INTO article_country
SELECT s.article, s.revision, s.country, s.mentions, s.in_title, s.first_position, s.salience, s.about, s.words, r.batch
FROM stage_article_country AS s JOIN article_revision AS r ON r.article = s.article AND r.revision = s.revision;

UPDATE article_revision AS r
SET language = s.language, credit_org = s.credit_org, cited_source = s.cited_source, source_org = s.source_org
FROM stage_article_revision AS s
WHERE s.article = r.article AND s.revision = r.revision;
