"""Shared: what a link shows of its selection to somebody without a login, and nothing beyond."""

from readership.ui import has_edition, shared_article, shared_figures, shared_head, shared_rows, stop

selection = shared_head()
if not has_edition():
    stop()
shared_figures(selection)
shared_article(selection)
shared_rows(selection)
