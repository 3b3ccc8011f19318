"""Tables of no edition (the collector's, people, links …) go out as others; no table or figure is without a menu."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from exporting import FORMULA, LATE, agree, furnished, rows_of_csv, rows_of_jsonl, rows_of_xlsx
from readership.accounts import people
from readership.accounts.people import Person, Role
from readership.api import exports as route
from readership.pipeline.collect.status import NEXT
from readership.settings import Settings
from readership.ui import exported
from readership.ui.server import SCRIPT
from readership.ui.shell import PAGES

COLLECTORS = ("collect-sites", "collect-hours", "collect-behind", "collect-errors", "collect-next", "collect-documents")
ADMINS = ("people", "links", "tokens", "views", "alert-log")


@pytest.fixture(scope="module")
def made(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The newsroom after collecting, with people, links, tokens, views and an alert that fired."""
    data = tmp_path_factory.mktemp("own") / "data"
    shutil.copytree(newsroom, data)
    return furnished(data)


@pytest.fixture
def client(made: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("READERSHIP_DATA", str(made.data))
    monkeypatch.delenv("READERSHIP_LANGUAGE", raising=False)
    with TestClient(Starlette(routes=route.routes(made, exported.parts))) as opened:
        yield opened


# -- no table or figure without a menu ---------------------------------------------------------------------------------
class Drawn:
    """What a page drew: keys of tables and charts, of menus, and of file buttons."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown: list[str] = []
        self.menus: set[str] = set()
        for name in ("dataframe", "plotly_chart", "table"):
            self._listen(monkeypatch, name, lambda key: self.shown.append(key or "?"))
        self._listen(monkeypatch, "popover", lambda key: self.menus.add(str(key).removeprefix("export_")))
        self._listen(monkeypatch, "download_button", lambda key: self.menus.add(str(key).rpartition("_file_")[0]))

    @staticmethod
    def _listen(monkeypatch: pytest.MonkeyPatch, name: str, hear: Any) -> None:
        original = getattr(st, name)

        def heard(*given: Any, **more: Any) -> Any:
            hear(more.get("key"))
            return original(*given, **more)

        monkeypatch.setattr(st, name, heard)


OF = {"sql_rows": "sql", "sql_tables": "sql-tables", "alert_log": "alert-log"}


def has_menu(key: str, menus: set[str]) -> bool:
    """Whether the thing of this key, or what it is a part of (`movers-new` of `movers`), has a menu."""
    name = OF.get(key) or re.sub("^(table|rows|chart)_", "", key)
    return name in menus or name.rpartition("-")[0] in menus


@pytest.mark.parametrize("file", [entry.file for entry in PAGES])
def test_no_table_or_figure_is_without_a_menu(made: Settings, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    monkeypatch.setenv("READERSHIP_DATA", str(made.data))
    monkeypatch.setenv("READERSHIP_LANGUAGE", "en")
    app = AppTest.from_file(str(SCRIPT), default_timeout=90)
    app.query_params.update({"period": "all", "article": "el.kz/900000"})
    app.run()
    drawn = Drawn(monkeypatch)
    if file == "overview":
        app.run()
    else:
        app.query_params["article"] = "el.kz/900000"
        app.switch_page(f"../../../pages/{file}.py").run()
    if file == "sql":
        app.button(key="FormSubmitter:sql-Run").click().run()
    assert not app.exception
    assert drawn.shown
    assert [key for key in drawn.shown if not has_menu(key, drawn.menus)] == []


# -- their files -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("page", "names"), [("data", COLLECTORS), ("admin", ADMINS), ("sql", ("sql-tables",))])
def test_tables_of_no_edition_are_the_same_in_every_format(
    made: Settings, client: TestClient, page: str, names: tuple[str, ...]
) -> None:
    found = {part.name: part for part in exported.parts(page, {"lang": ["en"]}, people.LOCAL)}
    assert set(names) <= set(found)
    for name in names:
        part = found[name]
        files = {}
        for form in ("csv", "xlsx", "parquet", "jsonl"):
            with part.make(form) as export:
                files[form], about = export.read(), json.loads(export.sidecar())
        agree(part.rows, files)
        edition = part.asked.edition
        assert (about["selection"], about["permalink"]) == ("not filtered", "")
        assert (about["edition"], about["as_of"]) == (edition.number, edition.as_of)
        assert about["rows"] == len(rows_of_jsonl(files["jsonl"])) > 0
        assert about["sha256"] == hashlib.sha256(files["jsonl"]).hexdigest()
        assert client.get(f"/export/page/{page}/{name}.xlsx?edition={edition.number}").status_code == 200
        assert page == "sql" or any("no edition" in remark for remark in about["remarks"])
        assert all(column["meaning"] for column in about["columns"])
        assert FORMULA not in {cell for row in rows_of_csv(files["csv"]) for cell in row}
        assert all(cell != FORMULA or isinstance(cell, str) for row in rows_of_xlsx(files["xlsx"]) for cell in row)


def test_a_table_of_the_collector_is_whole_and_never_an_old_one(made: Settings, client: TestClient) -> None:
    first = client.get("/export/page/data/collect-behind.jsonl")
    assert len(rows_of_jsonl(first.content)) == LATE > NEXT
    again = client.get("/export/page/data/collect-behind.jsonl", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200, "the collector goes on while the edition stays"


def test_tables_of_admins_are_given_to_admins_alone(made: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READERSHIP_DATA", str(made.data))
    reader = Person("a", "A", Role.ANALYST)
    with TestClient(Starlette(routes=route.routes(made, exported.parts, lambda *_: reader))) as asking:
        for name in ADMINS:
            answer = asking.get(f"/export/page/admin/{name}.csv")
            assert (answer.status_code, "role admin" in answer.text) == (403, True)
