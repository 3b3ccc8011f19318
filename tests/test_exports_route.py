"""The export route: whole answers with their proof, plain refusals, and nobody else's bytes."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from exporting import rows_of_csv, rows_of_jsonl, rows_of_parquet, rows_of_xlsx
from readership import exports, queries
from readership import settings as settings_module
from readership.accounts import people
from readership.accounts.people import Limit, Person
from readership.api import exports as route
from readership.api.access import NotLoggedIn
from readership.errors import DiskFull
from readership.queries import Selection, comparison
from readership.settings import Settings


@pytest.fixture(scope="module")
def settings(newsroom: Path) -> Settings:
    return settings_module.load({"READERSHIP_DATA": str(newsroom)})


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=route.routes(settings))) as made:
        yield made


def refused(answer: Any, status: int) -> str:
    """The one plain line of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.count("\n") == 1
    assert answer.text.endswith("\n")
    for secret in ("Traceback", "SELECT", "/tmp", ".duckdb", ".py"):
        assert secret not in answer.text
    return str(answer.text)


# -- what is sent ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", list(exports.TABLES))
def test_every_question_is_answered_in_every_format(client: TestClient, form: str) -> None:
    for query in queries.catalogue():
        answer = client.get(f"/export/{query.name}.{form}", params={"site": "el.kz"})
        assert answer.status_code == 200, (query.name, answer.text)
        proof = json.loads(answer.headers["x-readership-proof"])
        digest = hashlib.sha256(answer.content).hexdigest()
        assert proof["query"] == query.name
        assert proof["file_sha256"] == digest
        assert int(answer.headers["content-length"]) == len(answer.content)
        name = f"readership-{query.name}-{proof['edition']}-{digest[:8]}.{form}"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["content-type"] == exports.TABLES[form]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_file_is_the_whole_answer_in_its_order(client: TestClient, settings: Settings) -> None:
    edition = queries.current(settings)
    assert edition is not None
    wanted = queries.fetch("articles", Selection(sites=("el.kz",)), edition, order="views")["article"].tolist()
    params = {"site": "el.kz", "order": "views"}
    assert [int(row[0]) for row in rows_of_csv(client.get("/export/articles.csv", params=params).content)[1:]] == wanted
    # Sixteen digits: a text in a sheet.
    sheet = rows_of_xlsx(client.get("/export/articles.xlsx", params=params).content)
    assert [int(row[0]) for row in sheet[1:]] == wanted
    for form, rows in (("jsonl", rows_of_jsonl), ("parquet", rows_of_parquet)):
        assert [row["article"] for row in rows(client.get(f"/export/articles.{form}", params=params).content)] == wanted


def test_the_selection_of_a_page_s_url_is_the_export_s(client: TestClient) -> None:
    chosen = Selection(sites=("el.kz",), no_languages=("kk",), text='"a phrase" -word', mode="all")
    answer = client.get("/export/articles.proof.json", params=chosen.to_url())
    assert answer.json()["permalink"].removeprefix("?") == str(answer.request.url.query, "ascii")
    assert answer.json()["selection"] == chosen.words()


# -- beside another ----------------------------------------------------------------------------------------------------
DATES = {"since": "2026-11-01", "until": "2026-11-15"}


def either(settings: Settings, name: str, selection: Selection, **parameters: Any) -> pd.DataFrame:
    edition = queries.current(settings)
    assert edition is not None
    return queries.fetch(name, selection, edition, **parameters)


def test_groups_stand_beside_the_other_period_in_every_format(client: TestClient, settings: Settings) -> None:
    first, last = date(2026, 10, 18), date(2026, 11, 1)
    before = either(settings, "group_views", Selection(since=first, until=last), dimension="topic")
    wanted = dict(zip(before["value"], before["articles"], strict=True))
    assert sum(wanted.values()) > 0
    params = {**DATES, "dimension": "topic", "compare": "previous"}
    rows = rows_of_jsonl(client.get("/export/group_views.jsonl", params=params).content)
    assert {row["value"]: row["articles_then"] for row in rows} == {
        row["value"]: wanted.get(row["value"], 0) for row in rows
    }
    assert set(wanted) <= {row["value"] for row in rows}
    for row in rows:
        change = row["articles_change_percent"]
        assert (change is None) == (row["articles_then"] == 0)
        assert change is None or change == pytest.approx(100 * (row["articles"] / row["articles_then"] - 1))
    parquet = rows_of_parquet(client.get("/export/group_views.parquet", params=params).content)
    assert [row["articles_then"] for row in parquet] == [row["articles_then"] for row in rows]
    for form, read in (("csv", rows_of_csv), ("xlsx", rows_of_xlsx)):
        table = read(client.get(f"/export/group_views.{form}", params=params).content)
        at = table[0].index("articles_then")
        assert [float(line[at]) for line in table[1:]] == [row["articles_then"] for row in rows]


