"""Exports of pages: what a page shows is what its files hold, for whoever may see it and for nobody else."""

from __future__ import annotations

import hashlib
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from common import NASTY
from exporting import agree, rows_of_csv, rows_of_jsonl
from readership import exports, queries
from readership import settings as settings_module
from readership.accounts import people
from readership.accounts.people import Limit, Person, Role
from readership.api import exports as route
from readership.exports import Part
from readership.queries import Selection, comparison
from readership.settings import Settings
from readership.ui import exported
from readership.ui.shell import PAGES

ARTICLE = "el.kz/900000"
BIG = ("csv", "xlsx", "parquet", "jsonl")
SHOWING = [entry.file for entry in PAGES if entry.file not in exported.WITHOUT]


@pytest.fixture
def settings(newsroom: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("READERSHIP_DATA", str(newsroom))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    return settings_module.load()


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=route.routes(settings, exported.parts))) as made:
        yield made


def parts(page: str, person: Person = people.LOCAL, **given: str) -> list[Part]:
    """What a page shows under all dates."""
    wanted = {"period": "all", "article": ARTICLE, "lang": "en"} | given
    return exported.parts(page, {name: [value] for name, value in wanted.items() if value}, person)


def refused(answer: Any, status: int, says: str) -> None:
    assert answer.status_code == status, answer.text
    assert says in answer.text
    assert answer.text.count("\n") == 1
    assert "Traceback" not in answer.text


# -- the same on the page and in its files -----------------------------------------------------------------------------
@pytest.mark.parametrize("page", SHOWING)
def test_screen_csv_xlsx_parquet_and_json_lines_of_every_part_agree(settings: Settings, page: str) -> None:
    found = parts(page)
    assert found
    assert len({part.name for part in found}) == len(found), "a part's name is its address"
    for part in found:
        made = {}
        for form in BIG:
            with part.make(form) as export:
                made[form] = export.read()
                assert export.name.startswith(f"readership-{part.name}-")
        whole = rows_of_jsonl(made["jsonl"])
        assert len(whole) >= len(part.rows)
        if len(whole) == len(part.rows):
            shown = part.rows if part.computed else part.rows[list(rows_of_csv(made["csv"])[0])]
            agree(shown, made)


def test_titles_as_nasty_as_they_come_are_the_same_in_every_file_of_the_table(settings: Settings) -> None:
    part = next(part for part in parts("articles") if part.name == "articles")
    assert set(part.rows["title"]) >= set(NASTY)
    with part.make("jsonl") as export:
        assert {row["title"] for row in rows_of_jsonl(export.read())} >= set(NASTY)


@pytest.mark.parametrize("page", ["overview", "topics", "authors", "sources", "publishing"])
def test_a_comparison_stands_in_the_files_too(settings: Settings, page: str) -> None:
    found = [part for part in parts(page, period="28d", compare="weekday") if part.computed]
    with_then = [part for part in found if any(str(name).endswith("_then") for name in part.rows.columns)]
    assert with_then
    part = with_then[0]
    with part.make("csv") as export:
        about = json.loads(export.sidecar())
        header = rows_of_csv(export.read())[0]
    assert list(map(str, part.rows.columns)) == header
    assert "compared with" in about["selection"]
    meanings = {column["name"]: column["meaning"] for column in about["columns"]}
    assert all(meanings[name] for name in header if name.endswith(("_then", "_note")))


SIDES = {
    "hours-read": ("overview", "hour_weekday", {}, ("weekday", "hour"), "views_per_hour"),
    "publishing-clock": ("publishing", "hour_weekday", {}, ("weekday", "hour"), "articles_published"),
    "topic-trend-views": (
        "topics",
        "group_trend",
        {"dimension": "topic", "grain": "day", "top": 10**6},
        ("value",),
        "views",
    ),
    "release-trend": ("sources", "release_trend", {"grain": "day"}, (), "articles"),
    "countries-map": ("countries", "group_views", {"dimension": "country", "home": "without"}, ("value",), "gained"),
    "articles": ("articles", "articles_gained", {}, ("article",), "gained"),
}
"""Parts of pages, each with its question, what tells its rows apart on both sides, and a measure that stands beside."""


