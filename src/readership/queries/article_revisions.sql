-- article_revisions: the texts an article has had, by when each was first seen.
-- columns: seen_at TIMESTAMP; title; title_changed BOOLEAN; body_changed BOOLEAN
-- parameters: article = NULL id
SELECT seen_at, title, title_changed, body_changed FROM article_revision
WHERE article = $article::BIGINT ORDER BY seen_at, revision
