-- unheard: the values that the selection names and no article has, wanted or left out; and its meter when nothing was read on it.
-- columns: field as in a URL; value
WITH asked AS (
    SELECT unnest(['site', 'section', 'language', 'topic', 'country', 'author', 'source', 'credit', 'no_site',
            'no_section', 'no_language', 'no_topic', 'no_country', 'no_author', 'no_source', 'no_credit', 'meter']) AS field,
        unnest([s['sites'], s['sections'], s['languages'], s['topics'], s['countries'], s['authors'], s['sources'],
            s['credits'], s['no_sites'], s['no_sections'], s['no_languages'], s['no_topics'], s['no_countries'],
            s['no_authors'], s['no_sources'], s['no_credits'], [s['meter']]]) AS named
    FROM (SELECT $selection::selection AS s)
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
