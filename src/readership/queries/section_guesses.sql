-- section_guesses: one row an article of the selection that prints no section, with the one a learnt model guesses; a guess never stands for a printed section. Empty until `readership sections learn`.
-- columns: article BIGINT id; site; language; title; guessed_section VARCHAR; chance DOUBLE 0..1; published_at TIMESTAMP UTC; total BIGINT V*
-- parameters: limit = NULL rows at most
SELECT a.article, a.site, a.language, a.title, g.section AS guessed_section, g.chance, a.published_at, a.total
FROM section_guess AS g
JOIN selected_articles($selection::selection) AS a ON a.article = g.article
WHERE a.section IS NULL
ORDER BY g.chance DESC, a.article
LIMIT $limit::BIGINT