def test_buckets_stand_beside_those_of_another_value(client: TestClient, settings: Settings) -> None:
    dates = {"since": date(2026, 11, 1), "until": date(2026, 11, 15)}
    other = either(settings, "views_gained", Selection(languages=("kk",), **dates), grain="week")
    params = {**DATES, "language": "ru", "grain": "week", "compare": "language:kk"}
    rows = rows_of_jsonl(client.get("/export/views_gained.jsonl", params=params).content)
    found = [row["views_then"] for row in rows]
    assert found == [None if pd.isna(views) else views for views in other["views"]]
    assert any(found)


def test_days_stand_beside_days_of_the_period_before(client: TestClient, settings: Settings) -> None:
    other = either(settings, "views_gained", Selection(since=date(2026, 10, 18), until=date(2026, 11, 1)))
    rows = rows_of_jsonl(client.get("/export/views_gained.jsonl", params={**DATES, "compare": "weekday"}).content)
    assert rows[0]["bucket"] == "2026-11-01T00:00:00"
    assert [row["views_then"] for row in rows] == [None if pd.isna(views) else views for views in other["views"]]


def test_the_proof_names_the_comparison(client: TestClient) -> None:
    params = {**DATES, "compare": "weekday", "lang": "en"}
    about = client.get("/export/group_views.proof.json", params=params).json()
    assert "compared with: the same weekdays before: 18–31 Oct 2026" in about["selection"]
    assert about["permalink"].endswith("&compare=weekday")
    meanings = {column["name"]: column["meaning"] for column in about["columns"]}
    assert all(meanings[name] for name in meanings if name.endswith(("_then", "_change_percent", "_note")))
    assert "articles_then" in meanings


def test_an_etag_knows_the_comparison(client: TestClient) -> None:
    tags = {client.get("/export/group_views.csv", params={**DATES, **more}).headers["etag"] for more in (
        {}, {"compare": "weekday"}, {"compare": "previous"}, {"compare": "none"}
    )}  # fmt: skip
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("group_views.csv?since=2026-11-01&compare=aeon", "compare=aeon"),
        ("group_views.csv?since=2026-11-01&compare=year&compare=month", "compare is there 2 times"),
        ("group_views.csv?compare=weekday", "Without a first day"),
        ("group_views.csv?since=2026-11-01&compare=weekday&limit=3", "A limit would cut"),
        ("articles.csv?since=2026-11-01&compare=weekday", "articles has no comparison"),
        ("views_by_publication.csv?since=2026-11-01&compare=weekday", "another time to be read"),
        ("views_at_age.csv?since=2026-11-01&compare=weekday&grain=week&basis=mean", "A mean or median by week"),
        ("group_views.csv?since=2026-11-01&site=nowhere.kz&compare=weekday", "nothing to compare with"),
        ("group_trend.csv?since=2026-11-01&compare=weekday&top=201", "At most 200 groups"),
        ("articles_gained.csv?since=2026-11-01&compare=weekday", "never in both"),
        ("articles_gained.csv?since=2026-11-01&question=read&compare=topic:sport", "the same views on both sides"),
    ],
)
def test_what_cannot_be_compared_is_said(client: TestClient, address: str, says: str) -> None:
    assert says in refused(client.get(f"/export/{address}"), 400)


def test_a_visitor_of_a_link_compares_with_nothing(settings: Settings) -> None:
    visitor = replace(people.LOCAL, limit=Limit("abc", (("since", "2026-11-01"),), "topics"))
    with TestClient(Starlette(routes=route.routes(settings, person=lambda _request, _settings: visitor))) as client:
        assert client.get("/export/group_views.csv").status_code == 200
        assert "shows its selection" in refused(client.get("/export/group_views.csv?compare=weekday"), 403)


@pytest.mark.parametrize("name", comparison.COMPARED)
def test_every_question_that_compares_does(client: TestClient, name: str) -> None:
    kinds = {"views_by_publication": ("topic:sport",), "articles_gained": ("mean4", "month")}
    for compare in kinds.get(name, ("mean4", "month", "topic:sport")):
        answer = client.get(f"/export/{name}.jsonl", params={**DATES, "question": "read", "compare": compare})
        assert answer.status_code == 200, answer.text
        assert any(column.endswith("_then") for column in rows_of_jsonl(answer.content)[0])


