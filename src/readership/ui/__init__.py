"""What pages are made of. The only Streamlit in the package; pages use these names and lay them out, no more."""

from readership.ui.article import article_facts, article_head, article_id, asked_article
from readership.ui.context import has_edition, is_board, language, say, say_n
from readership.ui.data import draw, fetch
from readership.ui.parts import board, grain, groups, how_usual, key_figures
from readership.ui.show import nothing, page, show, stop, table
from readership.ui.text import plain
from readership.ui.upload import undo_batch, upload

__all__ = [
    "article_facts",
    "article_head",
    "article_id",
    "asked_article",
    "board",
    "draw",
    "fetch",
    "grain",
    "groups",
    "has_edition",
    "how_usual",
    "is_board",
    "key_figures",
    "language",
    "nothing",
    "page",
    "plain",
    "say",
    "say_n",
    "show",
    "stop",
    "table",
    "undo_batch",
    "upload",
]
