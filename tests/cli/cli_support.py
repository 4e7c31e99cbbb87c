"""Values, types and helpers of the command line tests: a recognizable token, results, adding a profile."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ID = "3f2a1b4c-0000-4000-8000-00000000000a"
OTHER = "3f2a1b4c-0000-4000-8000-00000000000b"
TOKEN = "dyn_" + "Canary1" * 8
HINT = "dyn_…" + TOKEN[-6:]
REMOTE = "https://dyn.example/api/v0"
CLOSED_PORT_URL = "http://127.0.0.1:9/api/v0"


@dataclass
class Server:
    """A server whose responses are set by a test.

    answers: status and body of the response, by the last part of the path. seen: path and Authorization header of each
    request.
    """

    url: str = ""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    date: str | None = None
    requests: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass
class Done:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


def add(run: Run, name: str, *more: str, url: str = "", kind: str = "sandbox", place: str = "file") -> Done:
    arguments = ["env", "add", name, "--environment-id", ID, "--kind", kind, "--credential", place]
    done = run(
        *arguments, *(["--base-url", url] if url else []), "--token-stdin", "--offline", *more, stdin=f"{TOKEN}\n"
    )
    assert done.code == 0, done.err
    return done


def files_with(folder: Path, text: str) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]