@pytest.mark.parametrize("name", SIDES)
def test_the_second_side_is_the_answer_for_the_other_period(settings: Settings, name: str) -> None:
    """Under the page's own selection the other side is asked here by itself; files hold the page's cells."""
    page, query, params, keys, measure = SIDES[name]
    edition = queries.current(settings)
    assert edition
    part = next(one for one in parts(page, period="28d", compare="previous", question="read") if one.name == name)

    def ask(name: str, selection: Selection, **given: Any) -> pd.DataFrame:
        return queries.fetch(name, selection, edition, **given)

    given = Selection.from_url(parse_qs(urlsplit(part.asked.permalink).query))[0]
    both = comparison.resolve(comparison.Comparison("previous"), given, ask)
    other = ask(query, both.others[0].selection, **params)
    shown = part.rows[part.rows[f"{measure}_then"].notna()]
    assert len(shown)
    assert shown[f"{measure}_then"].sum() > 0
    if keys:
        wanted = other.groupby(list(keys))[measure].sum().to_dict()
        for key, rows in shown.groupby(list(keys)):
            key = key if len(keys) > 1 else key[0]
            assert rows[f"{measure}_then"].sum() == pytest.approx(float(wanted.get(key, 0)))
    else:
        assert shown[f"{measure}_then"].sum() == other[measure].sum()
    made = {}
    for form in BIG:
        with part.make(form) as export:
            made[form] = export.read()
    agree(part.rows, made)


def test_all_articles_stand_beside_the_other_period_in_a_file(client: TestClient) -> None:
    part = next(
        one
        for one in parts("articles", period="28d", question="read", compare="previous")
        if one.name == "articles-all"
    )
    with part.make("jsonl") as export:
        whole, about = rows_of_jsonl(export.read()), json.loads(export.sidecar())
    assert "compare=previous" in about["permalink"]
    assert about["selection"].count("compared with") == 1
    by_route = client.get(f"/export/articles_gained.jsonl{about['permalink']}&order=published")
    assert rows_of_jsonl(by_route.content) == whole
    assert {"gained", "gained_then", "gained_change_percent"} <= set(whole[0])


def test_a_file_is_whole_whatever_the_page_shows(client: TestClient, settings: Settings) -> None:
    edition = queries.current(settings)
    assert edition
    newest = next(part for part in parts("overview") if part.name == "newest")
    assert len(newest.rows) == 10
    answer = client.get("/export/page/overview/newest.jsonl?period=all")
    assert len(rows_of_jsonl(answer.content)) == edition.articles > 10


def test_names_are_written_in_the_reader_s_language(client: TestClient) -> None:
    names = {}
    for code in ("en", "ru"):
        rows = rows_of_jsonl(client.get(f"/export/page/countries/country-groups.jsonl?period=all&lang={code}").content)
        names[code] = {row["value"]: row["name"] for row in rows}
    assert names["en"].keys() == names["ru"].keys()
    assert names["en"]["RU"] == "Russia"
    assert names["ru"]["RU"] == "Россия"


def test_the_permalink_of_a_proof_opens_the_same_selection(client: TestClient) -> None:
    query = "since=2026-10-01&until=2026-11-22&language=ru&language=kk&no_country=CN&no_topic=sport&text=-%D1%8F%C3%A9"
    answer = client.get(f"/export/page/topics/topic-groups.proof.json?{query}&edition=2&lang=en")
    assert answer.status_code == 200, answer.text
    about = answer.json()
    given: dict[str, list[str]] = parse_qs(urlsplit(about["permalink"]).query)
    wanted, unknown = Selection.from_url(parse_qs(query))
    assert unknown == []
    assert Selection.from_url(given) == (wanted, [])


# -- a page in one zip -------------------------------------------------------------------------------------------------
def archive_of(answer: Any) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


