"""Users that keep their ids: a lost response neither loses nor doubles one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.import_cases import run_import
from tests.conftest import Cli


def test_ids_survive_lost_responses(serve: Callable[..., Any], tmp_path: Path) -> None:
    ids = [str(uuid.UUID(int=0x11112222333344448555 << 48 | n)) for n in range(1, 41)]
    file = tmp_path / "ids.csv"
    file.write_text("id,email\n" + "".join(f"{each},u{n}@x.org\n" for n, each in enumerate(ids)))
    with serve(users=0, faults=("cut-after=0.2", "502-after=0.2")) as sandbox:
        dyntui = Cli(sandbox, tmp_path / "home")
        done = run_import(dyntui, file, "--map", "id=id", "--settle", "0.2")
        assert (done.code, done.document["rows"]["created"]) == (0, 40), done.messages
        found = {user["id"] for user in dyntui.json("users", "list", "--all")["items"]}
        assert found == set(ids)
