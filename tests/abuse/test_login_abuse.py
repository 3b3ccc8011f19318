"""TRUST.md abuse 7, 18, 19, 20 and 22 against the running dashboard: who isn't let in, by whatever door they try."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.exceptions import ConnectionClosed, InvalidStatus

from login_house import COOKIE_SECRET, House, Talk, cookie_of, running, widget, words
from readership import settings as settings_module
from readership.accounts import links, people, tokens
from readership.accounts.people import Role
from readership.queries import Selection

pytestmark = pytest.mark.slow
FIGURE = re.compile(r"plotly_chart \{|dataframe \{|metric \{")
DATA = ("/export/articles.csv", "/export/views_gained.parquet", "/export/articles.proof.json")


@pytest.fixture(scope="module")
def house(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(newsroom, folder / "data")
    origin = "https://partner.example"
    with running(folder / "data", folder / "server.log", READERSHIP_FRAME_ANCESTORS=origin) as found:
        yield found


@pytest.fixture(autouse=True)
def as_listed(house: House) -> Iterator[None]:
    """Roles as at first, whatever a test made of them."""
    yield
    house.roles = {"rita": "reader", "anna": "analyst", "adam": "admin"}
    house.write_people()


def own(house: House) -> settings_module.Settings:
    return settings_module.load({"READERSHIP_DATA": str(house.data)})


def link(house: House, figure: str | None = None) -> str:
    chosen = Selection(sections=("Society",))
    made = links.add(
        own(house), chosen, people.LOCAL, title="T", page="overview", figure=figure, days=1, now=datetime.now(UTC)
    )
    return made[1]


# -- 7: without a login or role ----------------------------------------------------------------------------------------
def test_the_admin_page_as_first_request_of_a_fresh_server_is_refused(newsroom: Path, tmp_path: Path) -> None:
    shutil.copytree(newsroom, tmp_path / "data")
    with running(tmp_path / "data", tmp_path / "log") as fresh, Talk(fresh, {}) as session:
        told = words(session.run("admin"))
        assert "Log in" in told
        assert "Health" not in told
        assert not FIGURE.search(told)


@pytest.mark.parametrize("page", ["", "articles", "admin", "data", "sql", "shared", "article", "nowhere"])
def test_no_page_shows_anything_to_nobody(house: House, page: str) -> None:
    with Talk(house, {}) as session:
        told = words(session.run(page, query="article=el.kz/900000"))
    assert "Log in" in told
    assert not FIGURE.search(told)
    assert "onerror" not in told


@pytest.mark.parametrize("path", DATA)
def test_no_export_goes_to_nobody(house: House, path: str) -> None:
    status, headers, body = house.get(path)
    assert status in (401, 403)
    assert "no-store" in headers["Cache-Control"]
    assert len(body) < 700
    assert house.get(path, cookies=house.cookies("rita"))[0] == 200


def test_an_export_needs_a_token_that_holds(house: House) -> None:
    text = tokens.add(own(house), "x", Role.READER, days=1, by="test", now=datetime.now(UTC))
    assert house.get(DATA[0], Authorization=f"Bearer {text}")[0] == 200
    assert house.get(DATA[0], Authorization=f"Bearer {text}x")[0] in (401, 403)
    tokens.revoke(own(house), tokens.listed(own(house))[0].id, datetime.now(UTC))
    assert house.get(DATA[0], Authorization=f"Bearer {text}")[0] in (401, 403)


@pytest.mark.parametrize(("name", "page"), [("rita", "admin"), ("rita", "sql"), ("anna", "admin")])
def test_a_page_above_the_role_is_refused(house: House, name: str, page: str) -> None:
    with Talk(house, house.cookies(name)) as session:
        told = words(session.run(page))
    assert "Not for your role" in told
    assert "Tokens for scripts" not in told


def test_each_role_has_its_pages(house: House) -> None:
    for name, page, sign in (("rita", "articles", "dataframe {"), ("adam", "admin", "Tokens for scripts")):
        with Talk(house, house.cookies(name)) as session:
            assert sign in words(session.run(page)), name


# -- links: nothing beyond, by any door --------------------------------------------------------------------------------
def test_a_visitors_exports_are_the_links_selection(house: House) -> None:
    text = link(house)
    status, _headers, body = house.get(f"/export/articles.csv?link={text}&section=News&since=2000-01-01")
    assert status in (200, 400)
    if status == 200:
        assert b"onerror" not in body
        assert {line.split(b",")[5].strip(b'"') for line in body.splitlines()[1:] if line.count(b",") > 10} <= {
            b"Society"
        }
    for query in ("freshness", "rejects", "movers", "band", "batches"):
        assert house.get(f"/export/{query}.csv?link={text}")[0] in (400, 401, 403), query
    links.revoke(own(house), text.split(".")[0], people.LOCAL, datetime.now(UTC))
    assert house.get(f"/export/articles.csv?link={text}")[0] in (400, 401, 403)


def test_a_visitors_page_exports_are_those_of_the_shared_page(house: House) -> None:
    text = link(house)
    assert house.get(f"/export/page/shared/views-gained.csv?link={text}&section=News")[0] == 200
    status, _headers, body = house.get(f"/export/page/shared/articles.csv?link={text}&section=News")
    assert status == 200
    assert b"onerror" not in body
    for page in ("overview/views-gained.csv", "articles/articles.csv", "admin.zip", "data.zip"):
        assert house.get(f"/export/page/{page}?link={text}")[0] in (400, 403, 404), page
    assert house.get("/export/page/shared/views-gained.csv")[0] in (401, 404)


def test_the_api_answers_whom_the_pages_answer(house: House) -> None:
    text = link(house)
    assert house.get("/api/v1/articles")[0] == 401
    assert house.get("/api/v1/articles", cookies=house.cookies("rita"))[0] == 200
    assert house.get("/api/v1/articles", cookies=house.cookies("mallory"))[0] == 403
    status, _headers, body = house.get(f"/api/v1/articles?link={text}&section=News")
    assert status == 200
    assert {row["section"] for row in json.loads(body)["rows"]} == {"Society"}
    for query in ("freshness", "movers", "batches", "section_texts"):
        assert house.get(f"/api/v1/{query}?link={text}")[0] in (401, 403), query


@pytest.mark.parametrize("page", ["", "admin", "data", "sql", "articles"])
def test_a_visitors_every_address_is_the_shared_page(house: House, page: str) -> None:
    with Talk(house, {}) as session:
        told = words(session.run(page, query=f"link={link(house)}&section=News&article=el.kz/900000&period=all"))
    assert "isn't part of this link" in told.replace("\\'", "'")
    assert "onerror" not in told
    assert "Tokens for scripts" not in told
    assert "FROM" not in told


# -- 18: cookies, twins, removed people --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        {"secret": "another-secret-of-somebody-who-guesses!"}, {"origin": "https://evil.example"}, {"iss": "https://evil"},
        {"iat": int(time.time()) - 8 * 86400}, {"email": "аdam@news.example"}, {"email_verified": False}, {"iat": None},
    ],
)  # fmt: skip
def test_a_cookie_that_is_not_ours_opens_nothing(house: House, change: dict[str, object]) -> None:
    cookies = house.cookies("adam", **change)  # type: ignore[arg-type]
    with Talk(house, cookies) as session:
        assert not FIGURE.search(words(session.run("admin")))
    assert house.get(DATA[0], cookies=cookies)[0] in (401, 403)


def test_a_removed_person_is_denied_at_the_next_run_of_an_open_session(house: House) -> None:
    with Talk(house, house.cookies("anna")) as session:
        assert FIGURE.search(words(session.run("articles")))
        del house.roles["anna"]
        house.write_people()
        told = words(session.run("articles"))
    assert not FIGURE.search(told)
    assert "no role here" in told
    assert house.get(DATA[0], cookies=house.cookies("anna"))[0] in (401, 403)


# -- 19: raw messages --------------------------------------------------------------------------------------------------
def prepared(house: House) -> tuple[list[str], str]:
    """Ids of the admin page's buttons as an admin's page has them, and a token to take back."""
    tokens.add(own(house), "precious", Role.READER, days=1, by="test", now=datetime.now(UTC))
    with Talk(house, house.cookies("adam")) as session:
        messages = session.run("admin")
    return [widget(messages, label) for label in ("Make a token", "Check everything", "Revoke", "End them")], "precious"


def made(house: House) -> int:
    return len(tokens.listed(own(house)))


def test_a_raw_message_of_a_reader_starts_no_admin_action(house: House) -> None:
    buttons, _name = prepared(house)
    before = made(house)
    with Talk(house, house.cookies("rita")) as session:
        session.run("admin")
        for button in buttons:
            told = words(session.run("admin", widgets={button: {"trigger_value": True}}))
            assert "Not for your role" in told
    assert made(house) == before
    assert all(token.revoked is None for token in tokens.listed(own(house)) if token.name == "precious")


def test_a_session_whose_admin_was_taken_down_starts_no_admin_action(house: House) -> None:
    """Its page, its buttons and their callbacks are all there; only the server's own look stands in the way."""
    with Talk(house, house.cookies("adam")) as session:
        messages = session.run("admin")
        button = widget(messages, "Make a token")

        def one(kind: str) -> str:
            found = [
                message.delta.new_element
                for message in messages
                if message.delta.new_element.WhichOneof("type") == kind
            ]
            return str(next(getattr(each, kind).id for each in found if "token_" in getattr(each, kind).id))

        before = made(house)
        fill: dict[str, dict[str, object]] = {
            one("text_input"): {"string_value": "mine"}, one("selectbox"): {"string_value": "reader"},
            one("number_input"): {"double_value": 90.0},
        }  # fmt: skip
        session.run("admin", widgets=fill | {button: {"trigger_value": True}})
        assert made(house) == before + 1, "the message is the right one: an admin's makes a token"
        house.roles["adam"] = "reader"
        house.write_people()
        told = words(session.run("admin", widgets=fill | {button: {"trigger_value": True}}))
    assert made(house) == before + 1
    assert "Not for your role" in told


