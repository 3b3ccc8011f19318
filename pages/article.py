"""Article: what does this page say, where did it stand, and how was it read?"""

from readership import figures
from readership.ui import (
    article_facts,
    article_figures,
    article_head,
    article_id,
    asked_article,
    draw,
    fetch,
    in_common,
    language,
    notes,
    page,
    same_story,
    say,
    show,
    side_by_side,
    table,
    zone,
)

RELATED = ["title", "views", "published_day", "shared_topics", "shared_countries"]

page("Article", "What do we know about this article, and how was it read?")
facts = asked_article()
article = article_id(facts)
article_head(facts)
article_figures(facts, fetch("article_stats", article=article))

curve = fetch("article_curve", article=article)
observations = fetch("article_observations", article=article)
revisions = fetch("article_revisions", article=article)
cohort = fetch("article_cohort", article=article)
over_time, kind = side_by_side(1, 1, at_least=420)
with over_time:
    drawn = draw(figures.article_curve, curve, observations, revisions, language(), zone(), notes())
    show(drawn, curve, "article-curve")
with kind:
    show(draw(figures.beside_kind, cohort, language()), cohort, "article-cohort")

left, right = side_by_side(1, 1, at_least=420)
with left:
    article_facts(facts)
    table(observations, "observations", title=say("Counter readings"))
with right:
    same_story(article)
    table(in_common(fetch("related", article=article)), "related", RELATED, title=say("Related articles"), opens=True)
    table(fetch("article_provenance", article=article), "provenance", title=say("Where each fact stood"))
    table(revisions, "revisions", title=say("Revisions seen"))
