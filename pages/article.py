"""Article: what does this page say, where did it stand, and how was it read?"""

import streamlit as st

from readership import figures
from readership.ui import (
    article_facts,
    article_head,
    article_id,
    asked_article,
    draw,
    fetch,
    language,
    page,
    say,
    show,
    table,
)

page("Article", "What do we know about this article, and how was it read?")
facts = asked_article()
article = article_id(facts)
article_head(facts)

curve = fetch("article_curve", article=article)
observations = fetch("article_observations", article=article)
revisions = fetch("article_revisions", article=article)
show(draw(figures.article_curve, curve, observations, revisions, language()), curve, "article-curve")

left, right = st.columns(2, gap="medium")
with left:
    article_facts(facts)
with right:
    table(fetch("article_provenance", article=article), "provenance", title=say("Where each fact stood"))
    table(observations, "observations", title=say("Counter readings"))
    table(revisions, "revisions", title=say("Revisions seen"))