def test_a_raw_message_of_a_reader_loads_and_takes_back_nothing(house: House) -> None:
    with Talk(house, house.cookies("adam")) as session:
        messages = session.run("data")
        load = widget(messages, "Load")
    ledger = (house.data / "store" / "ledger.jsonl").read_bytes()
    with Talk(house, house.cookies("anna")) as session:
        session.run("data")
        session.run("data", widgets={load: {"trigger_value": True}})
    assert (house.data / "store" / "ledger.jsonl").read_bytes() == ledger


def sent(house: House, cookies: dict[str, str]) -> tuple[int, bytes]:
    """What comes of a file sent into a session that the cookies' owner has, past any page."""
    token = generate_xsrf_token_string()
    with Talk(house, cookies) as session:
        (begun,) = [message for message in session.run() if message.WhichOneof("type") == "new_session"]
        jar = "; ".join(f"{name}={value}" for name, value in {"_streamlit_xsrf": token, **cookies}.items())
        request = urllib.request.Request(
            f"{house.url}/_stcore/upload_file/{begun.new_session.initialize.session_id}/abc",
            data=b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n', method="PUT",
            headers={"Cookie": jar, "X-Xsrftoken": token, "Content-Type": "multipart/form-data; boundary=b"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def test_a_file_sent_past_the_pages_is_taken_from_admins_only(house: House) -> None:
    assert sent(house, house.cookies("adam"))[0] == 204
    for cookies in ({}, house.cookies("rita"), house.cookies("anna"), house.cookies("adam", secret="x" * 40)):
        assert sent(house, cookies) == (403, b"Only admins load data.\n")


# -- 20: origins, names, frames ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"}, {"Origin": "http://127.0.0.1:1"}, {"Origin": ""}, {"Origin": "null"},
        {"Origin": "file://"}, {"Origin": "http://127.0.0.1.evil.example"},
    ],
)  # fmt: skip
def test_a_websocket_from_elsewhere_is_refused(house: House, headers: dict[str, str]) -> None:
    with pytest.raises((InvalidStatus, ConnectionClosed)) as refused:
        Talk(house, house.cookies("adam"), **headers)
    if isinstance(refused.value, InvalidStatus):
        assert refused.value.response.status_code == 403


