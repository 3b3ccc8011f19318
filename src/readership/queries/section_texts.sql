-- section_texts: one row an article with a title, oldest first: what a model of a newsroom's sections is learnt from.
-- columns: article BIGINT id; site; language; section as printed, NULL when none is; text VARCHAR title and lead (the first paragraph where no lead is printed)
SELECT a.article, a.site, a.language, a.section,
    a.title || chr(10) || coalesce(a.lead, left(split_part(t.body, chr(10), 1), 1000), '') AS text
FROM selected_articles($selection::selection) AS s
JOIN article AS a ON a.article = s.article
LEFT JOIN article_text AS t ON t.article = a.article
WHERE a.title IS NOT NULL AND a.language IS NOT NULL
ORDER BY a.published_s NULLS FIRST, a.article
