-- What every question is asked with: the reader's selection, the measures, instants and local days. Published with the
-- edition, so that analysts' own SQL has the same words. `s` is a value of the type `selection`.

CREATE TYPE selection AS STRUCT(
    since DATE, until DATE, question VARCHAR, meter VARCHAR, mode VARCHAR,
    sites VARCHAR[], sections VARCHAR[], languages VARCHAR[], topics VARCHAR[], countries VARCHAR[], authors VARCHAR[],
    sources VARCHAR[], credits VARCHAR[],
    no_sites VARCHAR[], no_sections VARCHAR[], no_languages VARCHAR[], no_topics VARCHAR[], no_countries VARCHAR[],
    no_authors VARCHAR[], no_sources VARCHAR[], no_credits VARCHAR[],
    words VARCHAR[], no_words VARCHAR[], in_body BOOLEAN
);

-- An instant of whole epoch seconds, as TIMESTAMP in UTC.
CREATE MACRO instant(s) AS make_timestamp(s * 1000000);

-- No filter but dates, question, meter and sites: totals by site answer.
CREATE MACRO is_plain(s) AS s['sections'] IS NULL AND s['languages'] IS NULL AND s['topics'] IS NULL
    AND s['countries'] IS NULL AND s['authors'] IS NULL AND s['sources'] IS NULL AND s['credits'] IS NULL
    AND s['no_sections'] IS NULL AND s['no_languages'] IS NULL AND s['no_topics'] IS NULL AND s['no_countries'] IS NULL
    AND s['no_authors'] IS NULL AND s['no_sources'] IS NULL AND s['no_credits'] IS NULL
    AND s['words'] IS NULL AND s['no_words'] IS NULL;

CREATE MACRO site_chosen(s, name) AS (s['sites'] IS NULL OR list_contains(s['sites'], name))
    AND (s['no_sites'] IS NULL OR NOT list_contains(s['no_sites'], name));

-- The several-valued fields: what is wanted and unwanted of one dimension, and which dimensions are asked about at all.
-- One pass over article_dimension answers all of them: a query is planned afresh each time, and each subquery costs.
CREATE MACRO wanted(s, dimension) AS CASE dimension WHEN 'topic' THEN s['topics'] WHEN 'country' THEN s['countries']
    WHEN 'author' THEN s['authors'] WHEN 'source' THEN s['sources'] WHEN 'credit' THEN s['credits'] END;
CREATE MACRO unwanted(s, dimension) AS CASE dimension WHEN 'topic' THEN s['no_topics']
    WHEN 'country' THEN s['no_countries'] WHEN 'author' THEN s['no_authors'] WHEN 'source' THEN s['no_sources']
    WHEN 'credit' THEN s['no_credits'] END;
CREATE MACRO wanted_dimensions(s) AS list_filter([
    CASE WHEN s['topics'] IS NOT NULL THEN 'topic' END, CASE WHEN s['countries'] IS NOT NULL THEN 'country' END,
    CASE WHEN s['authors'] IS NOT NULL THEN 'author' END, CASE WHEN s['sources'] IS NOT NULL THEN 'source' END,
    CASE WHEN s['credits'] IS NOT NULL THEN 'credit' END], lambda d: d IS NOT NULL);
CREATE MACRO unwanted_dimensions(s) AS list_filter([
    CASE WHEN s['no_topics'] IS NOT NULL THEN 'topic' END, CASE WHEN s['no_countries'] IS NOT NULL THEN 'country' END,
    CASE WHEN s['no_authors'] IS NOT NULL THEN 'author' END, CASE WHEN s['no_sources'] IS NOT NULL THEN 'source' END,
    CASE WHEN s['no_credits'] IS NOT NULL THEN 'credit' END], lambda d: d IS NOT NULL);
CREATE MACRO wanted_count(s) AS coalesce(len(s['topics']), 0) + coalesce(len(s['countries']), 0)
    + coalesce(len(s['authors']), 0) + coalesce(len(s['sources']), 0) + coalesce(len(s['credits']), 0);

