"""Exports: pending, completed, and downloaded from a URL without a token that expires."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import httpx
import pytest

from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import serving


@pytest.fixture
def api(make_api: Any) -> Any:
    return make_api(users=60, flags={"export-delay-ms": "0"})


async def an_export(api: Any, model: str = "users") -> dict[str, Any]:
    made = await api("POST", "ENV/exports", {"format": "csv", "model": model})
    assert made.status_code == 201 and made.json()["status"] in ("pending", "completed")
    id = made.json()["id"]
    api.wait_for(lambda: api.sandbox.exports.get(id).completed is not None)
    return dict(await api.get(f"ENV/exports/{id}"))


async def fetch(api: Any, url: str) -> httpx.Response:
    """Download a URL without a token."""
    response: httpx.Response = await api.http.get(url)
    return response


async def test_users_are_exported_as_csv_without_a_token(api: Any) -> None:
    api.sandbox.flags.set("field-patterns", "any")
    user = await api.create(email="ada@example.com", firstName='A "d", a', metadata={"plan": "pro"})
    export = await an_export(api)
    assert export["status"] == "completed" and export["startedAt"] and export["completedAt"]
    response = await fetch(api, export["downloadUrl"])
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert len(rows) == 61
    ada = next(row for row in rows if row["id"] == user["id"])
    assert (ada["email"], ada["firstName"]) == ("ada@example.com", 'A "d", a')
    assert json.loads(ada["metadata"]) == {"plan": "pro"}
    assert [row["createdAt"] for row in rows] == sorted(row["createdAt"] for row in rows)


async def test_visitors_are_exported(api: Any) -> None:
    export = await an_export(api, "visits")
    rows = list(csv.DictReader(io.StringIO((await fetch(api, export["downloadUrl"])).text)))
    assert len(rows) == (await api.get("ENV/visitors"))["count"] == 30
    assert {row["chain"] for row in rows} >= {"EVM", "SOL"}


async def test_a_download_url_expires_and_is_signed(api: Any) -> None:
    export = await an_export(api)
    url = export["downloadUrl"]
    assert (await fetch(api, re.sub(r"/\d+-(?=[0-9a-f]{64})", "/99999999999-", url))).status_code == 403
    assert (await fetch(api, url[:-8] + "0000.csv")).status_code == 403
    old = api.sandbox.exports.path(export["id"], -1)
    assert (await fetch(api, f"http://sandbox{old}")).status_code == 403
    assert (await fetch(api, "http://sandbox/__exports__/x/1-y.csv")).status_code == 404
    assert (await api.http.post(url)).status_code == 405


async def test_the_download_operation_redirects_to_the_file_and_requires_a_token(api: Any) -> None:
    export = await an_export(api)
    path = f"ENV/exports/{export['id']}/download"
    moved = await api("GET", path)
    assert moved.status_code == 302 and not moved.content
    assert (await fetch(api, moved.headers["location"])).content == (await fetch(api, export["downloadUrl"])).content
    assert (await api("GET", path, token="")).status_code == 401


async def test_a_pending_export_has_no_download_url(make_api: Any) -> None:
    api = make_api(flags={"export-delay-ms": "60000"})
    id = (await api("POST", "ENV/exports", {"format": "csv", "model": "users"})).json()["id"]
    export = await api.get(f"ENV/exports/{id}")
    assert export["status"] == "pending" and export["startedAt"] is None and "downloadUrl" not in export
    assert (await api("GET", f"ENV/exports/{id}/download")).status_code == 404


async def test_exports_are_listed_by_model(api: Any) -> None:
    await an_export(api)
    await an_export(api, "visits")
    assert [each["model"] for each in (await api.get("ENV/exports"))["exports"]] == ["users", "visits"]
    assert [each["model"] for each in (await api.get("ENV/exports", model="visits"))["exports"]] == ["visits"]
    for body in ({"format": "xlsx", "model": "users"}, {"format": "csv", "model": "wallets"}):
        assert (await api("POST", "ENV/exports", body)).status_code == 400


async def test_export_files_are_removed_with_the_sandbox(make_api: Any, tmp_path: Any) -> None:
    first = make_api(data=tmp_path / "state", flags={"export-delay-ms": "0"})
    id = (await an_export(first))["id"]
    first.sandbox.close()
    export = await make_api(data=tmp_path / "state").get(f"ENV/exports/{id}")
    assert export["status"] == "failed" and "restarted" in export["error"]


def test_the_download_url_works_on_loopback() -> None:
    with serving(SandboxOptions(users=3, flags={"export-delay-ms": "0"})) as served:
        headers = {"Authorization": f"Bearer {served.token}"}
        base = f"{served.base_url}/environments/{served.environment_id}/exports"
        made = httpx.post(base, json={"format": "csv", "model": "users"}, headers=headers).json()
        while "downloadUrl" not in made:
            made = httpx.get(f"{base}/{made['id']}", headers=headers).json()
        assert made["downloadUrl"].startswith(served.root_url + "/")
        assert len(httpx.get(made["downloadUrl"]).text.splitlines()) == 4
