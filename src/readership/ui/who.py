"""Who is looking at the page, and whether they may do what they just asked for."""

from __future__ import annotations

from readership.accounts import people
from readership.accounts.people import Person, Role


def person() -> Person:
    """Whoever runs this session."""
    return people.LOCAL


def require(role: Role) -> Person:
    """The person, when they may; for callbacks and pages, each time.

    Raises:
        Refused: the role is too low, or nobody is logged in any more.
    """
    return people.require(person(), role)
