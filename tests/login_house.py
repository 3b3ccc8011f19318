"""A running dashboard with login on, its provider, and a plain WebSocket that says to it what no page would say."""

from __future__ import annotations

import http.cookies
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.sync.client import ClientConnection, connect

from common import ROOT
from oidc_server import Provider, Running, auth

COOKIE_SECRET = "a-secret-of-the-tests-that-signs-cookies"
ROLES = {"rita": "reader", "anna": "analyst", "adam": "admin"}


@dataclass
class House:
    """The running server: its address, data folder, log, provider; people are written as `roles` says."""

    url: str
    data: Path
    log: Path
    provider: Provider
    roles: dict[str, str] = field(default_factory=lambda: dict(ROLES))

    def write_people(self) -> None:
        entries = (f'[[person]]\nemail = "{name}@news.example"\nrole = "{role}"\n' for name, role in self.roles.items())
        (self.data / "people.toml").write_text("\n".join(entries), encoding="utf-8")

    def claims(self, name: str, **more: Any) -> dict[str, Any]:
        """What the provider says of somebody."""
        return {
            "sub": f"id-{name}",
            "email": f"{name}@news.example",
            "email_verified": True,
            "name": name.title(),
        } | more

    def cookies(self, name: str, *, secret: str = COOKIE_SECRET, **more: Any) -> dict[str, str]:
        """Streamlit's login cookie for somebody, signed as the server signs it unless another secret is given."""
        told = {"iss": self.provider.url, "aud": "x", "iat": int(time.time()), "origin": self.url, "is_logged_in": True}
        value = json.dumps(told | self.claims(name) | more)
        return {"_streamlit_user": create_signed_value(secret, "_streamlit_user", value).decode()}

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str, *, cookies: Mapping[str, str] | None = None, **headers: str) -> tuple[int, Any, bytes]:
        """Status, headers and body of an answer, whatever the status."""
        request = urllib.request.Request(self.url + path, headers=headers)
        if cookies:
            request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data: Path, log: Path, **more: str) -> Iterator[House]:
    """The dashboard on a data folder of its own, login on; `more` goes into its environment."""
    port = free_port()
    with Running() as provider:
        house = House(f"http://127.0.0.1:{port}", data, log, provider)
        house.write_people()
        secrets = log.with_suffix(".secrets.toml")
        secrets.write_text(auth(provider, house.url, COOKIE_SECRET), encoding="utf-8")
        environment = os.environ | {
            "READERSHIP_DATA": str(data), "READERSHIP_SECRETS": str(secrets), "READERSHIP_LANGUAGE": "",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        } | more  # fmt: skip
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, "--server.port", str(port)], cwd=ROOT, env=environment, stdout=out, stderr=out
            )
        try:
            _wait(process, house)
            yield house
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], house: House) -> None:
    for _ in range(160):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(house.url + "/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"The app did not start:\n{house.words()[-3000:]}")


class Talk:
    """A session over a WebSocket of our own: runs the script with any page, query and widget values."""

    def __init__(self, house: House, cookies: Mapping[str, str], **headers: str) -> None:
        token = generate_xsrf_token_string()
        sent = {"_streamlit_xsrf": token, **cookies}
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in sent.items())} | headers
        origin = head.pop("Origin", house.url)
        self.socket: ClientConnection = connect(
            house.url.replace("http", "ws") + "/_stcore/stream", origin=origin or None,  # type: ignore[arg-type]
            subprotocols=["streamlit", token], additional_headers=head, max_size=None,  # type: ignore[list-item]
        )  # fmt: skip

    def run(
        self, page: str = "", query: str = "", widgets: Mapping[str, Mapping[str, Any]] | None = None
    ) -> list[ForwardMsg]:
        """The messages of one run of the script, its end included."""
        back = BackMsg()
        back.rerun_script.query_string = query
        back.rerun_script.page_name = page
        for name, value in (widgets or {}).items():
            state = back.rerun_script.widget_states.widgets.add(id=name)
            for kind, given in value.items():
                setattr(state, kind, given)
        self.socket.send(back.SerializeToString())
        found: list[ForwardMsg] = []
        while True:
            raw = self.socket.recv(timeout=30)
            message = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
            found.append(message)
            if message.WhichOneof("type") == "script_finished":
                return found

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def words(messages: list[ForwardMsg]) -> str:
    """All that came, as text."""
    return "\n".join(str(message) for message in messages)


def widget(messages: list[ForwardMsg], label: str) -> str:
    """The id of the button of this label."""
    for message in messages:
        element = message.delta.new_element
        if element.WhichOneof("type") == "button" and element.button.label == label:
            return str(element.button.id)
    raise AssertionError(f"There is no button “{label}”.")


def cookie_of(headers: Any, name: str) -> http.cookies.Morsel[str]:
    """A cookie that an answer sets."""
    for line in headers.get_all("Set-Cookie") or []:
        jar: http.cookies.SimpleCookie = http.cookies.SimpleCookie(line)
        if name in jar:
            return jar[name]
    raise AssertionError(f"{name} isn't set.")
