"""Which addresses a fetch may connect to: public ones only, checked by number after the name was looked up.

Ranges are those of the IANA special-purpose registries (RFC 6890) as `ipaddress` knows them, with the addresses that
carry an IPv4 address inside (mapped, 6to4, NAT64) judged by what they carry.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

from readership.errors import InputRefused

Resolver = Callable[[str, int], list[str]]
"""Host name and port → its addresses as text. Raises OSError when there are none."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LABELS = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TEREDO = ipaddress.ip_network("2001::/32")
_MAX_URL = 2_000
_PATH = "/%:@!$&'()*+,;=~-._"
_PORTS = {"http": 80, "https": 443}
_LOWEST_FREE_PORT = 1024


class AddressRefused(InputRefused):
    """A URL, or an address its name leads to, that is not connected to."""


def normal(url: str) -> str:
    """A URL as it is requested: ASCII, host in small letters, without fragment.

    Raises:
        AddressRefused: another scheme than http and https, a user name in it, a host that is no plain name or address.
    """
    try:
        parts = urlsplit(url.strip())
        name, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused("The URL can't be read.") from None
    if len(url) > _MAX_URL:
        raise AddressRefused(f"The URL is longer than {_MAX_URL} characters.")
    if parts.scheme not in _PORTS:
        raise AddressRefused(f"Only http and https are fetched, not “{parts.scheme[:20]}”.")
    if "@" in parts.netloc or "\\" in url:
        raise AddressRefused("The URL hides its host behind a user name.")
    name = _host(name or "")
    if port is not None and port != _PORTS[parts.scheme]:
        if port < _LOWEST_FREE_PORT and port not in _PORTS.values():
            raise AddressRefused(f"Port {port} is no port of the web.")
        where = f"{_bracketed(name)}:{port}"
    else:
        where = _bracketed(name)
    return urlunsplit(
        (parts.scheme, where, quote(parts.path or "/", safe=_PATH), quote(parts.query, safe=_PATH + "?"), "")
    )


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _host(name: str) -> str:
    """A host in ASCII.

    Raises:
        AddressRefused: no name, or a number written so that it doesn't look like one (decimal, hex, octal, short).
    """
    if (address := _literal(name)) is not None:
        return str(address)
    try:
        plain = name.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise AddressRefused("The URL's host is no name.") from None
    if _literal(plain) is not None:
        return plain
    if not _LABELS.fullmatch(plain) or _NUMBER.fullmatch(plain.rpartition(".")[2]):
        raise AddressRefused("The URL's host is no name.")
    return plain


def _literal(name: str) -> _Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def public(text: str) -> bool:
    """Whether an address is one of the public network, by number and by the IPv4 address inside it."""
    address = _literal(text.partition("%")[0])
    if address is None or "%" in text:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if (inner := _inside(address)) is not None:
            return public(str(inner))
        if address in _TEREDO or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address carries, if any."""
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def system(host: str, port: int) -> list[str]:
    """Addresses of a host by the machine's own resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def addresses(host: str, port: int, resolve: Resolver, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Addresses to connect to, looked up once; connect to these and to no others.

    Args:
        allowed: `address:port` pairs that a site entry names although they are not public.

    Raises:
        AddressRefused: any of them is not public: a name that leads to both kinds is not trusted at all.
        OSError: the name leads nowhere.
    """
    found = [host] if _literal(host) is not None else resolve(host, port)
    for one in found:
        if not public(one) and f"{_bracketed(one)}:{port}" not in allowed:
            raise AddressRefused(
                f"“{host[:80]}” leads to an address that is not public.",
                "A machine of your own is read when its site entry names address and port under `allow`.",
            )
    return found
