-- article_provenance: where each fact of one article stood on its newest page.
-- columns: field; where_found line, tag or URL; found what stood there
-- parameters: article = NULL id
SELECT p.key AS field, p.value ->> 'where' AS where_found, p.value ->> 'text' AS found
FROM (SELECT unnest(json_keys(provenance)) AS key, provenance FROM provenance WHERE article = $article::BIGINT) AS k,
    LATERAL (SELECT k.key AS key, json_extract(k.provenance, '$."' || k.key || '"') AS value) AS p
ORDER BY p.key
