-- options_standing: the age classes and states a filter can take, with the articles that have them under the rest of the selection.
-- columns: field age_class or state; value; articles BIGINT
-- parameters: field = NULL one field only
SELECT CASE WHEN starts_with(told, 'age ') THEN 'age_class' ELSE 'state' END AS field,
    CASE WHEN starts_with(told, 'age ') THEN substr(told, 5) ELSE told END AS value, count(*) AS articles
FROM (
    SELECT unnest(list_append(b.states, 'age ' || b.age_class)) AS told
    FROM standing($selection::selection) AS b
    WHERE b.article IN (SELECT a.article FROM selected_articles($selection::selection) AS a)
) AS one
WHERE told IS NOT NULL AND ($field::VARCHAR IS NULL OR $field::VARCHAR = CASE WHEN starts_with(told, 'age ') THEN 'age_class' ELSE 'state' END)
GROUP BY ALL
ORDER BY field, articles DESC, value
