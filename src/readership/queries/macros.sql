-- What every question is asked with: the reader's selection, the measures, instants and local days. Published with the
-- edition, so that analysts' own SQL has the same words. `s` is a value of the type `selection`.

CREATE TYPE selection AS STRUCT(
    since DATE, until DATE, question VARCHAR, meter VARCHAR, mode VARCHAR,
    sites VARCHAR[], sections VARCHAR[], languages VARCHAR[], topics VARCHAR[], countries VARCHAR[], authors VARCHAR[],
    sources VARCHAR[], credits VARCHAR[],
    no_sites VARCHAR[], no_sections VARCHAR[], no_languages VARCHAR[], no_topics VARCHAR[], no_countries VARCHAR[],
    no_authors VARCHAR[], no_sources VARCHAR[], no_credits VARCHAR[],
    ages VARCHAR[], states VARCHAR[], no_ages VARCHAR[], no_states VARCHAR[],
    words VARCHAR[], no_words VARCHAR[], in_body BOOLEAN, matched BOOLEAN,
    lone VARCHAR, lone_values VARCHAR[], lone_hourly BOOLEAN, zone VARCHAR, week_start INTEGER,
    ends STRUCT(site VARCHAR, day DATE, from_s BIGINT, at_s BIGINT)[]
);
-- `ends` is set when a selection stands beside another (comparison.py): where its dates end at each site. The days before
-- `day` count whole, and of `day` the seconds from from_s to at_s. Such a selection is asked with the macros `…_to_end`.

-- An instant of whole epoch seconds, as TIMESTAMP in UTC.
CREATE MACRO instant(s) AS make_timestamp(s * 1000000);

-- Neither age class nor state is asked about.
CREATE MACRO stands_anyhow(s) AS s['ages'] IS NULL AND s['no_ages'] IS NULL AND s['states'] IS NULL
    AND s['no_states'] IS NULL;

-- No filter but dates, question, meter and sites: totals by site answer.
CREATE MACRO is_plain(s) AS s['sections'] IS NULL AND s['languages'] IS NULL AND s['topics'] IS NULL
    AND s['countries'] IS NULL AND s['authors'] IS NULL AND s['sources'] IS NULL AND s['credits'] IS NULL
    AND s['no_sections'] IS NULL AND s['no_languages'] IS NULL AND s['no_topics'] IS NULL AND s['no_countries'] IS NULL
    AND s['no_authors'] IS NULL AND s['no_sources'] IS NULL AND s['no_credits'] IS NULL
    AND s['words'] IS NULL AND s['no_words'] IS NULL AND stands_anyhow(s);

CREATE MACRO site_chosen(s, name) AS (s['sites'] IS NULL OR list_contains(s['sites'], name))
    AND (s['no_sites'] IS NULL OR NOT list_contains(s['no_sites'], name));

-- Nothing at all is chosen but a question and a meter.
CREATE MACRO is_everything(s) AS is_plain(s) AND s['sites'] IS NULL AND s['no_sites'] IS NULL AND s['since'] IS NULL
    AND s['until'] IS NULL AND s['ends'] IS NULL;

-- `lone` is set when values of one dimension are chosen and nothing else but dates, question, meter and sites, and no
-- article has two of them (selection.py): totals by dimension answer, those by the hour where such are kept.
CREATE MACRO lone_days(s) AS TABLE
    SELECT d.* FROM dimension_day AS d
    WHERE d.meter = s['meter'] AND d.dimension = s['lone'] AND list_contains(s['lone_values'], d.value)
        AND site_chosen(s, d.site) AND ((s['zone'] IS NULL AND d.on_own) OR (s['zone'] IS NOT NULL AND d.on_shared));
CREATE MACRO lone_hours(s) AS TABLE
    SELECT h.* FROM dimension_hour AS h
    WHERE h.meter = s['meter'] AND h.dimension = s['lone'] AND list_contains(s['lone_values'], h.value)
        AND site_chosen(s, h.site) AND ((s['zone'] IS NULL AND h.on_own) OR (s['zone'] IS NOT NULL AND h.on_shared));


-- Whose clock counts: each site's own while all chosen sites have the same zone and week, else the newsroom's. `zone` and
-- `week_start` of the selection are set only then (clock.py), and days and hours are those of the tables `shared_…`.
-- Slots are numbered alike for all sites, so that one site's slots have their place in any zone's calendar.
CREATE MACRO clock(s) AS TABLE
    SELECT z.site, coalesce(s['zone'], z.zone) AS zone, coalesce(s['week_start'], z.week_start) AS week_start, z.phase_s,
        z.slot_s, z.home_country, z.quote_currency
    FROM site AS z WHERE site_chosen(s, z.site);
