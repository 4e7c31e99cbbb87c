"""Runs commands one after the other on the terminal of this process, for `test_cli_hostile`.

`python -m tests.cli.hostile_commands FILE`: FILE has a JSON list of argument lists. Each command ends with a marker and
its exit code. `{name}` in an argument is the id of the first row of a resource.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from functools import cache
from pathlib import Path

from dyntui.cli.root import main

MARKER = "=====END OF COMMAND====="


def _run(arguments: list[str]) -> int | str:
    sys.argv = ["dyntui", *arguments]
    try:
        return main()
    except SystemExit as error:
        return str(error.code)


@cache
def _first_id(resource: str) -> str:
    """Return the id of the first row of a resource; `RESOURCE/PARENT` for one with a parent."""
    name, _, parent = resource.partition("/")
    words = ["get", name, "--json", "--limit", "1"]
    if parent:
        words += ["--of", _first_id(parent)]
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        code = _run(words)
    rows = json.loads(text.getvalue())["items"] if code == 0 else []
    names = {"webhooks": "webhookId", "webhook-messages": "messageId", "events": "eventId"}
    return str(rows[0][names.get(name, "id")]) if rows else f"no-{name}"


def filled(argument: str) -> str:
    return re.sub(r"\{([a-z/-]+)\}", lambda found: _first_id(found[1]), argument)


if __name__ == "__main__":
    for command in json.loads(Path(sys.argv[1]).read_text()):
        code = _run([filled(argument) for argument in command])
        print(f"\n{MARKER} {code}", flush=True)