@pytest.mark.parametrize("page", SHOWING)
def test_a_page_s_zip_holds_every_part_and_a_proof_for_each(client: TestClient, page: str) -> None:
    with archive_of(client.get(f"/export/page/{page}.zip?period=all&article={ARTICLE}&figures=html")) as archive:
        about = json.loads(archive.read("proof.json"))
        names = set(archive.namelist()) - {"proof.json"}
        for file in about["files"]:
            data = archive.read(file["name"])
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
            assert file["proof"]["edition"] == about["edition"]
    assert {file["name"] for file in about["files"]} == names
    found = parts(page)
    starts = {name.rsplit("-", 2)[0].removeprefix("readership-") for name in names if name.endswith(".html")}
    assert starts == {part.name for part in found if part.drawing}
    asked = {file["proof"]["query"] for file in about["files"] if file["name"].endswith(".csv")}
    assert asked == {part.asked.query.name for part in found}


def test_a_zip_s_tables_and_figures_come_in_the_formats_asked_for(client: TestClient) -> None:
    with archive_of(client.get("/export/page/rates.zip?period=all&tables=parquet&figures=html")) as archive:
        endings = {name.rpartition(".")[2] for name in archive.namelist()}
    assert endings == {"parquet", "html", "json"}


# -- figures -----------------------------------------------------------------------------------------------------------
def test_every_figure_can_be_had_offline(client: TestClient) -> None:
    for part in parts("overview"):
        if part.drawing:
            page = client.get(f"/export/page/overview/{part.name}.html?period=all").text
            assert "default-src 'none'" in page
            assert part.drawing.title in page


@pytest.mark.skipif(not exports.pictures_available(), reason="Chromium is not installed here")
def test_a_figure_is_drawn_as_the_switches_say(client: TestClient) -> None:
    address = "/export/page/overview/views-gained.svg?period=28d&lang=ru&bucket="
    drawn = {bucket: client.get(address + bucket) for bucket in ("day", "week")}
    for bucket, answer in drawn.items():
        assert answer.headers["content-type"] == "image/svg+xml"
        ET.fromstring(answer.content)
        assert json.loads(answer.headers["x-readership-proof"])["rows"] == {"day": 28, "week": 5}[bucket]
        assert "Прибавка просмотров" in answer.text


# -- what is refused ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("nothing.zip", 404, "no page “nothing”"),
        ("overview.tar", 404, "comes as zip"),
        ("overview/nothing.csv", 404, "shows no nothing.csv"),
        ("overview/newest.svg", 404, "this one as csv"),
        ("article.zip", 404, "nothing to show"),
        ("overview.zip?colour=red", 400, "Unknown parameter: colour"),
        ("overview.zip?period=aeon", 400, "period=aeon"),
        ("overview.zip?since=yesterday", 400, "since=yesterday"),
        ("overview.zip?compare=aeon", 400, "compare=aeon"),
        ("overview.zip?compare=2026-10-01..2026-09-01", 400, "compare=2026-10-01"),
        ("overview.zip?period=own", 400, "period=own"),
        ("overview.zip?series_shape=round", 400, "no such choice"),
        ("overview.zip?shape=round", 400, "no such choice"),
        ("overview.zip?bucket=aeon", 400, "no such choice"),
        ("topics.zip?count=twice", 400, "no such choice"),
        ("overview.zip?rate_markers=a&rate_markers=b", 400, "rate_markers"),
        ("overview.zip?tables=zip", 400, "tables=zip"),
        ("overview.zip?figures=gif", 400, "figures=gif"),
        ("overview.zip?bom=1", 400, "`bom`"),
        ("overview/newest.csv?figures=png", 400, "`figures`"),
        ("overview/newest.csv?lang=de", 400, "lang=de"),
        ("overview/newest.csv?edition=x", 400, "edition=x"),
        ("overview/newest.csv?edition=999", 409, "not the current one"),
        ("..%2f..%2fapp.zip", 404, ""),
    ],
)
def test_what_is_not_understood_is_refused(client: TestClient, path: str, status: int, says: str) -> None:
    answer = client.get(f"/export/page/{path}")
    if says:
        refused(answer, status, says)
    else:
        assert answer.status_code == status