CREATE MACRO article_days(s) AS TABLE
    SELECT d.* FROM article_day AS d WHERE s['zone'] IS NULL
    UNION ALL SELECT d.* FROM shared_article_day AS d WHERE s['zone'] IS NOT NULL;
CREATE MACRO site_hours(s) AS TABLE
    SELECT h.* FROM site_hour AS h WHERE s['zone'] IS NULL
    UNION ALL SELECT h.* FROM shared_site_hour AS h WHERE s['zone'] IS NOT NULL;
-- Hours that are shorter or longer than others, where clocks move by half an hour.
CREATE VIEW odd_hour AS SELECT zone, slot, hour_s FROM calendar WHERE hour_s <> 3600;
-- The first day of a day's week.
CREATE MACRO week_of(day, week_start) AS day - ((isodow(day) - week_start + 7) % 7)::INTEGER;

-- The several-valued fields: what is wanted and unwanted of one dimension, and which dimensions are asked about at all.
-- One pass over article_dimension answers all of them: a query is planned afresh each time, and each subquery costs.
-- Topics of the second level (`sport/football`) are a dimension of their own, and chosen as topics are.
CREATE MACRO names_detail(topics) AS coalesce(len(list_filter(topics, lambda t: contains(t, '/'))), 0) > 0;
CREATE MACRO field_of(dimension) AS CASE dimension WHEN 'subtopic' THEN 'topic' ELSE dimension END;
CREATE MACRO wanted(s, dimension) AS CASE dimension WHEN 'topic' THEN s['topics'] WHEN 'subtopic' THEN s['topics'] WHEN 'country' THEN s['countries']
    WHEN 'author' THEN s['authors'] WHEN 'source' THEN s['sources'] WHEN 'credit' THEN s['credits'] END;
CREATE MACRO unwanted(s, dimension) AS CASE dimension WHEN 'topic' THEN s['no_topics']
    WHEN 'subtopic' THEN s['no_topics'] WHEN 'country' THEN s['no_countries'] WHEN 'author' THEN s['no_authors'] WHEN 'source' THEN s['no_sources']
    WHEN 'credit' THEN s['no_credits'] END;
CREATE MACRO wanted_dimensions(s) AS list_filter([
    CASE WHEN s['topics'] IS NOT NULL THEN 'topic' END, CASE WHEN names_detail(s['topics']) THEN 'subtopic' END,
    CASE WHEN s['countries'] IS NOT NULL THEN 'country' END,
    CASE WHEN s['authors'] IS NOT NULL THEN 'author' END, CASE WHEN s['sources'] IS NOT NULL THEN 'source' END,
    CASE WHEN s['credits'] IS NOT NULL THEN 'credit' END], lambda d: d IS NOT NULL);
CREATE MACRO unwanted_dimensions(s) AS list_filter([
    CASE WHEN s['no_topics'] IS NOT NULL THEN 'topic' END, CASE WHEN names_detail(s['no_topics']) THEN 'subtopic' END,
    CASE WHEN s['no_countries'] IS NOT NULL THEN 'country' END,
    CASE WHEN s['no_authors'] IS NOT NULL THEN 'author' END, CASE WHEN s['no_sources'] IS NOT NULL THEN 'source' END,
    CASE WHEN s['no_credits'] IS NOT NULL THEN 'credit' END], lambda d: d IS NOT NULL);
CREATE MACRO wanted_count(s) AS coalesce(len(s['topics']), 0) + coalesce(len(s['countries']), 0)
    + coalesce(len(s['authors']), 0) + coalesce(len(s['sources']), 0) + coalesce(len(s['credits']), 0);

CREATE MACRO wanted_fields(s) AS len(list_filter(wanted_dimensions(s), lambda d: d <> 'subtopic'));
-- With `only` a topic may stand beside the wanted ones when it is above or below one of them.
CREATE MACRO of_one_line(topics, value) AS
    len(list_filter(topics, lambda t: starts_with(t, value || '/') OR starts_with(value, t || '/'))) > 0;

-- Articles that have, in every field asked about, any of the values, all of them, or these and no others.
CREATE MACRO matching(s) AS TABLE
    SELECT d.article FROM article_dimension AS d
    WHERE list_contains(wanted_dimensions(s), d.dimension)
        AND (s['mode'] = 'only' OR list_contains(wanted(s, d.dimension), d.value))
    GROUP BY d.article
    HAVING count(DISTINCT field_of(d.dimension)) FILTER (list_contains(wanted(s, d.dimension), d.value))
            = wanted_fields(s)
        AND (coalesce(s['mode'], 'any') <> 'all' OR count(*) = wanted_count(s))
        AND (coalesce(s['mode'], 'any') <> 'only' OR bool_and(list_contains(wanted(s, d.dimension), d.value)
            OR (field_of(d.dimension) = 'topic' AND of_one_line(s['topics'], d.value))));