-- Articles that have, in every dimension asked about, any of the values, all of them, or these and no others.
CREATE MACRO matching(s) AS TABLE
    SELECT d.article FROM article_dimension AS d
    WHERE list_contains(wanted_dimensions(s), d.dimension)
        AND (s['mode'] = 'only' OR list_contains(wanted(s, d.dimension), d.value))
    GROUP BY d.article
    HAVING count(DISTINCT d.dimension) = len(wanted_dimensions(s))
        AND (coalesce(s['mode'], 'any') <> 'all' OR count(*) = wanted_count(s))
        AND (coalesce(s['mode'], 'any') <> 'only' OR bool_and(list_contains(wanted(s, d.dimension), d.value)));
CREATE MACRO unwelcome(s) AS TABLE
    SELECT d.article FROM article_dimension AS d
    WHERE list_contains(unwanted_dimensions(s), d.dimension) AND list_contains(unwanted(s, d.dimension), d.value);

CREATE MACRO has_words(words, hay) AS len(list_filter(words, lambda w: contains(hay, w))) = len(words);
CREATE MACRO has_a_word(words, hay) AS len(list_filter(words, lambda w: contains(hay, w))) > 0;

-- Articles of the selection whatever their dates.
CREATE MACRO chosen(s) AS TABLE
    SELECT a.* FROM article AS a
    WHERE site_chosen(s, a.site)
        AND (s['sections'] IS NULL OR list_contains(s['sections'], a.section))
        AND (s['no_sections'] IS NULL OR a.section IS NULL OR NOT list_contains(s['no_sections'], a.section))
        AND (s['languages'] IS NULL OR list_contains(s['languages'], a.language))
        AND (s['no_languages'] IS NULL OR a.language IS NULL OR NOT list_contains(s['no_languages'], a.language))
        AND (len(wanted_dimensions(s)) = 0 OR a.article IN (FROM matching(s)))
        AND (len(unwanted_dimensions(s)) = 0 OR a.article NOT IN (FROM unwelcome(s)))
        AND (s['words'] IS NULL OR has_words(s['words'], lower(concat_ws(' ', a.title, a.lead)))
            OR (s['in_body'] AND a.article IN (
                SELECT t.article FROM article_text AS t JOIN article AS b ON b.article = t.article
                WHERE has_words(s['words'], lower(concat_ws(' ', b.title, t.body))))))
        AND (s['no_words'] IS NULL OR NOT has_a_word(s['no_words'], lower(concat_ws(' ', a.title, a.lead))));

-- The same with the figures of the selection's meter; views, total … are NULL for an article that was never read.
CREATE MACRO measured(s) AS TABLE
    SELECT a.*, m.views, m.total, m.baseline, m.first_s, m.start_s, m.last_s, m.readings, m.suspect, m.epochs,
        m.moment_unknown_views
    FROM chosen(s) AS a
    LEFT JOIN article_meter AS m ON m.article = a.article AND m.meter = s['meter'];

-- The articles that the selection's dates mean: published in them, or read in them.
CREATE MACRO selected_articles(s) AS TABLE
    SELECT a.* FROM measured(s) AS a
    WHERE (s['since'] IS NULL AND s['until'] IS NULL)
        OR (coalesce(s['question'], 'published') <> 'read'
            AND (s['since'] IS NULL OR a.published_day >= s['since'])
            AND (s['until'] IS NULL OR a.published_day < s['until']))
        OR (s['question'] = 'read' AND a.article IN (
            SELECT d.article FROM article_day AS d
            WHERE d.meter = s['meter'] AND (s['since'] IS NULL OR d.day >= s['since'])
                AND (s['until'] IS NULL OR d.day < s['until'])));

