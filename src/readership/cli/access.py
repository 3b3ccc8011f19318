"""Commands about who may see what: tokens for scripts, links for others, roles."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from readership import queries
from readership import settings as settings_module
from readership.accounts import links, login, people, tokens
from readership.accounts.people import Role
from readership.cli.common import command, say, show
from readership.errors import UsageError


def _token_add(options: argparse.Namespace) -> int:
    role = _role(options.role)
    text = tokens.add(
        settings_module.load(), options.name, role, days=options.days, by="command line", now=datetime.now(UTC)
    )
    say("The token, which can't be shown again; send it as `Authorization: Bearer …`:")
    print(text)
    return 0


def _role(name: str) -> Role:
    try:
        return Role.named(name)
    except ValueError as error:
        raise UsageError(f"Bad role: {error}.", "There are reader, analyst and admin.") from None


def _token_list(_options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    show(
        [
            {"id": one.id, "name": one.name, "role": one.role.name.lower(), "made_by": one.made_by, "made": one.created,
             "expires": one.expires, "revoked": one.revoked, "last_used": one.used,
             "valid": one.revoked is None and now < one.expires}
            for one in tokens.listed(settings_module.load())
        ]
    )  # fmt: skip
    return 0


def _token_revoke(options: argparse.Namespace) -> int:
    tokens.revoke(settings_module.load(), options.id, datetime.now(UTC))
    say(f"Token {options.id} is revoked.")
    return 0


def _link_add(options: argparse.Namespace) -> int:
    page = links.page_of(options.figure) if options.figure else options.page
    settings, chosen = settings_module.load(), _selection(options.select)
    link, text = links.add(
        settings, chosen, people.LOCAL, title=options.title, page=page, figure=options.figure, days=options.days,
        now=datetime.now(UTC),
    )  # fmt: skip
    say(f"Link {link.id} is valid until {link.expires:%Y-%m-%d %H:%M} UTC. Put it behind the dashboard's address:")
    print(f"/?link={text}")
    return 0


def _selection(pairs: list[str]) -> queries.Selection:
    given: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"“{pair[:60]}” is no pair of name and value.", "Write section=Politics.")
        given.setdefault(name, []).append(value)
    known = {*queries.URL_NAMES.values(), *(f"no_{queries.URL_NAMES[name]}" for name in queries.VALUES)}
    if strange := sorted(set(given) - known):
        # Left out, it would make a link to more than was meant.
        raise UsageError(f"The selection has no {strange[0][:40]}.", f"It has {', '.join(sorted(known))}.")
    return queries.from_arguments(given)


def _link_list(_options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    show(
        [
            {"id": one.id, "title": one.title, "page": one.page, "figure": one.figure, "selection": one.selection,
             "made_by": one.made_by, "made": one.created, "expires": one.expires, "revoked": one.revoked,
             "opened": one.uses, "last_opened": one.used, "valid": one.is_open(now)}
            for one in links.listed(settings_module.load())
        ]
    )  # fmt: skip
    return 0


def _link_revoke(options: argparse.Namespace) -> int:
    links.revoke(settings_module.load(), options.id, people.LOCAL, datetime.now(UTC))
    say(f"Link {options.id} is revoked.")
    return 0


def _login_check(_options: argparse.Namespace) -> int:
    settings = settings_module.load()
    found = login.setup(settings)
    if found is None:
        say("Login is off: everybody who reaches the server is admin.")
        return 0
    listed = login.roles(settings)
    say(f"Login is on at {found.origin}; logins of {', '.join(sorted(found.issuers))} are taken.")
    say(
        f"Roles: {len(listed.subjects)} by subject, {len(listed.emails)} by e-mail, {len(listed.claims)} values of the "
        f"claim {settings.role_claim or '(none: READERSHIP_ROLE_CLAIM is not set)'}."
    )
    return 0


def _group(commands: Any, name: str, text: str) -> Any:
    made = commands.add_parser(name, help=text, description=text)
    return made.add_subparsers(title="commands", metavar="COMMAND", required=True)


def add(commands: Any) -> None:
    """Add this group's commands."""
    token = _group(commands, "token", "Tokens that scripts show to the JSON API and the exports.")
    made = command(token, "add", _token_add, "Make a token and print it, once.")
    made.add_argument("name", help="what it is for")
    made.add_argument("--role", default="reader", help="reader, analyst or admin (reader)")
    made.add_argument("--days", type=int, default=90, help="how long it is valid (90)")
    command(token, "list", _token_list, "Print all tokens as JSON, without their texts.")
    command(token, "revoke", _token_revoke, "End a token.").add_argument("id", type=int)
    link = _group(commands, "link", "Links that show one selection to somebody without a login.")
    made = command(link, "add", _link_add, "Make a link and print it.")
    made.add_argument("--page", default="overview", help="the page that it shows (overview)")
    made.add_argument("--figure", help="the one figure that it shows instead, to be embedded")
    made.add_argument("--select", action="append", default=[], metavar="NAME=VALUE", help="the selection, as in a URL")
    made.add_argument("--title", default="", help="what stands above it")
    made.add_argument("--days", type=int, default=30, help="how long it is valid (30)")
    command(link, "list", _link_list, "Print all links as JSON.")
    command(link, "revoke", _link_revoke, "End a link.").add_argument("id")
    logins = _group(commands, "login", "How login is set up.")
    command(logins, "check", _login_check, "Say whether login is on, whose logins are taken, and how many have roles.")