CREATE MACRO unwelcome(s) AS TABLE
    SELECT d.article FROM article_dimension AS d
    WHERE list_contains(unwanted_dimensions(s), d.dimension) AND list_contains(unwanted(s, d.dimension), d.value);

CREATE MACRO has_words(words, hay) AS len(list_filter(words, lambda w: contains(hay, w))) = len(words);
CREATE MACRO has_a_word(words, hay) AS len(list_filter(words, lambda w: contains(hay, w))) > 0;

-- Age class at T, and what is remarkable about how an article is read at T: a spike's state and that of lasting readers.
CREATE MACRO age_class(published_s, now_s) AS CASE WHEN published_s IS NULL OR now_s IS NULL THEN NULL
    WHEN now_s - published_s <= 172800 THEN 'new' WHEN now_s - published_s <= 604800 THEN 'recent' ELSE 'archive' END;
CREATE MACRO states_of(spike, lasting) AS list_filter(
    [spike, CASE WHEN lasting IN ('evergreen', 'candidate') THEN lasting END], lambda x: x IS NOT NULL);

-- How articles stand at T; of what T doesn't tell (no publication time, not read lately) nothing is said.
CREATE MACRO standing(s) AS TABLE
    SELECT b.article, age_class(b.published_s, n.at_s) AS age_class, states_of(t.spike_state, t.evergreen_state) AS states
    FROM article AS b
    LEFT JOIN newest_reading AS n ON n.site = b.site AND n.meter = s['meter']
    LEFT JOIN article_state AS t ON t.article = b.article AND t.meter = s['meter'];
CREATE MACRO standing_so(s) AS TABLE
    SELECT w.article FROM standing(s) AS w
    WHERE NOT stands_anyhow(s) AND (s['ages'] IS NULL OR list_contains(s['ages'], w.age_class))
        AND (s['no_ages'] IS NULL OR w.age_class IS NULL OR NOT list_contains(s['no_ages'], w.age_class))
        AND (s['states'] IS NULL OR CASE s['mode'] WHEN 'all' THEN list_has_all(w.states, s['states'])
            WHEN 'only' THEN len(w.states) > 0 AND list_has_all(s['states'], w.states)
            ELSE list_has_any(w.states, s['states']) END)
        AND (s['no_states'] IS NULL OR NOT list_has_any(w.states, s['no_states']));

-- Articles that its filters leave: all but sites, dates and question.
CREATE MACRO filtered(s) AS TABLE
    SELECT a.article
    FROM article AS a
    WHERE (s['sections'] IS NULL OR list_contains(s['sections'], a.section))
        AND (s['no_sections'] IS NULL OR a.section IS NULL OR NOT list_contains(s['no_sections'], a.section))
        AND (s['languages'] IS NULL OR list_contains(s['languages'], a.language))
        AND (s['no_languages'] IS NULL OR a.language IS NULL OR NOT list_contains(s['no_languages'], a.language))
        AND (len(wanted_dimensions(s)) = 0 OR a.article IN (FROM matching(s)))
        AND (len(unwanted_dimensions(s)) = 0 OR a.article NOT IN (FROM unwelcome(s)))
        AND (stands_anyhow(s) OR a.article IN (FROM standing_so(s)))
        AND (s['words'] IS NULL OR has_words(s['words'], lower(concat_ws(' ', a.title, a.lead)))
            OR (s['in_body'] AND a.article IN (
                SELECT t.article FROM article_text AS t JOIN article AS b ON b.article = t.article
                WHERE s['in_body'] AND s['words'] IS NOT NULL
                    AND has_words(s['words'], lower(concat_ws(' ', b.title, t.body))))))
        AND (s['no_words'] IS NULL OR NOT has_a_word(s['no_words'], lower(concat_ws(' ', a.title, a.lead))));

-- Articles of the selection whatever their dates.
CREATE MACRO chosen(s) AS TABLE
    SELECT a.* EXCLUDE (shared_day)
        REPLACE (CASE WHEN s['zone'] IS NULL THEN a.published_day ELSE a.shared_day END AS published_day)
    FROM article AS a
    WHERE site_chosen(s, a.site) AND (is_plain(s) OR a.article IN (FROM filtered(s)));

