"""A part of a page: one table or figure, which can be made in every format that it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import pyarrow as pa

from readership.errors import UsageError
from readership.exports import beside, cells, figures, tables
from readership.exports.files import Export
from readership.exports.page import of_parts
from readership.exports.proof import Asked


class NoSuchPage(UsageError):
    """There is no page of that name."""


FORMATS = (*tables.MEDIA, *figures.MEDIA)


@dataclass(frozen=True)
class Naming:
    """A column of names beside a column of values: `Kazakhstan` beside `KZ`.

    Attributes:
        of: the name of one value, None when it has none.
    """

    value: str
    name: str
    of: Callable[[str], str | None]


@dataclass(frozen=True)
class Part:
    """A table or a figure of a page.

    Attributes:
        name: short ASCII name, unlike those of the page's other parts.
        asked: the question that the rows answer, with the limit that the page set.
        rows: as the page shows or draws them.
        drawing: the figure; None for a table.
        computed: the rows have figures that the question's answer doesn't have, or lack some of its rows; then files
            hold these rows, else the whole answer.
        naming: columns of names that the page adds to the answer.
    """

    name: str
    asked: Asked
    rows: pd.DataFrame
    drawing: figures.Drawing | None = None
    computed: bool = False
    naming: tuple[Naming, ...] = ()

    @property
    def formats(self) -> tuple[str, ...]:
        """The endings that it can be had in."""
        return FORMATS if self.drawing else tuple(tables.MEDIA)

    def make(self, form: str, *, bom: bool = False) -> Export:
        """The part as a file.

        Raises:
            UsageError: no such format, or more rows than it holds.
            ReadershipError: a picture was asked for and there is no Chromium.
        """
        if form not in self.formats:
            raise UsageError(f"There is no format “{form[:20]}”.", f"Choose one of {', '.join(self.formats)}.")
        if form in figures.MEDIA and self.drawing:
            return figures.of_drawing(self.drawing, self.rows, self.asked, form, name=self.name)
        if self.computed:
            return tables.of_batches(cells.from_frame(self.rows), self.asked, form, bom=bom, name=self.name)
        if self.asked.compare:
            return beside.of_query(self.asked.unlimited(), form, bom=bom, name=self.name)
        return tables.of_query(self.asked.unlimited(), form, bom=bom, name=self.name, change=self._named)

    def _named(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for naming in self.naming:
                batch = _with_names(batch, naming)
            yield batch


def _with_names(batch: pa.RecordBatch, naming: Naming) -> pa.RecordBatch:
    values = batch.column(naming.value).to_pylist()
    names = pa.array([None if value is None else naming.of(str(value)) for value in values], pa.string())
    if naming.name in batch.schema.names:
        return batch.set_column(batch.schema.get_field_index(naming.name), naming.name, names)
    return batch.append_column(naming.name, names)


def together(parts: Iterable[Part], *, name: str, asked: Asked, table: str, picture: str) -> Export:
    """Parts of a page in one archive: each figure as a picture, each different answer once as a table.

    Args:
        name: short ASCII name of the page.
        asked: any of its questions, for edition and moment.
        table, picture: formats.

    Raises:
        as `Part.make`: a page without one of its parts would look whole.
    """
    return of_parts(_files(parts, table, picture), name=name, edition=asked.edition.number, made_at=asked.made_at)


def _files(parts: Iterable[Part], table: str, picture: str) -> Iterator[Callable[[], Export]]:
    seen: set[str] = set()
    for part in parts:
        if part.drawing:
            yield partial(part.make, picture)
        key = replace(part.asked.unlimited(), made_at=part.asked.made_at).key(*map(str, part.rows.columns))
        if part.computed or key not in seen:
            seen.add(key)
            yield partial(part.make, table)
