"""Layout modules by name, as site entries call them."""

from readership.parse import elkz, inform
from readership.parse.frame import GENERIC, Layout

_LAYOUTS = {layout.name: layout for layout in (GENERIC, elkz.LAYOUT, inform.LAYOUT)}


def named(name: str) -> Layout:
    """The layout of that name; the general one when there is none."""
    return _LAYOUTS.get(name, GENERIC)
