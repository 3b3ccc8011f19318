"""TLS of the collector: a certificate must be of the host, in date, and of an authority that is known."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from newsroom_site import NewsSite, SimulatedClock, entry, story_page
from readership import settings
from readership.pipeline import collect as collector
from readership.sources.web import FetchFailed, Web

HOST = "news.example"
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=9)


class Authority:
    """A certificate authority of a test."""

    def __init__(self, name: str = "Test authority") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.own = self._signed(self.name, self.key, NOW + timedelta(days=30), [], is_ca=True)

    def _signed(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        until: datetime,
        hosts: list[str],
        *,
        is_ca: bool = False,
    ) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=60))
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if is_ca:
            made = made.add_extension(
                x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
            )
        if hosts:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), False)
        return made.sign(self.key, hashes.SHA256())

    def kept(self, folder: Path) -> Path:
        """Its own certificate as a file that SSL_CERT_FILE can name."""
        path = folder / "authority.pem"
        path.write_bytes(self.own.public_bytes(serialization.Encoding.PEM))
        return path

    def server(self, folder: Path, host: str, until: datetime) -> ssl.SSLContext:
        """What a server of that host's certificate needs."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._signed(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key, until, [host])
        both = folder / "server.pem"
        both.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        return context


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        body = self.server.bodies.get(self.path, b"")  # type: ignore[attr-defined]
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that refuses the certificate is what is tested."""


Serve = Callable[..., ThreadingHTTPServer]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts an https server; `trusted` says whether its authority is made known to us."""
    made: list[ThreadingHTTPServer] = []

    def start(
        host: str = HOST, *, until: datetime = NOW + timedelta(days=9), trusted: bool = True
    ) -> ThreadingHTTPServer:
        authority = Authority()
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(authority.kept(tmp_path)))
        server = _Quiet(("127.0.0.1", 0), _Page)
        server.socket = authority.server(tmp_path, host, until).wrap_socket(server.socket, server_side=True)
        server.asked, server.bodies = [], {"/page": b"hello"}  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        made.append(server)
        return server

    yield start
    for server in made:
        server.shutdown()
        server.server_close()


def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def asking(server: ThreadingHTTPServer) -> tuple[Web, str]:
    port = server.server_address[1]
    web = Web("Readership/test", lambda: NOW, resolve=here, allowed=[f"127.0.0.1:{port}"])
    return web, f"https://{HOST}:{port}/page"


def test_a_page_comes_over_tls_from_a_host_whose_certificate_is_good(serve):
    web, url = asking(serve())
    answer = web.get(url)
    assert (answer.status, answer.body, answer.address) == (200, b"hello", "127.0.0.1")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"host": "other.example"}, "not valid for 'news.example'"),
        ({"until": NOW - timedelta(days=1)}, "expired"),
        ({"trusted": False}, "unable to get local issuer"),
    ],
    ids=["another host", "out of date", "unknown authority"],
)
def test_a_certificate_that_is_not_good_is_refused_and_nothing_is_asked_for(serve, options, says):
    server = serve(**options)
    web, url = asking(server)
    with pytest.raises(FetchFailed) as told:
        web.get(url)
    assert told.value.kind == "certificate"
    assert says in told.value.message
    assert "SSL_CERT_FILE" in told.value.hint
    assert server.asked == []


def test_a_server_that_speaks_no_tls_is_no_certificate_trouble():
    plain = _Quiet(("127.0.0.1", 0), _Page)
    plain.asked, plain.bodies = [], {}  # type: ignore[attr-defined]
    threading.Thread(target=plain.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        web, url = asking(plain)
        with pytest.raises(FetchFailed) as told:
            web.get(url)
    finally:
        plain.shutdown()
        plain.server_close()
    assert told.value.kind == "unreachable"


def test_the_collector_reads_an_https_site_and_says_when_its_certificate_is_not_taken(serve, tmp_path, monkeypatch):
    for trusted in (True, False):
        server = serve(trusted=trusted)
        if not trusted:
            monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        site = NewsSite(SimulatedClock())
        site.port = server.server_address[1]
        path, body = story_page(site)
        server.bodies[path] = body
        data = tmp_path / str(trusted)
        data.mkdir()
        table = entry(site, feeds=None, urls=[f"https://{HOST}:{site.port}{path}"]).replace(
            '"127.0.0.1"]', f'"{HOST}"]'
        )
        (data / "sites.toml").write_text(table.replace('["127.0.0.1".collect]', f'["{HOST}".collect]'))
        own = settings.load({"READERSHIP_DATA": str(data)})
        report = collector.collect(own, once=True, clock=site.clock, resolve=here, seed=1)
        (row,) = collector.status(own, site.clock.now())["sites"]
        if trusted:
            assert report.counts["article: read"] == 1
            assert row["health"] == "fine"
        else:
            assert row["trouble"] == "certificate"
            assert row["health"] == "down"
            assert "certificate is not taken" in row["said"]
            assert not [asked for asked in server.asked if asked == path]