-- The same with the figures of the selection's meter; views, total … are NULL for an article that was never read.
CREATE MACRO measured(s) AS TABLE
    SELECT a.*, m.views, m.total, m.baseline, m.first_s, m.start_s, m.last_s, m.readings, m.suspect, m.epochs,
        m.moment_unknown_views
    FROM chosen(s) AS a
    LEFT JOIN article_meter AS m ON m.article = a.article AND m.meter = s['meter'];

-- Views gained within the selection's dates by article: a row a day with views.
CREATE MACRO gained_by_article(s) AS TABLE
    SELECT d.article, d.day, d.views FROM article_days(s) AS d
    WHERE d.meter = s['meter'] AND (s['since'] IS NULL OR d.day >= s['since'])
        AND (s['until'] IS NULL OR d.day < s['until']);

-- The articles that the selection's dates mean: published in them, or read in them. What a subquery is needed for is said
-- inside it too: so it is left out of the plan when it isn't, for an OR alone keeps the whole of it.
CREATE MACRO selected_articles(s) AS TABLE
    SELECT a.* FROM measured(s) AS a
    WHERE (s['since'] IS NULL AND s['until'] IS NULL)
        OR (coalesce(s['question'], 'published') <> 'read'
            AND (s['since'] IS NULL OR a.published_day >= s['since'])
            AND (s['until'] IS NULL OR a.published_day < s['until']))
        OR (s['question'] = 'read' AND a.article IN (SELECT g.article FROM gained_by_article(s) AS g
            WHERE s['question'] = 'read' AND (s['since'] IS NOT NULL OR s['until'] IS NOT NULL)))
        OR (s['question'] = 'read' AND s['matched'] AND a.article IN (
            SELECT k.article FROM matched_capture AS k
            WHERE s['question'] = 'read' AND s['matched'] AND (s['since'] IS NULL OR k.day >= s['since'])
                AND (s['until'] IS NULL OR k.day < s['until'])));

-- Views gained by local day over all dates: from totals by site when nothing else is chosen, else from the articles.
CREATE MACRO gained_by_day(s) AS TABLE
    SELECT c.day, sum(h.views)::BIGINT AS views,
        sum(h.observed)::BIGINT AS observed_hour, sum(h.observed_day)::BIGINT AS observed_day,
        sum(h.observed_week)::BIGINT AS observed_week, sum(h.observed_month)::BIGINT AS observed_month
    FROM site_hours(s) AS h
    JOIN clock(s) AS z ON z.site = h.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = h.slot
    WHERE is_plain(s) AND h.meter = s['meter'] AND site_chosen(s, h.site)
    GROUP BY c.day
    UNION ALL
    SELECT d.day, sum(d.views)::BIGINT AS views, NULL::BIGINT AS observed_hour, sum(d.observed)::BIGINT AS observed_day,
        sum(d.observed_week)::BIGINT AS observed_week, sum(d.observed_month)::BIGINT AS observed_month
    FROM lone_days(s) AS d
    WHERE s['lone'] IS NOT NULL
    GROUP BY d.day
    UNION ALL
    SELECT d.day, sum(d.views)::BIGINT AS views, NULL::BIGINT AS observed_hour, sum(d.observed)::BIGINT AS observed_day,
        sum(d.observed_week)::BIGINT AS observed_week, sum(d.observed_month)::BIGINT AS observed_month
    FROM article_days(s) AS d
    WHERE NOT is_plain(s) AND s['lone'] IS NULL AND d.meter = s['meter'] AND d.article IN (SELECT a.article FROM chosen(s) AS a)
    GROUP BY d.day;

-- Views that were there at first readings, by the local day of that reading.
CREATE MACRO baseline_by_slot(s) AS TABLE
    SELECT z.zone, (a.first_s + z.phase_s - 1) // z.slot_s AS slot, sum(a.baseline)::BIGINT AS baseline
    FROM measured(s) AS a JOIN clock(s) AS z ON z.site = a.site
    WHERE a.baseline > 0
    GROUP BY ALL;