-- Views gained by local day over all dates: from totals by site when nothing else is chosen, else from the articles.
CREATE MACRO gained_by_day(s) AS TABLE
    SELECT c.day, sum(h.views)::BIGINT AS views,
        sum(h.observed)::BIGINT AS observed_hour, sum(h.observed_day)::BIGINT AS observed_day,
        sum(h.observed_week)::BIGINT AS observed_week, sum(h.observed_month)::BIGINT AS observed_month
    FROM site_hour AS h
    JOIN site AS z ON z.site = h.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = h.slot
    WHERE is_plain(s) AND h.meter = s['meter'] AND site_chosen(s, h.site)
    GROUP BY c.day
    UNION ALL
    SELECT d.day, sum(d.views)::BIGINT, NULL, sum(d.observed)::BIGINT, sum(d.observed_week)::BIGINT,
        sum(d.observed_month)::BIGINT
    FROM article_day AS d
    WHERE NOT is_plain(s) AND d.meter = s['meter'] AND d.article IN (SELECT a.article FROM chosen(s) AS a)
    GROUP BY d.day;

-- Views gained by hour slot within the dates of the selection (local days, half-open).
CREATE MACRO gained_by_slot(s) AS TABLE
    WITH window_of AS (
        SELECT z.site, z.zone, z.phase_s, min(c.slot) AS first_slot, max(c.slot) AS last_slot
        FROM site AS z JOIN calendar AS c ON c.zone = z.zone
        WHERE site_chosen(s, z.site) AND (s['since'] IS NULL OR c.day >= s['since'])
            AND (s['until'] IS NULL OR c.day < s['until'])
        GROUP BY z.site, z.zone, z.phase_s
    ),
    crossing AS (
        SELECT w.zone, w.phase_s, i.from_s, i.to_s, i.gained,
            greatest((i.from_s + w.phase_s) // 3600, w.first_slot) AS low,
            least((i.to_s + w.phase_s - 1) // 3600, w.last_slot) AS high
        FROM interval AS i
        JOIN chosen(s) AS a ON a.article = i.article
        JOIN window_of AS w ON w.site = a.site
        WHERE NOT is_plain(s) AND i.meter = s['meter'] AND i.gained > 0 AND i.from_s IS NOT NULL
            AND i.to_s + w.phase_s > w.first_slot * 3600 AND i.from_s + w.phase_s < (w.last_slot + 1) * 3600
    ),
    spread AS (SELECT *, unnest(range(low, high + 1)) AS slot FROM crossing)
    SELECT w.zone, h.slot, sum(h.views)::BIGINT AS views, sum(h.observed)::BIGINT AS observed
    FROM site_hour AS h JOIN window_of AS w ON w.site = h.site
    WHERE is_plain(s) AND h.meter = s['meter'] AND h.slot BETWEEN w.first_slot AND w.last_slot
    GROUP BY w.zone, h.slot
    UNION ALL
    SELECT zone, slot, sum(views)::BIGINT, sum(CASE WHEN to_s - from_s <= 3600 THEN views ELSE 0 END)::BIGINT
    FROM (
        SELECT zone, slot, from_s, to_s,
            (gained * (least((slot + 1) * 3600 - phase_s, to_s) - from_s)) // (to_s - from_s)
            - (gained * (greatest(slot * 3600 - phase_s, from_s) - from_s)) // (to_s - from_s) AS views
        FROM spread
    ) AS part
    GROUP BY zone, slot;

-- Time covered by the observed spans of a site's articles, by hour slot.
CREATE MACRO covered_slots(s) AS TABLE
    SELECT z.zone, v.slot, sum(v.covered_s)::BIGINT AS covered_s, sum(v.possible_s)::BIGINT AS possible_s
    FROM coverage_hour AS v JOIN site AS z ON z.site = v.site
    WHERE v.meter = s['meter'] AND site_chosen(s, v.site)
    GROUP BY z.zone, v.slot;

-- Views that were there at first readings, by the local day of that reading.
CREATE MACRO baseline_by_slot(s) AS TABLE
    SELECT z.zone, (a.first_s + z.phase_s - 1) // 3600 AS slot, sum(a.baseline)::BIGINT AS baseline
    FROM measured(s) AS a JOIN site AS z ON z.site = a.site
    WHERE a.baseline > 0
    GROUP BY ALL;
