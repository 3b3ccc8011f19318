-- options: the values a filter can take, with the articles that have them under the rest of the selection.
-- columns: field site, section, language, topic (of both levels), country, author, source or credit; value; articles BIGINT
-- parameters: field = NULL one field only; limit = 500 values a field at most
SELECT field, value, articles
FROM (
    SELECT 'site' AS field, a.site AS value, count(*) AS articles
    FROM selected_articles($selection::selection) AS a
    GROUP BY a.site
    UNION ALL
    SELECT field_of(d.dimension) AS field, d.value, count(*) AS articles
    FROM article_dimension AS d
    WHERE (is_everything($selection::selection)
        OR d.article IN (SELECT a.article FROM selected_articles($selection::selection) AS a))
    GROUP BY d.dimension, d.value
)
WHERE $field::VARCHAR IS NULL OR field = $field::VARCHAR
QUALIFY row_number() OVER (PARTITION BY field ORDER BY articles DESC, value) <= $limit::BIGINT
ORDER BY field, articles DESC, value