def test_the_sidecar_is_of_the_file_that_it_names(client: TestClient) -> None:
    sidecar = client.get("/export/articles.proof.json?site=el.kz&bom=1")
    table = client.get("/export/articles.csv?site=el.kz&bom=1")
    about = sidecar.json()["file"]
    assert about["sha256"] == hashlib.sha256(table.content).hexdigest()
    assert f'"{about["name"]}"' in table.headers["content-disposition"]
    assert f'"{about["name"]}.proof.json"' in sidecar.headers["content-disposition"]
    assert (
        sidecar.json()["sha256"] == hashlib.sha256(client.get("/export/articles.jsonl?site=el.kz").content).hexdigest()
    )
    assert table.content.startswith(b"\xef\xbb\xbf")


def test_words_are_in_the_reader_s_language(client: TestClient) -> None:
    russian = client.get("/export/articles.proof.json?site=el.kz", headers={"Accept-Language": "ru-RU,en;q=0.5"})
    assert russian.json()["selection"] == "все даты; сайт: el.kz"
    assert client.get("/export/articles.proof.json?site=el.kz").json()["selection"] == "all dates; site: el.kz"


def test_the_same_question_to_the_same_edition_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/export/articles.csv?site=el.kz")
    again = client.get("/export/articles.csv?site=el.kz", headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    for other in (
        "articles.csv",
        "articles.jsonl?site=el.kz",
        "articles.csv?site=el.kz&order=views",
        "articles.csv?site=el.kz&bom=1",
    ):
        answer = client.get(f"/export/{other}", headers={"If-None-Match": first.headers["etag"]})
        assert answer.status_code == 200, other


def test_head_tells_the_size_and_sends_nothing(client: TestClient) -> None:
    head, whole = client.head("/export/articles.csv"), client.get("/export/articles.csv")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_a_page_s_limit_is_not_the_export_s(client: TestClient, settings: Settings) -> None:
    edition = queries.current(settings)
    assert edition is not None
    assert len(queries.fetch("options", Selection(), edition, limit="2", field="site")) == 2
    limited = [
        query for query in queries.catalogue() for one in query.parameters if one.name == "limit" and one.default
    ]
    assert len(limited) >= 3
    for query in limited:
        whole = client.get(f"/export/{query.name}.proof.json")
        assert whole.status_code == 200, (query.name, whole.text)
        assert whole.json()["parameters"]["limit"] is None
        cut = client.get(f"/export/{query.name}.proof.json?limit=1").json()
        assert cut["parameters"]["limit"] == "1"
        assert cut["rows"] <= whole.json()["rows"]
    shown = len(queries.fetch("states", Selection(), edition, limit="5"))
    assert (shown, client.get("/export/states.proof.json").json()["rows"]) == (5, edition.articles)


def test_a_query_s_own_parameter_goes_before_the_selection_s(client: TestClient) -> None:
    article = rows_of_jsonl(client.get("/export/articles.jsonl?site=el.kz").content)[0]
    params = {"site": article["site"], "article_key": article["article_key"]}
    found = client.get("/export/article.jsonl", params=params)
    assert rows_of_jsonl(found.content)[0]["title"] == article["title"]
    assert json.loads(found.headers["x-readership-proof"])["selection"] == ""


def test_no_query_has_a_parameter_that_the_route_takes_for_itself() -> None:
    assert not {parameter.name for query in queries.catalogue() for parameter in query.parameters} & set(route._OWN)


# -- what is refused ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("file", "status", "says"),
    [
        ("nothing.csv", 404, "no query “nothing”"),
        ("articles", 404, "no format"),
        ("articles.exe", 404, "no format “exe”"),
        ("articles.csv.zip", 404, "no format"),
        ("..%2f..%2fetc%2fpasswd", 404, ""),
        ("articles.csv?colour=red&size=1", 400, "Unknown parameters: colour, size."),
        ("articles.csv?utm_source=x", 400, "Unknown parameter: utm_source."),
        ("articles.csv?since=yesterday", 400, "since=yesterday"),
        ("articles.csv?since=", 400, "since="),
        ("articles.csv?since=2026-02-01&until=2026-01-01", 400, "since="),
        ("articles.csv?since=2026-02-01&since=2026-03-01", 400, "since is there 2 times"),
        ("articles.csv?topic=", 400, "topic"),
        ("articles.csv?mode=some", 400, "mode=some"),
        ("articles.csv?in_body=yes", 400, "in_body=yes"),
        ("articles.csv?order=size", 400, "It is one of published, views, title, read."),
        ("articles.csv?limit=many", 400, "many"),
        ("articles.csv?limit=1&limit=2", 400, "limit is there 2 times"),
        ("articles.csv?bom=yes", 400, "bom=yes"),
        ("articles.xlsx?bom=1", 400, "byte order mark"),
        ("articles.proof.json?of=xlsx", 400, "of=xlsx"),
        ("articles.csv?of=jsonl", 400, "`of`"),
        ("views_gained.csv?grain=decade", 400, "grain=decade"),
    ],
)
def test_what_is_not_understood_is_refused_in_one_plain_line(
    client: TestClient, file: str, status: int, says: str
) -> None:
    answer = client.get(f"/export/{file}")
    if says:
        assert says in refused(answer, status)
    else:
        assert answer.status_code == status


