"""Who somebody is and what they may: claims, the list of people, cookies, tokens; and who is not let in."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from readership import settings as settings_module
from readership.accounts import login, people, sessions, tokens
from readership.accounts.people import Role
from readership.api import access
from readership.cli import main
from readership.errors import Refused, UsageError
from readership.settings import Settings
from readership.ui.server import SCRIPT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ISSUER, SECRET, ORIGIN = "https://id.example", "s" * 40, "https://readership.example"
SECRETS = f"""[auth]
redirect_uri = "{ORIGIN}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "a"
client_secret = "b"
server_metadata_url = "{ISSUER}/.well-known/openid-configuration"
"""
Make = Callable[..., Settings]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """Settings of a newsroom with login on; the list of people as given."""

    def make(people_toml: str | None = None, text: str = SECRETS, **environment: str) -> Settings:
        (tmp_path / "secrets.toml").write_text(text, encoding="utf-8")
        if people_toml is not None:
            (tmp_path / "people.toml").write_text(people_toml, encoding="utf-8")
        login._setup.cache_clear()
        own = {"READERSHIP_DATA": str(tmp_path), "READERSHIP_SECRETS": str(tmp_path / "secrets.toml")}
        return settings_module.load(own | environment)

    return make


def claims(**more: Any) -> dict[str, Any]:
    told = {"iss": ISSUER, "sub": "42", "email": "Ed@News.example", "email_verified": True, "name": "Ed Itor"}
    return told | {"iat": int(NOW.timestamp()) - 60, "is_logged_in": True} | more


def listed(role: str, email: str = "ed@news.example") -> str:
    return f'[[person]]\nemail = "{email}"\nrole = "{role}"\n'


# -- roles -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["reader", "analyst", "admin"])
def test_a_listed_person_has_their_role(made: Make, role: str) -> None:
    one = login.person(claims(), made(listed(role)), NOW)
    assert (one.role, one.name, one.key) == (Role.named(role), "Ed Itor", f"{ISSUER} 42")


def test_a_subject_goes_before_an_address(made: Make) -> None:
    named = f'[[person]]\nissuer = "{ISSUER}"\nsubject = "42"\nrole = "reader"\n'
    assert login.person(claims(), made(listed("admin") + named), NOW).role is Role.READER


def test_a_claim_gives_the_highest_of_its_roles_and_only_when_it_is_named(made: Make) -> None:
    groups = '[claim]\nnewsroom = "reader"\nchiefs = "admin"\n'
    told = claims(groups=["newsroom", "chiefs", "others"])
    assert login.person(told, made(groups, READERSHIP_ROLE_CLAIM="groups"), NOW).role is Role.ADMIN
    with pytest.raises(Refused, match="no role"):
        login.person(told, made(groups), NOW)


def test_none_shuts_out_somebody_whom_a_claim_lets_in(made: Make) -> None:
    settings = made(listed("none") + '[claim]\nnewsroom = "reader"\n', READERSHIP_ROLE_CLAIM="groups")
    with pytest.raises(Refused, match="no role"):
        login.person(claims(groups="newsroom"), settings, NOW)


def test_a_removed_person_is_refused_at_the_next_look(made: Make) -> None:
    settings = made(listed("admin"))
    assert login.person(claims(), settings, NOW).role is Role.ADMIN
    made(listed("admin", "other@news.example"))
    with pytest.raises(Refused, match="no role"):
        login.person(claims(), settings, NOW)


@pytest.mark.parametrize(
    "told",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"sub": ""}, {"sub": "x" * 300}, {"is_logged_in": False},
        {"email_verified": False}, {"email_verified": "true"}, {"email_verified": None},
        {"email": "other@news.example"}, {"email": ["ed@news.example"]}, {"iat": None}, {"iat": True}, {"iat": "1"},
        {"iat": int(NOW.timestamp()) + 3600}, {"iat": int(NOW.timestamp()) - 169 * 3600},
    ],
)  # fmt: skip
def test_a_login_that_is_not_as_it_must_be_is_refused(made: Make, told: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        login.person(claims(**told), made(listed("admin")), NOW)


@pytest.mark.parametrize(
    "twin",
    [
        "еd@news.example",
        "ed@newѕ.example",
        "ｅd@news.example",
        "ed@news\u200b.example",
        "ed@newſ.example",
        "ﬁ@news.example",
    ],
)
def test_a_twin_of_an_address_is_nobody(made: Make, twin: str) -> None:
    """Cyrillic letters, full width, a space of no width, long s, a ligature: all look or fold like the real one."""
    settings = made(listed("admin") + '[[person]]\nemail = "fi@news.example"\nrole = "admin"\n')
    with pytest.raises(Refused, match="no role"):
        login.person(claims(email=twin), settings, NOW)


@pytest.mark.parametrize(
    "text",
    [
        listed("admin", "straße@news.example"), listed("admin") + listed("reader", "ED@news.example"), listed("boss"),
        listed("visitor"), "[[person]]\nrole = 'admin'\n", "[[person]]\nemail = 3\nrole = 'admin'\n", "person = 3\n",
        "[people]\n", "[[person", '[claim]\nnewsroom = "chief"\n', "\x00",
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_lets_nobody_in(made: Make, text: str) -> None:
    settings = made(text)
    with pytest.raises(UsageError):
        login.roles(settings)
    with pytest.raises(Refused, match="can't be read"):
        login.person(claims(), settings, NOW)


# -- set-up ------------------------------------------------------------------------------------------------------------
def test_login_is_off_without_auth_and_on_with_it(made: Make) -> None:
    assert login.setup(made(text="")) is None
    assert login.setup(made()) is not None
    assert login.setup(made(READERSHIP_LOGIN="off")) is None
    with pytest.raises(UsageError, match=r"no table \[auth\]"):
        login.setup(made(text="", READERSHIP_LOGIN="on"))


def test_login_once_on_stays_on_when_the_secrets_go_away(made: Make, tmp_path: Path) -> None:
    settings = made()
    assert login.setup(settings)
    (tmp_path / "secrets.toml").unlink()
    assert login.setup(settings)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SECRET, "short"), (f"{ORIGIN}/oauth2callback", f"{ORIGIN}/"), ("https://readership", "http://readership"),
        ("server_metadata_url", "metadata"), ("[auth]", "auth = 3\n[other]"), ("[auth]", "[auth"),
    ],
)  # fmt: skip
def test_a_weak_or_broken_set_up_is_refused_and_lets_nobody_in(made: Make, old: str, new: str) -> None:
    settings = made(listed("admin"), SECRETS.replace(old, new))
    with pytest.raises(UsageError) as told:
        login.setup(settings)
    assert "secrets.toml" not in told.value.message
    assert SECRET not in str(told.value)
    with pytest.raises(Refused):
        access.person(request(), settings)


def test_no_server_stands_open_to_a_network_without_login(made: Make) -> None:
    off = made(text="")
    login.may_stand(off, "127.0.0.1")
    login.may_stand(off, "::1")
    for address in ("", "0.0.0.0", "192.168.1.5", "news.example"):
        with pytest.raises(UsageError, match="everybody there would be admin"):
            login.may_stand(off, address)
    login.may_stand(made(text="", READERSHIP_OPEN_TO_ALL="1"), "0.0.0.0")
    login.may_stand(made(listed("admin")), "0.0.0.0")


# -- cookies and tokens over HTTP --------------------------------------------------------------------------------------
def request(query: str = "", **headers: str) -> Request:
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": pairs})


def cookies(told: dict[str, Any], secret: str = SECRET, name: str = "_streamlit_user") -> dict[str, str]:
    """Cookies as Streamlit sets them."""
    jar: dict[str, str] = {}

    def one(key: str, value: str) -> None:
        jar[key] = create_signed_value(secret, key, value).decode()

    set_cookie_with_chunks(
        one, lambda key, value: create_signed_value(secret, key, value), name, told, cookie_attr_size=60
    )
    return jar


def asked(jar: dict[str, str]) -> Request:
    return request(Cookie="; ".join(f"{name}={value}" for name, value in jar.items()))


def fresh(**more: Any) -> dict[str, Any]:
    return claims(iat=int(time.time()), origin=ORIGIN) | more


def test_streamlits_cookie_is_read_whole_and_in_chunks(made: Make) -> None:
    settings = made(listed("analyst"))
    assert access.person(asked(cookies(fresh())), settings).role is Role.ANALYST
    jar = cookies(fresh(groups=[secrets.token_hex(100) for _ in range(60)]))
    assert len(jar) > 2
    assert access.person(asked(jar), settings).role is Role.ANALYST
    del jar["_streamlit_user_2"]
    with pytest.raises(access.NotLoggedIn):
        access.person(asked(jar), settings)


@pytest.mark.parametrize(
    "jar",
    [
        {}, cookies(fresh(), secret="t" * 40), cookies(fresh(origin="https://evil.example")),
        cookies(fresh(origin=None)),
        {"_streamlit_user": cookies(fresh(), name="_streamlit_user_tokens")["_streamlit_user_tokens"]},
        {"_streamlit_user": json.dumps(fresh())}, {"_streamlit_user": "chunks-99"}, {"_streamlit_user": "é"},
    ],
)  # fmt: skip
def test_a_forged_or_foreign_cookie_is_nobody(made: Make, jar: dict[str, str]) -> None:
    with pytest.raises(access.NotLoggedIn) as told:
        access.person(asked(jar), made(listed("admin")))
    answer = access.refused(told.value)
    assert answer.status_code == 401
    assert bytes(answer.body).count(b"\n") == 0


def test_an_old_cookie_is_nobody(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = made(listed("admin"))
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: time.time_ns() / 1e9 - 32 * 86400)
    jar = cookies(fresh())
    monkeypatch.undo()
    with pytest.raises(access.NotLoggedIn):
        access.person(asked(jar), settings)


def test_a_logout_ends_all_logins_of_before_and_none_of_after(made: Make) -> None:
    settings = made(listed("reader"))
    one = login.person(claims(), settings, NOW)
    sessions.end(settings, one.key, NOW)
    with pytest.raises(Refused, match="logged out"):
        login.person(claims(), settings, NOW + timedelta(hours=1))
    again = claims(iat=int(NOW.timestamp()) + 2)
    assert login.person(again, settings, NOW + timedelta(hours=1)).role is Role.READER


def test_who_was_here_is_listed_with_the_role_of_the_last_time(made: Make) -> None:
    settings = made(listed("reader"))
    login.person(claims(), settings, NOW)
    login.person(claims(), made(listed("admin")), NOW + timedelta(minutes=5))
    (one,) = sessions.listed(settings)
    assert (one.name, one.email, one.role) == ("Ed Itor", "ed@news.example", Role.ADMIN)
    assert (one.first, one.last, one.ended) == (NOW, NOW + timedelta(minutes=5), None)


def test_a_token_is_its_role_until_it_ends(made: Make) -> None:
    settings = made()
    text = tokens.add(settings, "nightly\nexport", Role.READER, days=1, by="ed", now=NOW)
    assert text.encode() not in settings.state.read_bytes(), "only a hash is kept"
    one = tokens.person(settings, text, NOW)
    assert (one.role, one.name) == (Role.READER, "nightly export")
    for wrong in ("", text[:-1], text + "a", "rdt_" + "x" * 43):
        with pytest.raises(Refused):
            tokens.person(settings, wrong, NOW)
    with pytest.raises(Refused):
        tokens.person(settings, text, NOW + timedelta(days=1))
    tokens.revoke(settings, 1, NOW)
    with pytest.raises(Refused):
        tokens.person(settings, text, NOW)
    assert tokens.listed(settings)[0].revoked == NOW


def test_a_route_knows_tokens_whether_login_is_on_or_off(made: Make) -> None:
    for settings in (made(), made(text="")):
        text = tokens.add(settings, "x", Role.ANALYST, days=1, by="ed", now=datetime.now(UTC))
        assert access.person(request(Authorization=f"Bearer {text}"), settings).role is Role.ANALYST
        assert access.require(request(Authorization=f"bearer {text}"), settings, Role.ANALYST)
        with pytest.raises(Refused, match="needs the role admin"):
            access.require(request(Authorization=f"Bearer {text}"), settings, Role.ADMIN)
        for wrong in ("Bearer nonsense", "Basic YTpi"):
            with pytest.raises(Refused):
                access.person(request(Authorization=wrong), settings)
    assert access.person(request(), made(text="")) is people.LOCAL


def test_tokens_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("READERSHIP_DATA", str(tmp_path))
    assert main(["token", "add", "nightly", "--role", "analyst", "--days", "7"]) == 0
    text = capsys.readouterr().out.strip()
    assert tokens.person(settings_module.load(), text, datetime.now(UTC)).role is Role.ANALYST
    assert main(["token", "list"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)[0]["valid"]
    assert text not in shown
    assert main(["token", "revoke", "1"]) == 0
    assert main(["token", "revoke", "1"]) == 2
    assert main(["token", "add", "x", "--role", "boss"]) == 2
    assert main(["token", "add", "x", "--days", "0"]) == 2
    assert main(["login", "check"]) == 0


# -- the pages ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def app(newsroom: Path, made: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The dashboard with login on, nobody logged in; the list of people lies in `tmp_path`."""
    made(listed("reader"))
    monkeypatch.setenv("READERSHIP_DATA", str(tmp_path))
    monkeypatch.setenv("READERSHIP_EDITIONS", str(newsroom / "editions"))
    monkeypatch.setenv("READERSHIP_SECRETS", str(tmp_path / "secrets.toml"))
    return AppTest.from_file(str(SCRIPT), default_timeout=60)


