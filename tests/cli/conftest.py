"""Fixtures: the command line in this process, and a small server whose responses a test chooses."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.cli.cli_support import ID, TOKEN, Done, Run, Server

from dyntui.cli.root import main
from dyntui.config import credential_files, credentials
from dyntui.config.keyring_store import KeyringProbe
from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()
    state.answers = {
        "me": (200, {"token": {"scopes": ["environment.users.read"], "projectEnvironmentId": ID}}),
        ID: (200, {"id": ID}),
        "users": (200, {"count": 0, "users": []}),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append((self.path, self.headers.get("Authorization")))
            status, body = state.answers.get(self.path.split("?")[0].rpartition("/")[2], (404, {"error": "none"}))
            data = json.dumps(body).encode()
            self.send_response_only(status)
            self.send_header("Date", state.date or formatdate(usegmt=True))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        state.url = f"http://127.0.0.1:{listening.server_address[1]}/api/v0"
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield state
        listening.shutdown()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, with a home of its own and without a terminal."""
    for variable in list(os.environ):
        if variable.startswith(("DYNTUI_", "DYNAMIC_", "DYN_")):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr(credentials, "_session", {})
    monkeypatch.setattr(credential_files, "_COST", 2**10)

    def call(*arguments: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["dyntui", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = main()
        output = capsys.readouterr()
        assert TOKEN not in output.out + output.err
        return Done(code, output.out, output.err)

    return call


@pytest.fixture
def without_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the probe of the keyring fail as on a server, without the process that it starts."""
    probe = KeyringProbe(ok=False, reason="no keyring service is available")
    monkeypatch.setattr("dyntui.config.credentials.keyring_available", lambda *_: probe)


@pytest.fixture
def no_rate_limit(run: Run) -> None:
    """Send requests without delay: hundreds of commands follow each other."""
    atomic_write(paths().settings_file, b"rate_per_minute = 0\n")
