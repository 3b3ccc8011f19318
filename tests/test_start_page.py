"""The start page: our script and style sheet come with every page of ours, before Streamlit's script."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from readership.ui import server
from readership.ui.shell import PAGES, SHARED


@pytest.mark.parametrize("base", ["", "/news"])
def test_every_page_begins_with_ours_and_they_are_there(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.st, "get_option", lambda _name: base)
    with TestClient(Starlette(routes=server.based(server.ROUTES))) as client:
        for name in ("", SHARED.file, *(entry.file for entry in PAGES)):
            answer = client.get(f"{base}/{name}?period=all")
            assert answer.headers["cache-control"] == "no-cache"
            assert '<div id="root">' in answer.text, "the rest of the page is Streamlit's"
            head = answer.text.partition("<head>")[2]
            found = re.search(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"', head)
            assert found is not None
            assert found[1].startswith("./assets/steps.js"), "Streamlit keeps the history's function that it finds"
        for address in re.findall(r'"\./(assets/[^"]+)"', answer.text):
            assert client.get(f"{base}/{address}").status_code == 200
        assert client.get(f"{base}/favicon.png").status_code == 404, "any other address is Streamlit's"
