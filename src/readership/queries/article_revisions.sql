-- article_revisions: the first text of an article and those whose title or body differed from the one before.
-- columns: seen_at TIMESTAMP; title; title_changed BOOLEAN; body_changed BOOLEAN
-- parameters: article = NULL id
SELECT seen_at, title, title_changed, body_changed FROM article_revision
WHERE article = $article::BIGINT
QUALIFY title_changed OR body_changed OR row_number() OVER (ORDER BY seen_at, revision) = 1
ORDER BY seen_at, revision
