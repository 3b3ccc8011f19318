"""The articles that a selection's filters leave, worked out once for all questions of a page."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from readership.queries.edition import Edition
from readership.queries.specialised import specialised

MOST_BYTES = 64 << 20
"""Kept in a process: eight selections of a million articles each, or very many small ones."""
MOST = 1000
"""Selections kept, however small."""
_BESIDE = ("since", "until", "question", "matched", "sites", "no_sites", "zone", "week_start", "ends", "mode")
"""Fields that `filtered` doesn't look at unless another is set."""

_Key = tuple[Edition, str]
_kept: OrderedDict[_Key, pa.Table] = OrderedDict()
_guard = threading.Lock()


def is_filtered(selection: Mapping[str, Any]) -> bool:
    """Whether a selection (the value of `$selection`) filters by more than sites and dates."""
    return bool(_filters(selection).keys() - {"meter", "in_body"})


def _filters(selection: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in selection.items() if name not in _BESIDE and value not in (None, False)}


def picks(selection: Mapping[str, Any], edition: Edition) -> pa.Table:
    """The table `specialised.PICKED` for a selection that is filtered.

    Args:
        selection: the value of `$selection`.

    Raises:
        NoEdition: the edition can't be opened.
    """
    key = (edition, repr(sorted((_filters(selection) | {"mode": selection["mode"]}).items())))
    with _guard:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _found(selection, edition)
    _keep(key, found)
    return found


def _found(selection: Mapping[str, Any], edition: Edition) -> pa.Table:
    text = "SELECT f.article FROM filtered($selection::selection) AS f"
    sql, bound = specialised(text, {"selection": selection}, picked=False)
    with edition.cursor() as cursor:
        return cursor.sql(sql, params=bound).to_arrow_table()


def _keep(key: _Key, found: pa.Table) -> None:
    with _guard:
        _kept[key] = found
        while len(_kept) > 1 and (len(_kept) > MOST or sum(table.nbytes for table in _kept.values()) > MOST_BYTES):
            _kept.popitem(last=False)
