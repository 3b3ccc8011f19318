-- unheard: the values that the selection names and no article has, wanted or left out; and its meter when nothing was read on it.
-- columns: field as in a URL; value
WITH asked AS (
    SELECT unnest(['site', 'section', 'language', 'topic', 'country', 'author', 'source', 'credit', 'no_site',
            'no_section', 'no_language', 'no_topic', 'no_country', 'no_author', 'no_source', 'no_credit', 'meter']) AS field,
        unnest([($selection::selection)['sites'],
            ($selection::selection)['sections'],
            ($selection::selection)['languages'],
            ($selection::selection)['topics'],
            ($selection::selection)['countries'],
            ($selection::selection)['authors'],
            ($selection::selection)['sources'],
            ($selection::selection)['credits'],
            ($selection::selection)['no_sites'],
            ($selection::selection)['no_sections'],
            ($selection::selection)['no_languages'],
            ($selection::selection)['no_topics'],
            ($selection::selection)['no_countries'],
            ($selection::selection)['no_authors'],
            ($selection::selection)['no_sources'],
            ($selection::selection)['no_credits'],
            [($selection::selection)['meter']]]) AS named
),
one AS (
    SELECT field, CASE WHEN starts_with(field, 'no_') THEN substr(field, 4) ELSE field END AS dimension, unnest(named) AS value
    FROM asked
),
heard AS (
    SELECT DISTINCT field_of(d.dimension) AS dimension, d.value FROM article_dimension AS d
    WHERE d.value IN (SELECT o.value FROM one AS o)
    UNION ALL SELECT 'site', a.site FROM article AS a WHERE a.site IN (SELECT o.value FROM one AS o) GROUP BY a.site
    UNION ALL SELECT 'meter', n.meter FROM newest_reading AS n GROUP BY n.meter
)
SELECT o.field, o.value
FROM one AS o ANTI JOIN heard AS h ON h.dimension = o.dimension AND h.value = o.value
ORDER BY o.field, o.value