def test_a_fault_of_a_page_is_a_number_in_the_log(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError("SELECT secret")

    monkeypatch.setattr(queries, "fetch", broken)
    answer = client.get("/export/page/overview.zip?period=own&since=2026-01-02&until=2026-01-03")
    refused(answer, 500, "under number")
    assert "secret" not in answer.text


def test_a_page_that_asks_for_a_role_gives_its_parts_to_nobody_below(settings: Settings) -> None:
    reader = Person("a", "A", Role.READER)

    def person(_request: Request, _settings: Settings) -> Person:
        return reader

    with TestClient(Starlette(routes=route.routes(settings, exported.parts, person))) as client:
        refused(client.get("/export/page/admin.zip"), 403, "role admin")
        assert client.get("/export/page/overview/newest.csv").status_code == 200


def test_a_visitor_gets_the_link_s_selection_and_nothing_beyond(settings: Settings) -> None:
    limit = Limit("x", (("language", "kk"),), "overview")
    visitor = replace(people.LOCAL, key="link:x", role=Role.READER, limit=limit)

    def person(_request: Request, _settings: Settings) -> Person:
        return visitor

    with TestClient(Starlette(routes=route.routes(settings, exported.parts, person))) as client:
        rows = rows_of_jsonl(client.get("/export/articles.jsonl?language=ru").content)
        assert {row["language"] for row in rows} == {"kk"}
        refused(client.get("/export/compare.csv"), 403, "beyond")
        refused(client.get("/export/page/overview.zip"), 404, "no page")
        shared = rows_of_jsonl(client.get("/export/page/shared/articles.jsonl").content)
        assert {row["language"] for row in shared} == {"kk"}


def test_two_readers_at_once_get_their_own(client: TestClient) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def asked(code: str) -> set[str]:
        answer = client.get(f"/export/page/articles/articles-all.jsonl?period=all&language={code}")
        return {row["language"] for row in rows_of_jsonl(answer.content)}

    codes = ["kk", "ru", "en"] * 3
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(asked, codes)) == [{code} for code in codes]


# -- addresses ---------------------------------------------------------------------------------------------------------
def test_an_address_asks_for_what_the_page_asked(
    settings: Settings, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = parts("overview") + parts("rates")
    monkeypatch.setattr(exported, "_stamp", lambda: [("lang", "en")])
    monkeypatch.setattr(exported, "st", SimpleNamespace(query_params={}, get_option=lambda _name: ""))
    for part in found:
        if part.computed or part.naming:
            continue
        asked = part.asked
        of = exported.Origin(asked.query.name, asked.selection, tuple(asked.parameters.items()))
        address = exported._address(f"{of.query}.jsonl", exported._asked(of))
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        assert dict(parse_qsl(urlsplit(address).query)).get("limit") is None
        with part.make("jsonl") as export:
            assert export.sha256 == hashlib.sha256(answer.content).hexdigest(), part.name


def test_addresses_stand_below_the_server_s_base(monkeypatch: pytest.MonkeyPatch) -> None:
    for base, wanted in (("", "/export/a.csv?b=1"), ("/news/", "/news/export/a.csv?b=1")):
        monkeypatch.setattr(exported.st, "get_option", lambda _name, base=base: base)
        assert exported._address("a.csv", [("b", "1")]) == wanted


def test_routes_stand_below_the_server_s_base_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from readership.ui import server

    monkeypatch.setattr(server.st, "get_option", lambda _name: "/news/")
    with TestClient(Starlette(routes=server.based(client.app.routes))) as below:  # type: ignore[attr-defined]
        assert below.get("/news/export/freshness.csv").content == below.get("/export/freshness.csv").content
        assert below.get("/news/export/page/nothing.zip").status_code == 404