def test_nobody_sees_a_login_button_and_no_figure(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert [button.label for button in app.button] == ["Log in"]
    assert len(app.metric) + len(app.dataframe) + len(app.get("plotly_chart")) == 0


def test_a_removed_person_loses_the_page_at_the_next_run(app: AppTest, made: Make) -> None:
    app.user = fresh()
    app.run()
    assert len(app.metric) > 0
    made(listed("reader", "other@news.example"))
    app.run()
    assert len(app.metric) == 0
    assert "no role here" in app.info[0].value


@pytest.mark.parametrize(("role", "wanted"), [("reader", False), ("analyst", False), ("admin", True)])
def test_only_admins_have_the_form_that_loads_data(app: AppTest, made: Make, role: str, wanted: bool) -> None:
    made(listed(role))
    app.user = fresh()
    app.run()
    app.switch_page(str(SCRIPT.parents[3] / "pages" / "data.py")).run()
    assert app.title[0].value == "Data"
    assert bool(app.get("file_uploader")) is wanted
    assert any(button.label == "Undo" for button in app.button) is wanted


@pytest.mark.parametrize(("role", "opens"), [("reader", False), ("analyst", True)])
def test_a_page_says_which_role_it_needs(app: AppTest, made: Make, role: str, opens: bool) -> None:
    made(listed(role))
    app.user = fresh()
    app.run()
    app.switch_page(str(SCRIPT.parents[3] / "pages" / "admin.py")).run()
    assert app.title[0].value == "Not for your role"
    app.switch_page(str(SCRIPT.parents[3] / "pages" / "sql.py")).run()
    assert (app.title[0].value == "SQL") is opens


def test_a_reader_writes_notes_for_themselves_only(app: AppTest, made: Make) -> None:
    from readership.accounts import annotations

    app.user = fresh()
    app.run()
    app.text_input(key="note_text").set_value("mine")
    next(button for button in app.button if button.label == "Add the note").click().run()
    settings = settings_module.load()
    (note,) = annotations.listed(settings, f"{ISSUER} 42")
    assert (note.text, note.scope, note.owner) == ("mine", "personal", f"{ISSUER} 42")
    app.session_state["note_scope"] = "site"  # as a message that no page of a reader's would send
    app.text_input(key="note_text").set_value("for all")
    next(button for button in app.button if button.label == "Add the note").click().run()
    assert {note.scope for note in annotations.listed(settings, f"{ISSUER} 42")} == {"personal"}