def test_a_refused_export_answers_nothing_but_that(tmp_path: Path) -> None:
    settings = settings_module.load({"READERSHIP_DATA": str(tmp_path)})
    with TestClient(Starlette(routes=route.routes(settings))) as client:
        assert "Nothing has been published" in refused(client.get("/export/articles.csv"), 503)
        (tmp_path / "editions").mkdir()
        (tmp_path / "editions" / "000001.duckdb").write_bytes(b"no database")
        pointer = {
            "file": "000001.duckdb", "number": 1, "as_of": None, "built_at": "", "demo": False, "schema": "",
            "articles": 0,
        }  # fmt: skip
        (tmp_path / "editions" / queries.edition.POINTER).write_text(json.dumps(pointer))
        assert "can't be opened" in refused(client.get("/export/articles.csv"), 503)


def test_only_who_may_gets_an_export(settings: Settings) -> None:
    def person(request: Request, _settings: Settings) -> Person:
        if request.headers.get("authorization") != "Bearer good":
            raise NotLoggedIn("You are not logged in, or not any more.", "Log in.")
        return people.LOCAL

    with TestClient(Starlette(routes=route.routes(settings, lambda *_: [], person))) as client:
        for file in ("articles.csv", "nothing.csv", "articles.csv?colour=red", "page/overview.zip", "page/x/y.csv"):
            assert "not logged in" in refused(client.get(f"/export/{file}"), 401)
        good = client.get("/export/articles.csv", headers={"Authorization": "Bearer good"})
        assert good.status_code == 200
        assert good.headers["cache-control"] == "private, no-cache"
        known = {"If-None-Match": good.headers["etag"]}
        assert refused(client.get("/export/articles.csv", headers=known), 401)


def test_a_full_disk_is_a_503(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any, **_more: Any) -> exports.Export:
        raise DiskFull("There is no room on the server for this export.", "Try later.")

    monkeypatch.setattr(exports, "table", full)
    assert "no room" in refused(client.get("/export/articles.csv"), 503)


def test_a_fault_of_ours_is_a_number_in_the_log(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_more: Any) -> exports.Export:
        raise RuntimeError("SELECT secret FROM /tmp/x.duckdb")

    monkeypatch.setattr(exports, "table", broken)
    said = refused(client.get("/export/articles.csv"), 500)
    number = re.search(r"number (\w{8})", said)
    assert number is not None
    assert number[1] in caplog.text


def test_more_requests_than_may_wait_are_sent_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "WAITING", 0)
    monkeypatch.setattr(route, "AT_ONCE", 1)
    entered, go = threading.Event(), threading.Event()
    real = exports.table

    def slow(*args: Any, **more: Any) -> exports.Export:
        entered.set()
        assert go.wait(20)
        return real(*args, **more)

    monkeypatch.setattr(exports, "table", slow)
    with TestClient(Starlette(routes=route.routes(settings))) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.get, "/export/articles.csv")
        assert entered.wait(20)
        late = client.get("/export/articles.csv")
        go.set()
        assert "try again" in refused(late, 503)
        assert late.headers["retry-after"] == "60"
        assert first.result(20).status_code == 200
        assert client.get("/export/articles.csv").status_code == 200


def test_a_reader_who_leaves_takes_the_file_along(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[exports.Export] = []
    real = exports.table

    def watched(*args: Any, **more: Any) -> exports.Export:
        kept.append(real(*args, **more))
        return kept[-1]

    monkeypatch.setattr(exports, "table", watched)
    app = Starlette(routes=route.routes(settings))

    async def lost() -> None:
        scope = {
            "type": "http", "method": "GET", "path": "/export/articles.csv", "query_string": b"", "headers": [],
            "raw_path": b"/export/articles.csv", "http_version": "1.1", "scheme": "http", "server": ("t", 80),
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                raise OSError("connection lost")

        await app(scope, receive, send)  # type: ignore[arg-type]

    import anyio

    with pytest.raises(OSError, match="lost"):
        anyio.run(lost)
    assert len(kept) == 1
    assert kept[0].file.closed
