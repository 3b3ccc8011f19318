"""One HTTP answer at a time, from public addresses only, cut at fixed bounds.

The name is looked up once a connection and the connection goes to the very address that was checked, so a name that
changes its mind between check and use (DNS rebinding) gains nothing. Redirects are followed by hand, each hop checked
like a first request. No cookies, no credentials, no proxy.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import httpcore

from readership.errors import InputRefused
from readership.sources import addresses
from readership.sources.addresses import AddressRefused, Resolver

MB = 1_000_000
_SLICE_S = 0.5
_KEEP_ALIVE_S = 4.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one fetch may take: bytes as sent, bytes inflated, seconds in all, redirects."""

    raw: int = 10 * MB
    inflated: int = 30 * MB
    seconds: float = 20.0
    hops: int = 5


class FetchFailed(InputRefused):
    """No whole answer was had.

    Attributes:
        kind: `refused` (an address or scheme not connected to), `robots`, `unreachable`, `certificate` (of another
            host, out of date, or of nobody known), `timeout`, `too large`, `broken`, `redirects`, `stopped`.
    """

    def __init__(self, kind: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer.

    Attributes:
        url: the URL that answered, after redirects.
        headers: names in small letters, in their order.
        raw: the body as sent, without chunks.
        body: the body inflated.
        at: aware, UTC: when the answer's header was there.
        address: where it came from.
        hops: the URLs that led here by redirects.
    """

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    body: bytes
    at: datetime
    address: str | None = None
    hops: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name (small letters)."""
        return next((value for key, value in self.headers if key == name), None)


def _anything(_: str) -> None:
    """Every URL may be asked for."""


class Web:
    """Fetches for one site: one connection at a time.

    Args:
        now: the moment, aware.
        resolve: host and port → addresses.
        allowed: `address:port` pairs outside the public network that may be connected to.
        stopped: asked while waiting; true ends a fetch at once.
    """

    def __init__(
        self,
        user_agent: str,
        now: Callable[[], datetime],
        *,
        resolve: Resolver = addresses.system,
        allowed: Iterable[str] = (),
        bounds: Bounds | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.bounds = bounds or Bounds()
        self._agent, self._now = user_agent, now
        self._backend = _Backend(resolve, frozenset(allowed), stopped)
        self._pool = httpcore.ConnectionPool(
            max_connections=1, keepalive_expiry=_KEEP_ALIVE_S, network_backend=self._backend
        )

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, permit: Callable[[str], None] = _anything
    ) -> Answer:
        """The answer to GET, redirects followed.

        Args:
            permit: called before every hop with its URL; may wait, and raises to forbid it.

        Raises:
            FetchFailed: with its kind. What `permit` raises goes through.
        """
        left = self.bounds.seconds
        hops: list[str] = []
        while True:
            url = _checked(url)
            if url in hops or len(hops) > self.bounds.hops:
                raise FetchFailed("redirects", f"It redirects in a circle or more than {self.bounds.hops} times.")
            permit(url)
            started = time.monotonic()
            answer = self._hop(url, headers or {}, started + left, tuple(hops))
            left -= time.monotonic() - started
            target = answer.header("location")
            if answer.status not in _REDIRECTS or target is None:
                return answer
            hops.append(url)
            url = _joined(url, target)

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to POST; a redirect is an answer like any other.

        Raises:
            FetchFailed: with its kind.
        """
        return self._hop(_checked(url), headers, time.monotonic() + self.bounds.seconds, (), content)

    def _hop(
        self,
        url: str,
        headers: Mapping[str, str],
        deadline: float,
        hops: tuple[str, ...],
        content: bytes | None = None,
    ) -> Answer:
        self._backend.deadline = deadline
        sent = {"user-agent": self._agent, "accept": "*/*", "accept-encoding": "gzip", **headers}
        try:
            method = "GET" if content is None else "POST"
            with self._pool.stream(method, url, headers=list(sent.items()), content=content) as response:
                return self._read(url, response, hops)
        except AddressRefused as error:
            raise FetchFailed("refused", error.message, error.hint) from None
        except httpcore.TimeoutException:
            raise FetchFailed("timeout", f"No whole answer within {self.bounds.seconds:g} s.") from None
        except (httpcore.ProtocolError, httpcore.ReadError) as error:
            raise FetchFailed("broken", f"The answer breaks off: {_plain(error)}.") from None
        except (httpcore.NetworkError, OSError) as error:
            if refused := _certificate(error):
                raise FetchFailed("certificate", refused, _OWN_CA) from None
            raise FetchFailed("unreachable", f"No connection: {_plain(error)}.") from None

    def _read(self, url: str, response: httpcore.Response, hops: tuple[str, ...]) -> Answer:
        at = self._now()
        headers = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in response.headers)
        declared = next((value for name, value in headers if name == "content-length"), "0")
        if declared.isdigit() and int(declared[:18]) > self.bounds.raw:
            raise FetchFailed("too large", f"The answer is larger than {self.bounds.raw // MB} MB.")
        parts: list[bytes] = []
        size = 0
        for part in response.iter_stream():
            size += len(part)
            if size > self.bounds.raw:
                raise FetchFailed("too large", f"The answer is larger than {self.bounds.raw // MB} MB.")
            parts.append(part)
        raw = b"".join(parts)
        coding = next((value for name, value in headers if name == "content-encoding"), "")
        body = inflated(raw, coding, self.bounds.inflated)
        reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
        return Answer(url, response.status, reason, headers, raw, body, at, self._backend.address, hops)

    def close(self) -> None:
        """Lets go of the connection."""
        self._pool.close()


def _checked(url: str) -> str:
    try:
        return addresses.normal(url)
    except AddressRefused as error:
        raise FetchFailed("refused", error.message, error.hint) from None


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        raise FetchFailed("redirects", "It redirects to what is no URL.") from None


_OWN_CA = "A certificate authority of your own is named by SSL_CERT_FILE."


def _certificate(error: BaseException | None) -> str | None:
    """What is wrong with the host's certificate; None when the error, and what led to it, say nothing of one."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"Its certificate is not taken: {error.verify_message.rstrip('.')[:160]}."
        error = error.__cause__ or error.__context__
    return None


def _plain(error: Exception) -> str:
    text = " ".join(str(error).split())[:160].rstrip(".")
    return text or type(error).__name__


def inflated(raw: bytes, coding: str, largest: int) -> bytes:
    """Bytes without their content coding.

    Raises:
        FetchFailed: broken, of an unknown coding, or larger than `largest`.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity") or not raw:
        return raw
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise FetchFailed("broken", f"Its content encoding “{coding[:40]}” was not asked for.")
    inflater = zlib.decompressobj(47)
    try:
        body = inflater.decompress(raw, largest + 1)
    except zlib.error:
        raise FetchFailed("broken", f"Its {coding} bytes can't be read.") from None
    if len(body) > largest:
        raise FetchFailed("too large", f"The answer inflates to more than {largest // MB} MB.")
    if not inflater.eof:
        raise FetchFailed("broken", f"Its {coding} bytes are cut short.")
    return body


# -- connecting ------------------------------------------------------------------------------------------------------
class _Backend(httpcore.NetworkBackend):
    """Connects to checked addresses only, and ends every wait at the fetch's deadline."""

    def __init__(self, resolve: Resolver, allowed: frozenset[str], stopped: Callable[[], bool]) -> None:
        self._resolve, self._allowed, self._stopped = resolve, allowed, stopped
        self._tcp = httpcore.SyncBackend()
        self.deadline = 0.0
        self.address: str | None = None

    def left(self, error: type[Exception]) -> float:
        """Seconds until the next look at the clock; raises `error` when none are left."""
        if self._stopped():
            raise FetchFailed("stopped", "The collector was told to stop.")
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise error("deadline")
        return left

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        """A connection to the first of the host's checked addresses that takes it."""
        failed: Exception = OSError("no address")
        for address in self._addresses(host, port):
            try:
                stream = self._tcp.connect_tcp(address, port, timeout=min(10.0, self.left(httpcore.ConnectTimeout)))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
                continue
            self.address = address
            return _Stream(stream, self)
        raise failed

    def _addresses(self, host: str, port: int) -> list[str]:
        """Addresses of a host; the look-up runs aside because the system's resolver knows no deadline."""
        found: list[list[str] | Exception] = []

        def look_up() -> None:
            try:
                found.append(addresses.addresses(host, port, self._resolve, self._allowed))
            except (OSError, AddressRefused, UnicodeError) as error:
                found.append(error)

        aside = threading.Thread(target=look_up, daemon=True)
        aside.start()
        aside.join(self.left(httpcore.ConnectTimeout))
        if not found:
            raise httpcore.ConnectTimeout("name look-up")
        if isinstance(found[0], AddressRefused):
            raise found[0]
        if isinstance(found[0], Exception):
            raise httpcore.ConnectError(f"the name {host[:80]} leads nowhere")
        return found[0]


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends at the deadline, however slowly bytes drip in."""

    def __init__(self, inner: httpcore.NetworkStream, backend: _Backend) -> None:
        self._inner, self._backend = inner, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes, waited for in slices so that a stop is noticed."""
        while True:
            try:
                return self._inner.read(max_bytes, min(_SLICE_S, self._backend.left(httpcore.ReadTimeout)))
            except httpcore.ReadTimeout:
                self._backend.left(httpcore.ReadTimeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends bytes."""
        self._inner.write(buffer, self._backend.left(httpcore.WriteTimeout))

    def close(self) -> None:
        """Closes the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The connection under TLS; the certificate must be of the host's name, whatever the address."""
        inner = self._inner.start_tls(ssl_context, server_hostname, self._backend.left(httpcore.ConnectTimeout))
        return _Stream(inner, self._backend)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self._inner.get_extra_info(info)