def test_a_websocket_under_a_foreign_name_is_refused(house: House) -> None:
    """A name of an attacker's that points at this machine: Origin and Host agree, and are not ours."""

    def status(host: str) -> int:
        asked = http.client.HTTPConnection(house.url.removeprefix("http://"), timeout=20)
        head = {"Host": host, "Origin": f"http://{host}", "Upgrade": "websocket", "Connection": "Upgrade"}
        head |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
        asked.request("GET", "/_stcore/stream", headers=head)
        found = asked.getresponse().status
        asked.close()
        return found

    assert status(house.url.removeprefix("http://")) == 101
    for name in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""):
        assert status(name) in (400, 403), name


def test_a_request_under_a_foreign_name_is_refused(house: House) -> None:
    for path in ("/", "/healthz", "/export/articles.csv", "/_stcore/host-config"):
        status, _headers, body = house.get(path, Host="evil.example")
        assert status == 400
        assert len(body) < 100
    assert house.get("/healthz", Host=house.url.removeprefix("http://"))[0] == 200


def test_only_an_embed_is_framed_and_only_where_it_may(house: House) -> None:
    embed, page = link(house, figure="views-gained"), link(house)
    for query in ("", f"?link={page}", "?link=x", f"?link={embed}x", f"?link={embed}&link={page}"):
        _status, headers, _body = house.get(f"/{query}")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], query
        assert headers["X-Frame-Options"] == "DENY"
    _status, headers, _body = house.get(f"/?link={embed}")
    assert "frame-ancestors https://partner.example" in headers["Content-Security-Policy"]
    assert "'none'" not in headers["Content-Security-Policy"].split("frame-ancestors")[1].split(";")[0]
    assert headers["X-Frame-Options"] is None
    links.revoke(own(house), embed.split(".")[0], people.LOCAL, datetime.now(UTC))
    assert "frame-ancestors 'none'" in house.get(f"/?link={embed}")[1]["Content-Security-Policy"]