-- The ⌈percent·n/100⌉-th smallest of the known values (DEFINITIONS); NULL of none.
CREATE MACRO quantile_of(x, percent) AS list_sort(list(x) FILTER (WHERE x IS NOT NULL))[(percent * count(x) + 99) // 100];

-- Ages at which views are kept, hours.
CREATE MACRO age_hours() AS [1, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2160];

-- Views that an interval gained between two instants, by F.
CREATE MACRO gained_within(gained, from_s, to_s, low_s, high_s) AS
    (gained * (least(high_s, to_s) - from_s)) // (to_s - from_s) - (gained * (greatest(low_s, from_s) - from_s)) // (to_s - from_s);

-- T of each site: its local day, the hour it lies in (of a repeated one either) and the seconds into that hour, 1 to 3600.
CREATE MACRO as_of(s) AS TABLE
    SELECT n.site, z.zone, z.week_start, z.phase_s, n.at_s, c.day, c.hour, n.at_s - c.from_s + c.past_hour_s AS into_s
    FROM newest_reading AS n
    JOIN clock(s) AS z ON z.site = n.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = (n.at_s - 1 + z.phase_s) // z.slot_s
    WHERE n.meter = s['meter'] AND site_chosen(s, n.site);

-- Local days of each site up to that of T, each with the instant of T's wall-clock time (the earlier of a repeated one).
CREATE MACRO day_cuts(s) AS TABLE
    SELECT t.site, c.day, min(c.from_s) AS from_s, max(c.to_s) AS to_s, any_value(t.day) AS as_of_day,
        CASE WHEN c.day = any_value(t.day) THEN any_value(t.at_s)
            ELSE least(max(c.to_s), min(c.from_s) FILTER (WHERE c.hour >= t.hour) + any_value(t.into_s)) END AS cut_s
    FROM as_of(s) AS t JOIN calendar AS c ON c.zone = t.zone AND c.day <= t.day
    GROUP BY t.site, c.day;

-- Intervals with views of chosen articles that may reach into the days low to high, whatever the zone.
CREATE MACRO intervals_within(s, low, high) AS TABLE
    SELECT a.site, i.article, i.from_s, i.to_s, i.gained
    FROM interval AS i JOIN chosen(s) AS a ON a.article = i.article
    WHERE i.meter = s['meter'] AND i.gained > 0 AND i.from_s IS NOT NULL
        AND i.to_s > epoch(low)::BIGINT - 86400 AND i.from_s < epoch(high)::BIGINT + 172800;

-- Views gained on some local days, all of them from low to high, from midnight to T's wall-clock time.
CREATE MACRO gained_to_cut(s, days, low, high) AS TABLE
    WITH cut AS MATERIALIZED (SELECT k.* FROM day_cuts(s) AS k WHERE list_contains(days, k.day)),
    near AS MATERIALIZED (FROM intervals_within(s, low, high))
    SELECT k.site, k.day, sum(gained_within(i.gained, i.from_s, i.to_s, k.from_s, k.cut_s))::BIGINT AS views
    FROM near AS i JOIN cut AS k ON k.site = i.site AND i.from_s < k.cut_s AND i.to_s > k.from_s
    GROUP BY k.site, k.day;

-- Views gained by site and local day, low to high inclusive.
CREATE MACRO gained_by_site_day(s, low, high) AS TABLE
    SELECT h.site, c.day, sum(h.views)::BIGINT AS views
    FROM site_hours(s) AS h
    JOIN clock(s) AS z ON z.site = h.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = h.slot
    WHERE is_plain(s) AND h.meter = s['meter'] AND site_chosen(s, h.site) AND c.day BETWEEN low AND high
    GROUP BY h.site, c.day
    UNION ALL
    SELECT d.site, d.day, sum(d.views)::BIGINT AS views
    FROM lone_days(s) AS d
    WHERE s['lone'] IS NOT NULL AND d.day BETWEEN low AND high
    GROUP BY d.site, d.day
    UNION ALL
    SELECT a.site, d.day, sum(d.views)::BIGINT AS views
    FROM article_days(s) AS d JOIN chosen(s) AS a ON a.article = d.article
    WHERE NOT is_plain(s) AND s['lone'] IS NULL AND d.meter = s['meter'] AND d.day BETWEEN low AND high
    GROUP BY a.site, d.day;

-- Views gained by site and hour slot on local days low to high inclusive. An interval with fewer views than slots is walked
-- by its views instead, as in rollups/40_pieces.sql: view n falls at from + ⌈n·length/gained⌉.
CREATE MACRO gained_by_site_hour(s, low, high) AS TABLE
    WITH span AS MATERIALIZED (
        SELECT z.site, z.zone, z.phase_s, z.slot_s, min(c.slot) AS first_slot, max(c.slot) AS last_slot,
            min(c.from_s) AS low_s, max(c.to_s) AS high_s
        FROM clock(s) AS z JOIN calendar AS c ON c.zone = z.zone
        WHERE site_chosen(s, z.site) AND c.day BETWEEN low AND high
        GROUP BY z.site, z.zone, z.phase_s, z.slot_s
    ),
    near AS MATERIALIZED (FROM intervals_within(s, low, high) WHERE NOT is_plain(s) AND s['lone_hourly'] IS NULL),
    stretch AS MATERIALIZED (
        SELECT w.site, w.zone, w.phase_s, w.slot_s, i.from_s, i.to_s, i.gained, i.to_s - i.from_s AS length_s,
            greatest(i.from_s, w.low_s) AS low_s, least(i.to_s, w.high_s) AS high_s
        FROM near AS i JOIN span AS w ON w.site = i.site AND i.to_s > w.low_s AND i.from_s < w.high_s
    ),
    piece AS (
        SELECT site, zone, slot, length_s,
            gained_within(gained, from_s, to_s, slot * slot_s - phase_s, (slot + 1) * slot_s - phase_s) AS views
        FROM (SELECT *, unnest(range((low_s + phase_s) // slot_s, (high_s + phase_s - 1) // slot_s + 1)) AS slot
            FROM stretch WHERE gained >= length_s // slot_s)
        UNION ALL
        SELECT site, zone, (from_s + (n * length_s + gained - 1) // gained + phase_s - 1) // slot_s AS slot, length_s,
            1 AS views
        FROM (SELECT *, unnest(range(gained * (low_s - from_s) // length_s + 1, gained * (high_s - from_s) // length_s + 1)) AS n
            FROM stretch WHERE gained < length_s // slot_s)
    )
    SELECT h.site, h.slot, h.views, h.observed
    FROM site_hours(s) AS h JOIN span AS w ON w.site = h.site
    WHERE is_plain(s) AND h.meter = s['meter'] AND h.slot BETWEEN w.first_slot AND w.last_slot
    UNION ALL
    SELECT h.site, h.slot, sum(h.views)::BIGINT AS views, sum(h.observed)::BIGINT AS observed
    FROM lone_hours(s) AS h JOIN span AS w ON w.site = h.site
    WHERE s['lone_hourly'] IS NOT NULL AND h.slot BETWEEN w.first_slot AND w.last_slot
    GROUP BY h.site, h.slot
    UNION ALL
    SELECT p.site, p.slot, sum(p.views)::BIGINT AS views,
        sum(CASE WHEN p.length_s <= coalesce(o.hour_s, 3600) THEN p.views ELSE 0 END)::BIGINT AS observed
    FROM piece AS p LEFT JOIN odd_hour AS o ON o.zone = p.zone AND o.slot = p.slot
    WHERE NOT is_plain(s) AND s['lone_hourly'] IS NULL
    GROUP BY p.site, p.slot;

-- Views gained by hour slot within the dates of the selection (local days, half-open).
CREATE MACRO gained_by_slot(s) AS TABLE
    SELECT z.zone, g.slot, sum(g.views)::BIGINT AS views, sum(g.observed)::BIGINT AS observed
    FROM gained_by_site_hour(s, coalesce(s['since'], DATE '1900-01-01'), coalesce(s['until'] - 1, DATE '9999-12-31')) AS g
    JOIN clock(s) AS z ON z.site = g.site
    GROUP BY z.zone, g.slot;

-- Same-age cohorts of some articles: at each age of the grid (or only at the largest known one) the article's own views
-- and those of articles of the same site, language and section published in the 90 days before it; with fewer than 20 of
-- the same site and language, then of the same site. NULL where those are fewer than 20 too.
CREATE MACRO cohorts(s, ids, every_age) AS TABLE
    WITH own AS MATERIALIZED (
        SELECT a.article, a.site, a.language, a.section, a.published_s, g.age_h, v.views
        FROM (SELECT b.article, b.site, b.language, b.section, b.published_s, unnest(age_hours()) AS age_h
            FROM article AS b WHERE b.article IN (SELECT unnest(ids)) AND b.published_s IS NOT NULL) AS g
        JOIN article AS a ON a.article = g.article
        LEFT JOIN article_age AS v ON v.article = g.article AND v.meter = s['meter'] AND v.age_h = g.age_h
        QUALIFY every_age OR g.age_h = max(g.age_h) FILTER (v.views IS NOT NULL) OVER (PARTITION BY a.article)
    ),
    peer AS (
        SELECT j.site, j.language, j.section, j.published_s, v.age_h, v.views
        FROM article_age AS v JOIN article AS j ON j.article = v.article
        WHERE v.meter = s['meter'] AND v.age_h IN (SELECT o.age_h FROM own AS o)
            AND j.published_s >= (SELECT min(o.published_s) - 7776000 FROM own AS o)
            AND j.published_s < (SELECT max(o.published_s) FROM own AS o)
    ),
    of_section AS MATERIALIZED (
        SELECT o.article, o.age_h, list(p.views) AS peers
        FROM own AS o
        JOIN peer AS p ON p.site = o.site AND p.language = o.language AND p.section = o.section AND p.age_h = o.age_h
            AND p.published_s < o.published_s AND p.published_s >= o.published_s - 7776000
        GROUP BY o.article, o.age_h HAVING count(*) >= 20
    ),
    of_language AS MATERIALIZED (
        SELECT o.article, o.age_h, list(p.views) AS peers
        FROM (SELECT w.* FROM own AS w ANTI JOIN of_section AS x ON x.article = w.article AND x.age_h = w.age_h) AS o
        JOIN peer AS p ON p.site = o.site AND p.language = o.language AND p.age_h = o.age_h
            AND p.published_s < o.published_s AND p.published_s >= o.published_s - 7776000
        GROUP BY o.article, o.age_h HAVING count(*) >= 20
    ),
    of_site AS (
        SELECT o.article, o.age_h, list(p.views) AS peers
        FROM (SELECT w.* FROM own AS w ANTI JOIN of_section AS x ON x.article = w.article AND x.age_h = w.age_h
            ANTI JOIN of_language AS y ON y.article = w.article AND y.age_h = w.age_h) AS o
        JOIN peer AS p ON p.site = o.site AND p.age_h = o.age_h
            AND p.published_s < o.published_s AND p.published_s >= o.published_s - 7776000
        GROUP BY o.article, o.age_h HAVING count(*) >= 20
    ),
    found AS (
        SELECT article, age_h, list_sort(peers) AS peers, 'site, language, section' AS basis FROM of_section
        UNION ALL SELECT article, age_h, list_sort(peers), 'site, language' FROM of_language
        UNION ALL SELECT article, age_h, list_sort(peers), 'site' FROM of_site
    )
    SELECT o.article, o.age_h, o.views, f.peers[(50 * len(f.peers) + 99) // 100] AS median,
        f.peers[(25 * len(f.peers) + 99) // 100] AS q1, f.peers[(75 * len(f.peers) + 99) // 100] AS q3,
        len(f.peers) AS n, f.basis,
        CASE WHEN f.peers[(50 * len(f.peers) + 99) // 100] > 0
            THEN o.views / f.peers[(50 * len(f.peers) + 99) // 100] END AS index,
        CASE WHEN f.peers[(50 * len(f.peers) + 99) // 100] > 0 AND o.views IS NOT NULL
            THEN (len(list_filter(f.peers, lambda v: v < o.views)) + len(list_filter(f.peers, lambda v: v = o.views)) / 2)
                / len(f.peers) END AS percentile
    FROM own AS o LEFT JOIN found AS f ON f.article = o.article AND f.age_h = o.age_h;

-- Official rates by day: one source a quote currency and day (the National Bank's where it has the day), per unit.
CREATE VIEW official_pick AS
    SELECT source, day, currency, quote, (value / quant)::DECIMAL(18, 6) AS per_unit, change
    FROM official_rate
    QUALIFY row_number() OVER (PARTITION BY day, currency, quote
        ORDER BY CASE WHEN source = 'NBK' THEN 0 ELSE 1 END, source) = 1;

-- The official rate that held on a local day: that day's, or the last one before it, at most ten days old.
CREATE MACRO official_on(days) AS TABLE
    SELECT d.day AS for_day, o.currency, o.quote, o.per_unit, o.source, o.day AS official_day
    FROM (SELECT unnest(days) AS day) AS d
    JOIN official_pick AS o ON o.day <= d.day AND o.day >= d.day - 10
    QUALIFY row_number() OVER (PARTITION BY d.day, o.currency, o.quote ORDER BY o.day DESC) = 1;

-- The twins of four macros for a selection with `ends`: apart, since what a question names costs time to plan.
CREATE MACRO end_of(s, name) AS list_filter(s['ends'], lambda e: e['site'] = name)[1];

-- What intervals gained on the day on which such a selection ends, up to that moment.
CREATE MACRO gained_at_end(s) AS TABLE
    SELECT i.article, e.day, sum(gained_within(i.gained, i.from_s, i.to_s, e.from_s, e.at_s))::BIGINT AS views
    FROM (SELECT unnest(s['ends'], recursive := true)) AS e
    JOIN chosen(s) AS a ON a.site = e.site
    JOIN interval AS i ON i.article = a.article AND i.from_s < e.at_s AND i.to_s > e.from_s
    WHERE i.meter = s['meter'] AND i.gained > 0 AND e.from_s < e.at_s
    GROUP BY i.article, e.day;

CREATE MACRO gained_by_article_to_end(s) AS TABLE
    SELECT d.article, d.day, d.views FROM article_days(s) AS d JOIN article AS b ON b.article = d.article
    WHERE d.meter = s['meter'] AND d.day >= s['since'] AND d.day < end_of(s, b.site)['day']
    UNION ALL
    SELECT x.article, x.day, x.views FROM gained_at_end(s) AS x WHERE x.views > 0 AND x.day >= s['since'];

CREATE MACRO selected_articles_to_end(s) AS TABLE
    SELECT a.* FROM measured(s) AS a
    WHERE (coalesce(s['question'], 'published') <> 'read' AND a.published_day >= s['since'] AND a.published_day < s['until']
            AND coalesce(a.published_s < end_of(s, a.site)['at_s'], a.published_day < end_of(s, a.site)['day']))
        OR (s['question'] = 'read' AND a.article IN (
            SELECT g.article FROM gained_by_article_to_end(s) AS g WHERE s['question'] = 'read'))
        OR (s['question'] = 'read' AND s['matched'] AND a.article IN (
            SELECT k.article FROM matched_capture AS k WHERE k.day >= s['since'] AND k.day < end_of(s, a.site)['day']));

CREATE MACRO gained_by_day_to_end(s) AS TABLE
    SELECT c.day, sum(h.views)::BIGINT AS views, NULL::BIGINT AS observed_hour, sum(h.observed_day)::BIGINT AS observed_day,
        sum(h.observed_week)::BIGINT AS observed_week, sum(h.observed_month)::BIGINT AS observed_month
    FROM site_hours(s) AS h
    JOIN clock(s) AS z ON z.site = h.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = h.slot
    WHERE is_plain(s) AND h.meter = s['meter'] AND site_chosen(s, h.site) AND c.day < end_of(s, h.site)['day']
    GROUP BY c.day
    UNION ALL
    SELECT d.day, sum(d.views)::BIGINT AS views, NULL::BIGINT AS observed_hour, sum(d.observed)::BIGINT AS observed_day,
        sum(d.observed_week)::BIGINT AS observed_week, sum(d.observed_month)::BIGINT AS observed_month
    FROM lone_days(s) AS d
    WHERE s['lone'] IS NOT NULL AND d.day < end_of(s, d.site)['day']
    GROUP BY d.day
    UNION ALL
    SELECT d.day, sum(d.views)::BIGINT AS views, NULL::BIGINT AS observed_hour, sum(d.observed)::BIGINT AS observed_day,
        sum(d.observed_week)::BIGINT AS observed_week, sum(d.observed_month)::BIGINT AS observed_month
    FROM article_days(s) AS d JOIN chosen(s) AS a ON a.article = d.article
    WHERE NOT is_plain(s) AND s['lone'] IS NULL AND d.meter = s['meter'] AND d.day < end_of(s, a.site)['day']
    GROUP BY d.day
    UNION ALL
    SELECT x.day, sum(x.views)::BIGINT, NULL, NULL, NULL, NULL FROM gained_at_end(s) AS x GROUP BY x.day;

-- By hour: whole hours up to the end, and the part of the hour in which it lies.
CREATE MACRO gained_by_slot_to_end(s) AS TABLE
    WITH last AS MATERIALIZED (
        SELECT e.site, z.zone, l.slot, l.from_s, e.at_s
        FROM (SELECT unnest(s['ends'], recursive := true)) AS e
        JOIN clock(s) AS z ON z.site = e.site
        JOIN calendar AS l ON l.zone = z.zone AND l.from_s < e.at_s AND l.to_s > e.at_s AND l.day >= s['since']
    )
    SELECT z.zone, g.slot, sum(g.views)::BIGINT AS views, sum(g.observed)::BIGINT AS observed
    FROM gained_by_site_hour(s, s['since'], s['until'] - 1) AS g
    JOIN clock(s) AS z ON z.site = g.site
    JOIN calendar AS c ON c.zone = z.zone AND c.slot = g.slot AND c.to_s <= end_of(s, z.site)['at_s']
    GROUP BY z.zone, g.slot
    UNION ALL
    SELECT b.zone, b.slot, sum(gained_within(i.gained, i.from_s, i.to_s, b.from_s, b.at_s))::BIGINT, NULL
    FROM last AS b
    JOIN chosen(s) AS a ON a.site = b.site
    JOIN interval AS i ON i.article = a.article AND i.from_s < b.at_s AND i.to_s > b.from_s
    WHERE i.meter = s['meter'] AND i.gained > 0
    GROUP BY b.zone, b.slot;
