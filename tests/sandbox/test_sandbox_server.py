"""`dyntui sandbox` as a process: its output, its address, its end and its data file."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.families import slow_except

from dyntui.core.errors import UsageError
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.sandbox import Sandbox
from dyntui.sandbox.server import serve, serving

pytestmark = pytest.mark.usefixtures("created_sandboxes")

READY = re.compile(
    r"listening on (http://127\.0\.0\.1:(\d+)/api/v0) environment ([0-9a-f-]{36}) token (dyn_[A-Za-z0-9]{56})\n"
)


@dataclass
class Running:
    process: subprocess.Popen[str]
    url: str
    port: int
    environment_id: str
    token: str

    def get(self, path: str) -> httpx.Response:
        return httpx.get(
            self.url + path.replace("ENV", f"/environments/{self.environment_id}"),
            headers={"Authorization": f"Bearer {self.token}"},
        )

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """End the process. Returns the exit code and the further output on stdout and stderr."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err


@contextmanager
def running(*arguments: str) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "dyntui", "sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = READY.fullmatch(line)
        assert found, (line, process.stderr and process.stderr.read())
        yield Running(process, found[1], int(found[2]), found[3], found[4])
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("number", slow_except([signal.SIGTERM, signal.SIGINT], signal.SIGTERM))
def test_the_server_prints_one_line_and_ends_cleanly(number: int) -> None:
    with running("--users", "12") as sandbox:
        # A connection that is kept open does not hold up the end.
        with httpx.Client(base_url=sandbox.url, headers={"Authorization": f"Bearer {sandbox.token}"}) as client:
            answer = client.get(f"/environments/{sandbox.environment_id}/users")
            assert answer.json()["count"] == 12
            assert sandbox.end(number) == (0, "", "")


def test_the_server_listens_on_loopback_only() -> None:
    with running("--users", "0") as sandbox:
        host = socket.gethostbyname(socket.gethostname())
        if not host.startswith("127."):
            with pytest.raises(OSError), socket.create_connection((host, sandbox.port), timeout=2):
                pass


def test_faults_leave_standard_error_empty() -> None:
    with running(
        "--users", "5", "--fault", "cut-after=0.3", "--fault", "truncate=0.4", "--fault", "half=0.3"
    ) as sandbox:
        for _ in range(12):
            try:
                httpx.post(
                    f"{sandbox.url}/environments/{sandbox.environment_id}/users/bulk",
                    headers={"Authorization": f"Bearer {sandbox.token}"},
                    json=[{"alias": "a"}, {"alias": "b"}],
                )
            except httpx.TransportError:
                continue
        assert sandbox.end() == (0, "", "")


def test_a_data_file_survives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    with running("--data", str(file), "--users", "20", "--seed", "3") as first:
        made = httpx.post(
            f"{first.url}/environments/{first.environment_id}/users",
            headers={"Authorization": f"Bearer {first.token}"},
            json={"email": "kept@example.com"},
        ).json()["user"]
        before = first.get("ENV/users?limit=100&orderBy=createdAt-asc").json()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        first.process.kill()
        first.process.communicate()
    with running("--data", str(file), "--users", "500", "--seed", "9") as second:
        assert (second.environment_id, second.token) == (first.environment_id, first.token)
        assert second.get("ENV/users?limit=100&orderBy=createdAt-asc").json() == before
        assert second.get(f"ENV/users/{made['id']}").status_code == 200
        response = httpx.post(
            f"{second.url}/environments/{second.environment_id}/users/bulk",
            headers={"Authorization": f"Bearer {second.token}"},
            json=[{"email": "kept@example.com"}, {"email": "new@example.com"}],
        ).json()
        assert (len(response["created"]), len(response["failed"])) == (1, 1)
        assert response["created"][0]["id"] != made["id"]


@pytest.mark.parametrize("kind", ["text", "folder", "missing"])
def test_an_unusable_data_file_is_a_clear_error(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "x"
    if kind == "text":
        file.write_text("this is not a database, but long enough to be looked at as if it were one\n" * 20)
    elif kind == "folder":
        file.mkdir()
    else:
        file = tmp_path / "no" / "x"
    with pytest.raises(UsageError, match="cannot store the sandbox"):
        serve(SandboxOptions(users=0, data=file))


@pytest.mark.parametrize(
    ("application_id", "version", "message"),
    [(0x64796E74, 3, "is not the file of a sandbox"), (0, 0, "is not the file"), (0x64796E73, 2, "newer dyntui")],
    ids=["journal", "other tables", "newer"],
)
def test_another_database_is_refused_and_not_changed(
    tmp_path: Path, application_id: int, version: int, message: str
) -> None:
    file = tmp_path / "x.db"
    with closing(sqlite3.connect(file)) as db:
        db.executescript(
            f"CREATE TABLE job(id); PRAGMA application_id = {application_id}; PRAGMA user_version = {version};"
        )
    before = file.read_bytes()
    with pytest.raises(UsageError, match=message):
        Sandbox(SandboxOptions(users=0, data=file))
    assert file.read_bytes() == before


def test_a_file_without_a_version_is_opened_and_gets_one(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    first = Sandbox(SandboxOptions(users=3, seed=5, data=file))
    first.store.db.executescript("PRAGMA application_id = 0; PRAGMA user_version = 0;")
    first.close()
    second = Sandbox(SandboxOptions(users=9, data=file))
    assert (second.token, second.users.count()) == (first.token, 3)
    second.close()
    with closing(sqlite3.connect(file)) as db:
        assert [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")] == [
            0x64796E73,
            1,
        ]


def test_the_same_seed_and_clock_make_the_same_sandbox() -> None:
    def look(seed: int) -> tuple[str, str, Any]:
        with serving(SandboxOptions(users=15, seed=seed, now="2026-11-22T12:30:00Z")) as served:
            headers = {"Authorization": f"Bearer {served.token}"}
            url = f"{served.base_url}/environments/{served.environment_id}"
            page = httpx.get(url + "/users?includeSessions=true", headers=headers)
            made = httpx.post(url + "/users", headers=headers, json={"alias": "New"})
            return served.environment_id, served.token, (page.json(), made.json(), page.headers["x-request-id"])

    assert look(1) == look(1)
    assert look(1)[:2] != look(2)[:2]


def test_a_port_in_use_is_a_clear_error() -> None:
    with serving(SandboxOptions(users=0)) as served, pytest.raises(UsageError, match="cannot be used"):
        serve(SandboxOptions(users=0), port=httpx.URL(served.base_url).port or 0)


def test_the_test_control_shows_and_changes_the_state() -> None:
    with serving(SandboxOptions(users=7)) as served:
        root = served.root_url + "/__sandbox__"
        state = httpx.get(root + "/state").json()
        assert (state["users"], state["environmentId"], state["faults"]) == (7, served.environment_id, {})
        assert len(httpx.get(root + "/users").text.splitlines()) == 7
        assert (
            httpx.put(root + "/clock", json={"now": "2030-01-01T00:00:00Z"}).json()["now"] == "2030-01-01T00:00:00.000Z"
        )
        assert httpx.put(root + "/flags", json={"filter-match": "exact"}).json()["flags"]["filter-match"] == "exact"
        for what, body in (
            ("flags", {"x": "y"}),
            ("faults", {"429": 2}),
            ("clock", {"now": "soon"}),
            ("faults", []),
        ):
            assert httpx.put(f"{root}/{what}", json=body).status_code == 400
        assert httpx.get(root + "/nothing").status_code == 404
