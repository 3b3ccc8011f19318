"""Who is asking: a person with a role, from login or, while login is off, the one local person who may do all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from readership.errors import Refused


class Role(IntEnum):
    """What a person may do; each role may all that the ones below it may."""

    VISITOR = 0
    """Came by a link: sees its selection, and may do nothing."""
    READER = 1
    """Looks at pages and takes exports away; keeps notes and views of their own."""
    ANALYST = 2
    """Besides: asks SQL, writes notes and views for all."""
    ADMIN = 3
    """Besides: loads and takes back data, rules, links, the collector, what others made."""

    @classmethod
    def named(cls, name: str) -> Role:
        """The role of this name in any case; a visitor is none that could be given.

        Raises:
            ValueError: no such role.
        """
        role = cls.__members__.get(name.strip().upper())
        if not role:
            raise ValueError(f"no role is called {name[:40]!r}")
        return role


@dataclass(frozen=True, slots=True)
class Limit:
    """What a link lets its visitors see, and nothing beyond.

    Attributes:
        link: the link's id.
        selection: name and value pairs as in a URL (`Selection.from_url`).
        page: name of the page that is shown.
        figure: name of the one figure that an embed shows; None for a page.
    """

    link: str
    selection: tuple[tuple[str, str], ...]
    page: str
    figure: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks.

    Attributes:
        key: what their notes, views and links are kept under: `local`, or issuer and subject from the login.
        name: as shown; for the log page.
        limit: what a visitor's link is limited to; None for everybody else.
    """

    key: str
    name: str
    role: Role
    limit: Limit | None = None

    def may(self, role: Role) -> bool:
        """Whether this person has the role, or one above it."""
        return self.role >= role


LOCAL = Person("local", "local", Role.ADMIN)
"""Whoever sits at the machine, while login is off."""


def require(person: Person | None, role: Role) -> Person:
    """The person, when they may; called on the server in each action, whatever the page showed.

    Raises:
        Refused: nobody is logged in, or the role is below the one asked for.
    """
    if person is None:
        raise Refused("You are not logged in, or not any more.", "Nothing was changed; log in and try again.")
    if not person.may(role) and person.limit:
        raise Refused("This link shows its selection and no more.", "Nothing was changed; log in for more.")
    if not person.may(role):
        raise Refused(
            f"This needs the role {role.name.lower()}; yours is {person.role.name.lower()}.",
            "Nothing was changed; ask an admin of this dashboard.",
        )
    return person