def test_login_cookies_are_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    house.provider.claims = house.claims("rita")
    status, headers, _body = house.get("/_stcore/health")
    assert status == 200
    assert cookie_of(headers, "_streamlit_xsrf")["samesite"].lower() in ("lax", "strict")
    assert COOKIE_SECRET not in house.words()


# -- 22: lines of the log, and what a page tells -----------------------------------------------------------------------
def test_a_log_line_stays_one_line_and_a_page_tells_nothing_of_the_server(house: House) -> None:
    forged = "x\n2026-01-01 CRITICAL forged line\x1b[31m"
    with Talk(house, house.cookies("rita", sub=forged, email="no@news.example", nonce=forged)) as session:
        told = words(session.run("articles"))
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        Talk(house, {}, Origin="http://evil.example/\x85forged")
    log = house.words()
    assert not re.search(r"^2026-01-01 CRITICAL", log, re.MULTILINE)
    assert "\x1b" not in log
    for secret in (COOKIE_SECRET, str(house.data), "SELECT ", "Traceback"):
        assert secret not in told


def test_a_broken_list_of_people_lets_nobody_in_and_tells_nothing(house: House) -> None:
    (house.data / "people.toml").write_text("[[person", encoding="utf-8")
    with Talk(house, house.cookies("adam")) as session:
        told = words(session.run("admin"))
    assert not FIGURE.search(told)
    assert str(house.data) not in told
    status, _headers, body = house.get(DATA[0], cookies=house.cookies("adam"))
    assert status == 403
    assert str(house.data).encode() not in body
    assert b"toml" not in body
