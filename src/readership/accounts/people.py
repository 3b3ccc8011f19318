"""Who is asking: a person with a role, from login or, while login is off, the one local person who may do all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from readership.errors import Refused


class Role(IntEnum):
    """What a person may do; each role may all that the ones below it may."""

    READER = 1
    """Looks at pages and takes exports away; keeps notes and views of their own."""
    ANALYST = 2
    """Besides: asks SQL, writes notes and views for all."""
    ADMIN = 3
    """Besides: loads and takes back data, rules, links, the collector, what others made."""

    @classmethod
    def named(cls, name: str) -> Role:
        """The role of this name in any case.

        Raises:
            ValueError: no such role.
        """
        try:
            return cls[name.strip().upper()]
        except KeyError:
            raise ValueError(f"no role is called {name[:40]!r}") from None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks.

    Attributes:
        key: what their notes, views and links are kept under: `local`, or issuer and subject from the login.
        name: as shown; for the log page.
    """

    key: str
    name: str
    role: Role

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
    if not person.may(role):
        raise Refused(
            f"This needs the role {role.name.lower()}; yours is {person.role.name.lower()}.",
            "Nothing was changed; ask an admin of this dashboard.",
        )
    return person
