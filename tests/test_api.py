"""The JSON API: the same answers as the command line, a page at a time, described truly, and nothing that breaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from starlette.applications import Starlette
from starlette.testclient import TestClient

from common import readership
from readership import queries
from readership import settings as settings_module
from readership.api import v1
from readership.exports import beside
from readership.settings import Settings


@pytest.fixture(scope="module")
def settings(newsroom: Path) -> Settings:
    return settings_module.load({"READERSHIP_DATA": str(newsroom)})


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=v1.routes(settings))) as made:
        yield made


def refused(answer: Any, status: int) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert set(told) <= {"error", "hint"}
    for secret in ("Traceback", "SELECT", "/tmp", ".duckdb", ".py"):
        assert secret not in answer.text
    return dict(told)


# -- answers -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["articles", "views_gained", "group_views", "hour_weekday", "header_rates"])
def test_the_api_answers_as_the_command_line_does(client: TestClient, newsroom: Path, name: str) -> None:
    answer = client.get(f"/api/v1/{name}", params={"site": "el.kz", "rows": 10_000}).json()
    limits = [one.name for one in queries.named(name).parameters if one.name == "limit"]
    more = [word for limit in limits for word in ("--param", f"{limit}=1000000")]
    told = json.loads(readership(newsroom, "query", name, "--site", "el.kz", *more).stdout)
    assert len(answer["rows"]) == len(told)
    assert [list(row) for row in answer["rows"][:3]] == [list(row) for row in told[:3]]
    numbers = [column for column in (told[0] if told else {}) if isinstance(told[0][column], int)]
    assert [[row[column] for column in numbers] for row in answer["rows"]] == [
        [row[column] for column in numbers] for row in told
    ]


def test_every_question_is_answered_and_names_its_edition(client: TestClient, settings: Settings) -> None:
    edition = queries.current(settings)
    assert edition
    listed = client.get("/api/v1/").json()
    assert [one["name"] for one in listed["queries"]] == [query.name for query in queries.catalogue()]
    for one in listed["queries"]:
        answer = client.get(one["url"])
        assert answer.status_code == 200, (one["name"], answer.text)
        body = answer.json()
        assert (body["query"], body["edition"], body["as_of"]) == (one["name"], edition.number, edition.as_of)
        assert all(list(row) == [column["name"] for column in body["columns"]] for row in body["rows"])


def test_pages_add_up_to_the_whole_without_repeating(client: TestClient) -> None:
    whole = client.get("/api/v1/articles", params={"rows": 10_000}).json()["rows"]
    assert len(whole) > 15
    address: str | None = "/api/v1/articles?rows=7"
    pages = []
    while address:
        body = client.get(address).json()
        pages.append(body["rows"])
        address = body["next"]
    assert [row for page in pages for row in page] == whole
    assert {len(page) for page in pages[:-1]} == {7}


def test_a_page_of_an_edition_that_is_gone_says_so(client: TestClient) -> None:
    told = refused(client.get("/api/v1/articles", params={"edition": 999}), 409)
    assert "first page" in told["hint"]


def test_an_etag_holds_while_the_edition_does(client: TestClient) -> None:
    first = client.get("/api/v1/articles", params={"rows": 5})
    again = client.get("/api/v1/articles", params={"rows": 5}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/api/v1/articles", params={"rows": 6}, headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_a_selection_narrows_and_is_told_in_words(client: TestClient) -> None:
    everything = client.get("/api/v1/articles", params={"rows": 10_000}).json()
    chosen = client.get("/api/v1/articles", params={"rows": 10_000, "language": "ru", "no_section": "x"}).json()
    assert 0 < len(chosen["rows"]) < len(everything["rows"])
    assert {row["language"] for row in chosen["rows"]} == {"ru"}
    assert chosen["permalink"] == "?language=ru&no_section=x"
    assert "ru" in chosen["selection"]


def test_rows_stand_beside_the_other_side_page_by_page(client: TestClient) -> None:
    params = {"since": "2026-11-01", "until": "2026-11-15", "dimension": "language", "compare": "weekday"}
    whole = client.get("/api/v1/group_views", params=params).json()
    assert any(row["articles_then"] for row in whole["rows"])
    assert "compared with: the same weekdays before" in whole["selection"]
    assert whole["permalink"].endswith("&compare=weekday")
    assert {"articles_then", "articles_change_percent", "articles_note"} <= {one["name"] for one in whole["columns"]}
    first = client.get("/api/v1/group_views", params={**params, "rows": "1"}).json()
    second = client.get(first["next"]).json()
    assert [first["rows"][0], second["rows"][0]] == whole["rows"][:2]


# -- refusals ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/nothing", 404),
        ("/api/v1/articles?unknown=1", 400),
        ("/api/v1/articles?since=2026-11-01&compare=weekday", 400),
        ("/api/v1/group_views?since=2026-11-01&compare=aeon", 400),
        ("/api/v1/group_views?compare=weekday", 400),
        ("/api/v1/articles?rows=0", 400),
        ("/api/v1/articles?rows=10001", 400),
        ("/api/v1/articles?rows=-1", 400),
        ("/api/v1/articles?rows=%D9%A1", 400),
        ("/api/v1/articles?from=x", 400),
        ("/api/v1/articles?rows=1&rows=2", 400),
        ("/api/v1/articles?since=yesterday", 400),
        ("/api/v1/articles?limit=many", 400),
        ("/api/v1/views_gained?grain=minute", 400),
        ("/api/v1/article?article=99999999999999999999", 400),
    ],
)
def test_what_can_t_be_read_is_said(client: TestClient, address: str, status: int) -> None:
    assert refused(client.get(address), status)["error"]


def test_only_get_is_answered(client: TestClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.request(method, "/api/v1/articles").status_code == 405


def test_nothing_published_is_said(tmp_path: Path) -> None:
    empty = settings_module.load({"READERSHIP_DATA": str(tmp_path)})
    with TestClient(Starlette(routes=v1.routes(empty))) as client:
        refused(client.get("/api/v1/articles"), 503)
        assert client.get("/api/v1/").json()["edition"] is None


def test_a_token_or_link_that_is_not_valid_is_refused_on_every_address(client: TestClient) -> None:
    for address in ("/api/v1/", "/api/v1/articles", "/api/v1/openapi.json"):
        refused(client.get(address, headers={"Authorization": "Bearer nonsense"}), 403)
        refused(client.get(address, headers={"Authorization": "Basic dTpw"}), 401)
        refused(client.get(address, params={"link": "nonsense"}), 403)


# -- the document ------------------------------------------------------------------------------------------------------
def test_the_document_is_valid_openapi_and_names_every_question(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    validate(document)
    assert set(document["paths"]) == {
        "/api/v1/", "/api/v1/openapi.json", *(f"/api/v1/{query.name}" for query in queries.catalogue())
    }  # fmt: skip


@pytest.fixture(scope="module")
def described(settings: Settings) -> Any:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", Starlette(routes=v1.routes(settings)))


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", ["/api/v1/", *(f"/api/v1/{query.name}" for query in queries.catalogue())])
def test_whatever_is_asked_never_breaks_the_server_and_answers_as_described(
    described: Any, path: str, mode: GenerationMode
) -> None:
    # OpenAPI can't say that `since` lies before `until`, nor which text a query takes: those may answer 400.
    @effort(max_examples=6, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=described[path]["GET"].as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        answer = case.call()
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, excluded_checks=[schemathesis.checks.positive_data_acceptance])

    try:
        holds()
    except Unsatisfiable:
        pytest.skip(f"no request to {path} can be {mode.value}")


def test_pages_of_a_compared_answer_are_asked_for_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    answer = beside.answer
    monkeypatch.setattr(beside, "answer", lambda one: asked.append(one.query.name) or answer(one))
    address = "/api/v1/hour_weekday?since=2026-11-01&until=2026-11-15&compare=previous"
    whole = client.get(address).json()["rows"]
    assert (len(whole), asked) == (168, ["hour_weekday"])
    rows, following = [], f"{address}&rows=60"
    while following:
        page = client.get(following).json()
        rows, following = rows + page["rows"], page["next"]
    assert rows == whole
    assert asked == ["hour_weekday"] * 2, "an answer of one page is not kept, one of three is"
    client.get(f"{address.replace('previous', 'weekday')}&rows=60")
    assert len(asked) == 3, "another comparison is another answer"
